// Which examples make up which optimizer step: a pure function of seed and step, so that resuming needs the step alone.

import { Purpose } from '../random/philox.js';
import { permutation } from '../random/random-stream.js';

/**
 * Optimizer steps of one epoch: every example once, in batches of `batchSize`; the epoch's last batch is smaller where
 * the batch size does not divide the number of examples (its loss is divided by its own number of tokens).
 */
export function stepsPerEpoch(examples: number, batchSize: number): number {
  return Math.ceil(examples / batchSize);
}

/** Optimizer steps of a run: whole epochs, and of a last fraction of an epoch its share of batches, rounded up; at least 1. */
export function totalSteps(examples: number, batchSize: number, epochs: number): number {
  const perEpoch = stepsPerEpoch(examples, batchSize);
  // 0.1 of 30 batches is 3, though 0.1 · 30 = 3.0000000000000004 in float64.
  return Math.max(1, Math.ceil(epochs * perEpoch - 1e-9 * perEpoch));
}

/**
 * The order of a run's examples: a fresh random permutation each epoch, cut into batches.
 *
 * The permutation depends on the seed, the epoch and the number of examples, not on the batch size; so runs that differ
 * in batch size see the same sequence.
 */
export class DataOrder {
  private cached: { epoch: number; order: Uint32Array } | undefined;

  /**
   * @param examples how many there are, ≥ 1
   * @param batchSize examples per optimizer step, ≥ 1
   * @param seed the run's seed
   */
  constructor(
    private readonly examples: number,
    private readonly batchSize: number,
    private readonly seed: number,
  ) {}

  get stepsPerEpoch(): number {
    return stepsPerEpoch(this.examples, this.batchSize);
  }

  /** Indices of the examples of optimizer step `step` (0 for the first), in any order of calls. */
  batchAt(step: number): Uint32Array {
    const epoch = this.epochOf(step);
    const start = (step - epoch * this.stepsPerEpoch) * this.batchSize;
    return this.epochOrder(epoch).slice(start, start + this.batchSize);
  }

  /** The epoch, from 0, that a step belongs to. */
  epochOf(step: number): number {
    return Math.floor(step / this.stepsPerEpoch);
  }

  private epochOrder(epoch: number): Uint32Array {
    if (this.cached?.epoch !== epoch) {
      const order = permutation(this.examples, { seed: this.seed, purpose: Purpose.order, counter: epoch });
      this.cached = { epoch, order };
    }
    return this.cached.order;
  }
}
