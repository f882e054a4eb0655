// What a diagnosis looks at: one finished, stopped or broken run.
import type { Evaluation, Outcome, TrainingSettings } from '@goldilocks/trainer';
import type { Hyperparameter, HyperparameterValue } from '../plan/hyperparameters.js';

/** One optimizer step. */
export interface StepRecord {
  step: number;
  /** Mean loss of the step's batch, in nats; not finite where it broke. */
  loss: number;
  learningRate?: number;
}

export interface RunRecord {
  settings: TrainingSettings;
  outcome: Outcome;
  /** In the order of steps; the first at step 0 where it was measured. */
  history: Evaluation[];
  steps?: StepRecord[];
  totalSteps: number;
  /** Training examples. */
  examples: number;
  /** Transformer layers of the base model. */
  layers: number;
  /** Mean loss of each reference text (the base skill), before and after the run. */
  retention?: {
    before: number[];
    after: number[];
    /** Mean per token, as reports show it; the mean over the texts stands in where it is missing. */
    loss?: { before: number; after: number };
  };
}

export type RunDiagnosisKind =
  | 'diverged'
  | 'stuck'
  | 'too-little-data'
  | 'overfitting'
  | 'forgetting'
  | 'noisy'
  | 'too-slow'
  | 'still-falling'
  | 'unclear'
  | 'just-right';

export interface SuggestedChange {
  hyperparameter: Hyperparameter;
  from: HyperparameterValue;
  to: HyperparameterValue;
}

export interface RunDiagnosis {
  kind: RunDiagnosisKind;
  /** What was seen, in a sentence with its numbers. */
  evidence: string;
  /** The one change it suggests; none where the run is just right or unclear. */
  adjustment?: SuggestedChange;
  /** Why that change, or why none. */
  because: string;
  source: string;
  /** Whether a run with the change may go on from this one's checkpoint; otherwise it starts anew. */
  continueFromCheckpoint: boolean;
}

export type DiagnosisRule = (run: RunRecord) => RunDiagnosis | undefined;
