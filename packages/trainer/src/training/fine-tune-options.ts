// What a training run is given, and what it returns.
import type { TokenizedExample } from '../data/example.js';
import type { BaseModel } from '../models/base-model.js';
import type { TunedWeights } from '../models/model.js';
import type { Diagnosis } from '../monitors/diagnosis.js';
import type { TrainingSettings } from '../settings.js';
import type { ChosenDevice, Evaluation, Outcome, TrainingEvent } from './events.js';

export interface FineTuneOptions {
  model: BaseModel;
  train: readonly TokenizedExample[];
  /** May be empty: then nothing is measured, and the last weights are the result. */
  validation: readonly TokenizedExample[];
  settings: TrainingSettings;
  /** Pieces of text that `settings.replay` repeats; not needed otherwise. */
  reference?: readonly TokenizedExample[];
  /** Complete state of the run. A call continues from the latest checkpoint found here. */
  checkpointDirectory: string;
  /** Outputs of frozen layers, shared by runs on the same data. */
  cacheDirectory: string;
  /** Pause, with a checkpoint, when this share of the run's steps is done; default 1. */
  stopAtShare?: number;
  /** Validation is measured at these shares too, besides `settings.evaluationsPerEpoch`. */
  evaluateAtShares?: readonly number[];
  /** Also measure before the first step. */
  validateAtStart?: boolean;
  /** Default 60. */
  checkpointEverySeconds?: number;
  /** Finishes the step, saves, and returns `interrupted`. */
  signal?: AbortSignal;
  onEvent?: (event: TrainingEvent) => void;
}

export interface FineTuneResult {
  outcome: Outcome;
  step: number;
  totalSteps: number;
  best?: Evaluation;
  history: Evaluation[];
  /** The best checkpoint's weights, not the last's. */
  weights: TunedWeights;
  diagnosis?: Diagnosis;
  /** Over all calls, resumed ones included. */
  seconds: number;
  tokens: number;
  /** Where the last call ran. */
  device: ChosenDevice;
  /** Largest resident memory of this process so far. */
  peakMemoryBytes: number;
}
