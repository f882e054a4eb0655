// What a single run is given, and what it gives.
import type { Score } from '@goldilocks/protocol';
import type { TrainingSettings } from '@goldilocks/trainer';
import type { MetricName } from '../evaluate/metrics.js';
import type { DataOptions, ModelOptions, RunControl } from '../journey/options.js';
import type { UserSettings } from '../plan/user-settings.js';
import type { RunDiagnosis } from '../refine/run-record.js';

export interface TrainSettings extends DataOptions, ModelOptions {
  /** The folder for the model; new or empty. */
  out: string;
  overwrite?: boolean;
  method?: 'lora' | 'full';
  /** Default 0. */
  seed?: number;
  /** Hyperparameters given; the rest are the plan's. */
  settings?: UserSettings;
}

export type TrainOptions = TrainSettings & RunControl;

export interface TrainResult {
  /** The run's name, for `refine` and `resume`. */
  name: string;
  output: string;
  settings: TrainingSettings;
  metric: MetricName;
  /** On the test rows. */
  test: { examples: number; base: Score; tuned: Score };
  /** At the kept checkpoint. */
  validationLoss: number;
  layers: number;
  /** The model classifies and cannot be talked to. */
  isEncoder?: boolean;
  trainExamples: number;
  diagnoses: RunDiagnosis[];
  seconds: number;
}
