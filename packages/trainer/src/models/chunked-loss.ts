// Head and loss of some of the tokens at a time: with a large vocabulary the logits of all of them would outweigh everything else.
import { gradients } from '../gradient/gradients.js';
import type { Value } from '../graph/graph.js';
import { add, mul } from '../graph/ops/elementwise.js';
import { concat, reshape, slice } from '../graph/ops/layout.js';
import { sumAll } from '../graph/ops/reduce.js';
import { stopGradient } from '../graph/ops/stop-gradient.js';
import { crossEntropy } from '../losses/cross-entropy.js';
import { sizeOf } from '../tensor/shape.js';
import type { ModelConfig } from './config.js';

export interface ChunkedLossOptions {
  /** How many chunks, ≥ 2; divides the number of tokens. */
  chunks: number;
  /** Logits of hidden states: [n, hidden] → [n, vocabulary]. */
  head: (hidden: Value) => Value;
  /** Labels and weights of all tokens, [n]. */
  labels: Value;
  weights: Value;
  /** See `crossEntropy`; default 0. */
  smoothing?: number;
  /** What trains in the head. */
  trained: readonly Value[];
}

/**
 * Losses [n] of hidden states [n, hidden], and Σ weights · losses, a scalar where differentiation begins. Each chunk's gradients are computed
 * before the next one's logits: hidden states leave a queue in front, and their gradients enter it behind, so that the next chunk
 * has to wait for them.
 */
export function chunkedLoss(hidden: Value, options: ChunkedLossOptions): { losses: Value; loss: Value } {
  const { chunks, head, labels, weights, smoothing, trained } = options;
  const [count, width] = hidden.shape as [number, number];
  const part = (values: Value, chunk: number) =>
    reshape(slice(reshape(values, [chunks, count / chunks]), 0, chunk, chunk + 1), [count / chunks]);
  let queue = reshape(hidden, [chunks, count / chunks, width]);
  const losses: Value[] = [];
  const parts: Value[][] = [];
  for (let chunk = 0; chunk < chunks; chunk++) {
    const x = stopGradient(reshape(slice(queue, 0, 0, 1), [count / chunks, width]));
    const own = crossEntropy(head(x), part(labels, chunk), smoothing);
    const [gradient, ...others] = gradients(sumAll(mul(own, part(weights, chunk))), [x, ...trained]);
    queue = concat([slice(queue, 0, 1, chunks), reshape(gradient!, [1, ...x.shape])], 0);
    losses.push(own);
    parts.push(others);
  }
  // The first of what nothing reads runs first (`runningOrder`): were it a smaller one, all chunks would wait for the vocabulary's.
  const summed = new Map(largestFirst(trained).map((i) => [i, sumOf(parts.map((others) => others[i]!))]));
  const all = concat(losses, 0);
  const loss = hidden.graph.customGradient(sumAll(mul(all, weights)), {
    inputs: [hidden, ...trained],
    backward: () => [reshape(queue, hidden.shape), ...trained.map((_, i) => summed.get(i))],
  });
  return { losses: all, loss };
}

const sumOf = (values: readonly Value[]): Value => values.reduce((sum, value) => add(sum, value));

/** Numbers of values, those of the largest first. */
const largestFirst = (values: readonly Value[]): number[] =>
  values.map((_, i) => i).sort((a, b) => sizeOf(values[b]!.shape) - sizeOf(values[a]!.shape));

/** Most bytes of logits that exist at once. */
const logitsLimit = 128 * 2 ** 20;
const bytesPerNumber = 4;

/** Into how many chunks the loss of so many tokens is split, a power of 2, so that few graphs serve all batches. */
export function chunksFor(targets: number, { vocabSize, labels }: ModelConfig, limit = logitsLimit): number {
  const width = labels?.length ?? vocabSize;
  let chunks = 1;
  while (Math.ceil(targets / chunks) * width * bytesPerNumber > limit && chunks < targets) chunks *= 2;
  return chunks;
}
