export * as askTell from './ask-tell/messages.js';
export { askTellJsonSchema } from './ask-tell/messages.js';
export { type Failure, failureKinds, failureSchema } from './failure.js';
export {
  type Change,
  changeSchema,
  type JourneyEvent,
  journeyEventSchema,
  type Params,
  type ParamValue,
  type Purpose,
  paramsSchema,
  paramValueSchema,
  purposeSchema,
  type Stage,
  stageSchema,
  stages,
} from './journey-event.js';
export { type PytorchJob, type PytorchMessage, pytorchJobSchema, pytorchMessageSchema } from './pytorch-job.js';
export type {
  Adjustment,
  BeforeAfter,
  Cost,
  ReportData,
  ReportDiagnosis,
  Reproduce,
  Retention,
  Source,
  Task,
} from './report/context.js';
export type { Gain } from './report/gain.js';
export {
  type CertainZone,
  type Hyperparameter,
  type HyperparameterName,
  hyperparameterNames,
  type OtherSetting,
  type Scale,
  type Searched,
  type SideEvidence,
  type SlicePoint,
  type VerdictKind,
  type Zone,
} from './report/hyperparameter.js';
export { reportJsonSchema } from './report/json-schema.js';
export { type Report, reportSchema, reportVersion, type Verdict } from './report/report.js';
export type { Confirmation, LearningCurve, ReportTrial } from './report/runs.js';
export type { Baseline, Difference, Estimate, Score, Scores } from './report/scores.js';
export {
  loraTargets,
  scheduleNames,
  type TrainingSettings,
  trainingSettingsSchema,
} from './settings.js';
export { type MetricsSource, metricsSourceSchema } from './space/metrics-source.js';
export {
  type ConstraintSpec,
  type ObjectiveSpec,
  type ParameterSpec,
  type SpaceFile,
  type StepSpec,
  spaceFileSchema,
  spaceJsonSchema,
} from './space/space-file.js';
