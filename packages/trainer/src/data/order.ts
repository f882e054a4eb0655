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

/** A step of a run, and what decides its examples. */
export interface StepOfOrder {
  /** The run's seed: an unsigned 32-bit integer. */
  seed: number;
  /** How many examples there are, ≥ 1. */
  count: number;
  /** Examples per optimizer step, ≥ 1. */
  batchSize: number;
  /** 0 for the first. */
  step: number;
}

/**
 * Indices of the examples of one optimizer step: a batch of its epoch's random permutation.
 *
 * The permutation depends on the seed, the epoch and the number of examples, not on the batch size; so runs that differ
 * in batch size see the same sequence. Steps may be asked for in any order.
 */
export function stepExamples({ seed, count, batchSize, step }: StepOfOrder): Uint32Array {
  const perEpoch = stepsPerEpoch(count, batchSize);
  const epoch = Math.floor(step / perEpoch);
  const start = (step - epoch * perEpoch) * batchSize;
  return epochOrder(seed, count, epoch).slice(start, start + batchSize);
}

/** The last permutation asked for: an epoch's steps share it. */
let remembered: { seed: number; count: number; epoch: number; order: Uint32Array } | undefined;

function epochOrder(seed: number, count: number, epoch: number): Uint32Array {
  if (remembered?.seed !== seed || remembered.count !== count || remembered.epoch !== epoch) {
    const order = permutation(count, { seed, purpose: Purpose.order, counter: epoch });
    remembered = { seed, count, epoch, order };
  }
  return remembered.order;
}
