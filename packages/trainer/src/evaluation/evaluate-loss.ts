// Loss on held-out examples.
import { makeMicroBatches, supervisedTokens } from '../data/batches.js';
import type { TokenizedExample } from '../data/example.js';
import type { Model } from '../models/model.js';
import type { BatchRunner } from '../running/batch-runner.js';
import { PrefixCache } from '../running/prefix-cache.js';
import { withRunner } from '../running/with-runner.js';
import type { DeviceName } from '../runtime/device.js';
import { prefixDepth } from '../training/trainable.js';

export interface LossMeasurement {
  /** Mean cross-entropy per supervised token, in nats. */
  loss: number;
  /** e^loss. */
  perplexity: number;
  /** Cross-entropy in bits per UTF-8 byte of the supervised text: comparable between tokenizers. */
  bitsPerByte: number;
  /** Mean loss of each example's supervised tokens, in the order given. */
  perExample: number[];
}

const defaultTokenBudget = 512;

export interface EvaluationOptions {
  tokenBudget?: number;
  /** Default: cpu. */
  device?: DeviceName;
  /**
   * Where outputs of layers that training left as they were are kept, for examples that other models with as many such layers are measured
   * on too; default: they are computed and not kept.
   */
  cacheDirectory?: string;
}

/** Measures a model on examples; dropout is off. @throws RangeError where there is nothing to measure */
export async function evaluateLoss(
  model: Model,
  examples: readonly TokenizedExample[],
  { tokenBudget, device = 'cpu', cacheDirectory }: EvaluationOptions = {},
): Promise<LossMeasurement> {
  const prefix = cacheDirectory === undefined ? undefined : await openPrefix(model, examples, cacheDirectory);
  try {
    return await withRunner(model, device, (runner) => measureLoss(runner, examples, tokenBudget), prefix);
  } finally {
    prefix?.close();
  }
}

/** Outputs of the layers below all that training changed; none where that is the lowest, or nothing. */
async function openPrefix({ base, tuned }: Model, examples: readonly TokenizedExample[], cacheDirectory: string) {
  const depth = tuned
    ? prefixDepth(
        [...tuned.tensors.keys()].map((name) => ({ name })),
        base.inventory,
      )
    : 0;
  if (depth === 0) return undefined;
  return PrefixCache.open({ base, depth, examples, cacheDirectory, basePrecision: tuned?.basePrecision });
}

/** The same with a runner at hand, whose graphs are kept for the next measurement. */
export async function measureLoss(
  runner: BatchRunner,
  examples: readonly TokenizedExample[],
  tokenBudget = defaultTokenBudget,
): Promise<LossMeasurement> {
  const sums = await lossSums(runner, examples, tokenBudget);
  const counts = examples.map(supervisedTokens);
  const total = sums.reduce((a, b) => a + b, 0);
  const bytes = examples.reduce((sum, { supervisedBytes }) => sum + supervisedBytes, 0);
  const tokens = counts.reduce((a, b) => a + b, 0);
  if (tokens === 0)
    throw new RangeError('There is no supervised token to measure a loss on: give examples with a completion.');
  const loss = total / tokens;
  return {
    loss,
    perplexity: Math.exp(loss),
    bitsPerByte: total / Math.LN2 / Math.max(1, bytes),
    perExample: Array.from(sums, (sum, i) => sum / Math.max(1, counts[i]!)),
  };
}

/** Summed loss of each example. */
async function lossSums(
  runner: BatchRunner,
  examples: readonly TokenizedExample[],
  tokenBudget: number,
): Promise<Float64Array> {
  const sums = new Float64Array(examples.length);
  const numbered = examples.map((example, index) => ({ index, example }));
  const batches = makeMicroBatches(numbered, tokenBudget, 1, runner.task);
  for (const batch of batches) {
    const { losses } = await runner.run(batch);
    batch.targetExamples.forEach((example, slot) => {
      sums[example]! += losses![slot]!;
    });
  }
  return sums;
}
