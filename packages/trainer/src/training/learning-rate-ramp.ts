// Learning-rate range test (1506.01186): the rate grows exponentially from step to step while the loss is watched.
import type { TokenizedExample } from '../data/example.js';
import { stepExamples } from '../data/order.js';
import type { BaseModel } from '../models/base-model.js';
import type { TrainingSettings } from '../settings.js';
import { chooseDevice, learnsInHalf } from './choose-device.js';
import { Learner } from './learner.js';

export interface RampOptions {
  model: BaseModel;
  train: readonly TokenizedExample[];
  settings: TrainingSettings;
  cacheDirectory: string;
  /** First and last learning rate. */
  from: number;
  to: number;
  /** Number of steps, ≥ 2. */
  steps: number;
  signal?: AbortSignal;
  onStep?: (point: RampPoint) => void;
}

export interface RampPoint {
  learningRate: number;
  /** Mean loss of the step's examples before its update. */
  loss: number;
  /** Real tokens read, and the step's wall time. */
  tokens: number;
  seconds: number;
}

/** Trains from the base model with a growing rate; ends early once the loss is not finite or four times its lowest. */
export async function learningRateRamp(options: RampOptions): Promise<RampPoint[]> {
  const { model, train, settings, from, to, steps } = options;
  const { name: device } = await chooseDevice(options);
  const mixedPrecision = learnsInHalf(settings, device);
  const learner = new Learner({ ...options, base: model, validation: [], device, mixedPrecision });
  const order = { seed: settings.seed, count: train.length, batchSize: settings.batchSize };
  const points: RampPoint[] = [];
  try {
    await learner.moveTo(settings.epochs);
    for (let step = 0; step < steps && !options.signal?.aborted; step++) {
      const started = performance.now();
      const learningRate = from * (to / from) ** (step / (steps - 1));
      const examples = Array.from(stepExamples({ ...order, step }), (index) => ({ index, example: train[index]! }));
      const outcome = await learner.step(examples, step, learningRate);
      const point = {
        learningRate,
        loss: outcome.loss,
        tokens: outcome.tokens,
        seconds: (performance.now() - started) / 1000,
      };
      points.push(point);
      options.onStep?.(point);
      if (!(outcome.loss < 4 * Math.min(...points.map(({ loss }) => loss)))) break;
    }
  } finally {
    await learner.release();
  }
  return points;
}
