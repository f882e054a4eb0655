// The library: what a program may use of Goldilocks.
export type { JourneyEvent, Report } from '@goldilocks/protocol';
export { UserError } from './errors.js';
export { Interrupted } from './journey/interrupted.js';
export type { DataOptions, FineTuneOptions, JourneySettings, ModelOptions, RunControl } from './journey/options.js';
export { fineTune, type JourneyResult, type ResumeOptions, resume } from './journey.js';
export type { UserSettings } from './plan/user-settings.js';
export { reportHtml } from './report/html/page.js';
export type { TrialEngine, TrialProcess } from './workers/operations.js';
