// What a search is given.
import type { Distribution, Params, Study } from '@goldilocks/study';
import type { TrainingSettings } from '@goldilocks/trainer';
import type { Clock } from './clock.js';
import type { TrialSetting } from './run-trial.js';

export interface SearchOptions extends TrialSetting {
  study: Study;
  space: Readonly<Record<string, Distribution>>;
  /** Parameters of trial 0. */
  recommended: Params;
  settingsOf(params: Params): TrainingSettings;
  folderOf(trial: number): string;
  /** Predicted seconds of a run of these settings between two shares of its schedule, start included. */
  predict(settings: TrainingSettings, from: number, to: number): number;
  clock: Clock;
  /** The clock's seconds at which search and confirmation should be over. */
  endsAt?: number;
  /**
   * Seconds to keep for what trials lead to that are better than the recommended settings, or may become so: their
   * final run, and repeating them unless `repeat` is false. Paces say how much longer runs take than predicted.
   */
  keepFor?(contenders: readonly { params: Params; pace: number }[], recommendedPace: number, repeat: boolean): number;
  /** Trials to start. */
  trials?: number;
  /** Called after each step of the search, to save what it took. */
  onStep?(): Promise<void>;
  /** Share of the training examples that the trials use, in (0, 1]. */
  subset: number;
  signal?: AbortSignal;
}
