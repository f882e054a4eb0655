// Compares a tiny random model with what Transformers computed for it (goldens/llama, goldens/models).
import { expect } from 'vitest';
import { makeMicroBatches, type NumberedExample, supervisedTokens } from '../src/data/batches.js';
import type { TokenizedExample } from '../src/data/example.js';
import { lookupRows } from '../src/data/segments.js';
import type { BaseModel } from '../src/models/base-model.js';
import { BatchRunner } from '../src/running/batch-runner.js';
import type { DeviceName } from '../src/runtime/device.js';
import { defaultSettings, type TrainingSettings } from '../src/settings.js';
import { Learner } from '../src/training/learner.js';

export interface GoldenSteps {
  lr: number;
  weight_decay: number;
  clip: number;
  /** Adam's ε, where it is not the usual one. */
  epsilon?: number;
  losses: number[];
  gradient_norms: number[];
}

export function examplesOf(golden: { examples: { ids: number[]; start: number }[] }): TokenizedExample[] {
  return golden.examples.map(({ ids, start }) => ({
    ids: Int32Array.from(ids),
    supervised: Uint8Array.from(ids, (_, i) => (i >= start ? 1 : 0)),
    supervisedBytes: ids.length - start,
    truncatedTokens: 0,
  }));
}

export const numbered = (examples: readonly TokenizedExample[]): NumberedExample[] =>
  examples.map((example, index) => ({ index, example }));

/** The largest difference as a share of the largest value, or of `least` where all are smaller. */
export function expectClose(
  actual: ArrayLike<number>,
  wanted: ArrayLike<number>,
  tolerance: number,
  name = '',
  least = 1e-6,
): void {
  expect(actual.length, name).toBe(wanted.length);
  let [scale, worst] = [least, 0];
  for (let i = 0; i < wanted.length; i++) {
    scale = Math.max(scale, Math.abs(wanted[i]!));
    worst = Math.max(worst, Math.abs(actual[i]! - wanted[i]!));
  }
  expect(worst / scale, name).toBeLessThan(tolerance);
}

export function settingsOf(steps: GoldenSteps, changes: Partial<TrainingSettings> = {}): TrainingSettings {
  return {
    ...defaultSettings,
    learningRate: steps.lr,
    weightDecay: steps.weight_decay,
    maxGradientNorm: steps.clip,
    adam: { ...defaultSettings.adam, epsilon: steps.epsilon ?? defaultSettings.adam.epsilon },
    batchSize: 4,
    ...changes,
  };
}

/** Loss and gradient of every tensor for the examples packed into one batch, with all weights fed. */
export async function lossAndGradients(base: BaseModel, examples: readonly TokenizedExample[]) {
  const { shapes, inventory, config } = base;
  const weights = new Map([...shapes.keys()].map((tensor) => [tensor, base.readTensor(tensor)]));
  const runner = new BatchRunner({ base, fed: { shapes }, weights, training: true });
  const supervised = examples.reduce((sum, example) => sum + supervisedTokens(example), 0);
  const [packed, ...rest] = makeMicroBatches(numbered(examples), 512, supervised, base.architecture.task);
  expect(rest).toEqual([]);
  const results = await runner.run(packed!);
  const loss = packed!.targets.reduce((sum, { weight }, slot) => sum + weight * results.losses![slot]!, 0);
  const gradients = new Map(
    [...weights].map(([name, data]) => [name, results[`gradient.${name}`] ?? new Float32Array(data.length)]),
  );
  const width = config.hiddenSize;
  for (const { name, key } of inventory.tables) {
    lookupRows(key, packed!.segments, packed!.shape).forEach((row, place) => {
      const gradient = gradients.get(name)!;
      for (let j = 0; j < width; j++) gradient[row * width + j]! += results['gradient.embedding']![place * width + j]!;
    });
  }
  await runner.release();
  return { loss, gradients };
}

/** Takes the golden steps, and compares losses, gradient norms and the weights at the end. */
export async function expectSteps(
  options: {
    base: BaseModel;
    examples: readonly TokenizedExample[];
    settings: TrainingSettings;
    cacheDirectory: string;
    device?: DeviceName;
  },
  steps: GoldenSteps,
  final: ReadonlyMap<string, ArrayLike<number>>,
  start?: ReadonlyMap<string, Float32Array>,
): Promise<void> {
  const { examples, ...rest } = options;
  const learner = new Learner({ ...rest, train: examples, validation: [] });
  for (const [tensor, data] of start ?? []) learner.weights.tensors.get(tensor)!.data.set(data);
  await learner.moveTo(0);
  for (const [step, loss] of steps.losses.entries()) {
    const outcome = await learner.step(numbered(examples), step, steps.lr);
    expect(Math.abs(outcome.loss / loss - 1)).toBeLessThan(2e-5);
    expect(Math.abs(outcome.gradientNorm / steps.gradient_norms[step]! - 1)).toBeLessThan(5e-4);
  }
  await learner.synchronize();
  const { tensors } = learner.weights;
  expect([...tensors.keys()].sort()).toEqual([...final.keys()].sort());
  for (const [tensor, wanted] of final) expectClose(tensors.get(tensor)!.data, wanted, 2e-3, tensor);
  await learner.release();
}
