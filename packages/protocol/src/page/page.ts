// The public surface of `@goldilocks/protocol/page`: the API between the page and its server.
export type { Change, JourneyEvent, Params, ParamValue, Purpose, Stage } from '../journey-event.js';
export { stages } from '../journey-event.js';
export type { Adjustment } from '../report/context.js';
export type {
  Hyperparameter,
  HyperparameterName,
  OtherSetting,
  Scale,
  Searched,
  SideEvidence,
  SlicePoint,
  Zone,
} from '../report/hyperparameter.js';
export type { Report } from '../report/report.js';
export {
  type CommandOutcome,
  type CommandRecord,
  commandRecordSchema,
  commandSchema,
  type SteeringCommand,
} from './command.js';
export type {
  Correction,
  DataRequest,
  DataRow,
  HardRow,
  HardRows,
  InspectedProblem,
  Inspection,
  InspectRequest,
  Rows,
  RowsQuery,
} from './data.js';
export { type Axis, type Figure, type FigureOf, figureKinds, type ValuedAxis } from './figures.js';
export type { LiveFindings } from './findings.js';
export { type LoggedEvent, loggedEventSchema, type News } from './news.js';
export type { PlanNews, Planned, PlannedHyperparameter, PlanRequest, RunRequest, StartRequest } from './plan.js';
export { type ErrorAnswer, errorSchema, type Route } from './route.js';
export {
  type AnswerOf,
  addressOf,
  type BodyOf,
  type ParsedBodyOf,
  type ParsedQueryOf,
  type PathOf,
  type QueryOf,
  type RouteName,
  type Routes,
  routes,
  type StreamOf,
} from './routes.js';
export type { Database, StudyState, StudySummary } from './studies.js';
export type {
  AnswersAt,
  Curves,
  EvaluationPoint,
  RunningTrial,
  StageState,
  StudyMessage,
  StudyOverview,
  StudyParameter,
  TrainingPoint,
} from './study.js';
export { type ParamColumn, type TrialDetail, type TrialState, type Trials, trialStates } from './trials.js';
export type {
  AnswerNews,
  AnswerRequest,
  Confusion,
  ExportJob,
  ExportRequest,
  HeldOut,
  Takeaway,
} from './use.js';
export type { BaseModelChoice, DataFile, TrainingNeeds, Workspace } from './workspace.js';
