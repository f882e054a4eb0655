// The library: what a program may use of Goldilocks.
export type { JourneyEvent, Report, SpaceFile } from '@goldilocks/protocol';
export { type AskTellOptions, type AskTellServer, startAskTell } from './ask-tell/server.js';
export { UserError } from './errors.js';
export { Interrupted } from './journey/interrupted.js';
export type { DataOptions, FineTuneOptions, JourneySettings, ModelOptions, RunControl } from './journey/options.js';
export { fineTune, type JourneyResult, type ResumeOptions, resume } from './journey.js';
export type { OptimizeEvent } from './optimize/events.js';
export { LaunchError } from './optimize/launch-error.js';
export type {
  CommandExit,
  Launch,
  Launcher,
  OutputLine,
  PlacedFile,
  RunningCommand,
} from './optimize/launcher.js';
export { LocalLauncher, type LocalLauncherOptions } from './optimize/local/local-launcher.js';
export { optimizeCommand, resumeOptimize } from './optimize/optimize.js';
export type { OptimizeOptions, OptimizeSettings, ResumeSearchOptions } from './optimize/options.js';
export type { Preset } from './optimize/presets/preset.js';
export { presets } from './optimize/presets/presets.js';
export type { FoundTrial, OptimizeResult } from './optimize/result.js';
export type { UserSettings } from './plan/user-settings.js';
export { type InspectDataOptions, inspectData } from './preview/inspect-data.js';
export { type PlanDataOptions, type PlannedData, planData } from './preview/plan-data.js';
export { reportHtml } from './report/html/page.js';
export { type PageServer, type ServeOptions, startServer } from './server/server.js';
export { type Steered, type SteerOptions, steer } from './steer/steer-study.js';
export { type ImportedStudy, type ImportStudiesOptions, importStudies } from './studies/import-studies.js';
export { listStudies, type StudySummary } from './studies/list-studies.js';
export type { TrainOptions, TrainResult } from './train/options.js';
export { type RefinedRun, type RefineRunOptions, refineRun } from './train/refine-run.js';
export { resumeTraining, train } from './train/train.js';
export { type Answer, type ChatOptions, type ChatSession, withChat } from './use/chat-session.js';
export { type EvaluateOptions, type EvaluateResult, evaluateModel } from './use/evaluate-model.js';
export { type ExportModelOptions, exportTo } from './use/export-model.js';
export type { TrialEngine, TrialProcess } from './workers/operations.js';
