// What a training run tells while it runs, and what it ends with.
import type { Diagnosis } from '../monitors/diagnosis.js';
import type { DeviceName } from '../runtime/device.js';

/** Which device a run uses. */
export interface ChosenDevice {
  name: DeviceName;
  /** A few words, such as «0.41 s a step, on the CPU 2.3 s». */
  because: string;
}

/** One measurement on the validation examples. */
export interface Evaluation {
  step: number;
  /** Epochs done, fractional. */
  epoch: number;
  /** Steps done as a share of the run's own schedule, in [0, 1]. */
  share: number;
  /** Mean cross-entropy per supervised token, in nats. */
  loss: number;
  perplexity: number;
  bitsPerByte: number;
  /** Mean loss of each validation example, in the order given: so that runs are compared pairwise. */
  perExample: number[];
  /** Mean training loss since the evaluation before; none at step 0. */
  trainingLoss?: number;
}

export type TrainingEvent =
  | {
      type: 'start';
      step: number;
      totalSteps: number;
      trainableParameters: number;
      totalParameters: number;
      /** What was measured before this call, where it continues a run. */
      history: readonly Evaluation[];
    }
  | {
      type: 'step';
      step: number;
      totalSteps: number;
      epoch: number;
      /** Mean loss over the step's supervised tokens, in nats. */
      loss: number;
      learningRate: number;
      gradientNorm: number;
      /** Real tokens (without padding) of this step, and the step's wall time. */
      tokens: number;
      seconds: number;
      /** False where the gradient was not finite and the step was left out. */
      applied: boolean;
    }
  | { type: 'evaluation'; evaluation: Evaluation; best: boolean; seconds: number }
  | { type: 'checkpoint'; step: number }
  /** Told at the start where a device was asked for, and where a GPU failed and the run goes on on the CPU. */
  | ({ type: 'device' } & ChosenDevice)
  | { type: 'unfreeze'; step: number; lowestTrainableLayer: number }
  | { type: 'diagnosis'; diagnosis: Diagnosis };

export type Outcome =
  /** All steps done. */
  | 'completed'
  /** Validation stopped improving. */
  | 'stopped-early'
  /** Reached `stopAtShare`; continues when called again with the same checkpoint folder. */
  | 'paused'
  /** The signal was raised; continues when called again. */
  | 'interrupted'
  /** Numbers left the finite or the loss ran away; `diagnosis` says more. */
  | 'diverged';
