/**
 * The covariance of losses in an additive model with interactions of two: the elementary symmetric polynomials of first and
 * second order over one kernel for each axis (additive GP: Duvenaud, Nickisch and Rasmussen, arXiv:1112.4394).
 */

import { matern } from '../samplers/gp/gaussian-process.js';

/** A parameter, or something made of several. */
export interface EffectAxis {
  readonly kind: 'ordered' | 'choice';
  /** Median of the prior of its effect's size, as a share of the losses' spread. */
  readonly typicalEffect: number;
}

/** Where a run stands: a position in [0, 1] on each ordered axis, an index on each axis of choices; and its share of the schedule. */
export interface Place {
  readonly positions: readonly number[];
  /** In (0, 1]; 1 = at its end. */
  readonly share: number;
}

/** One draw of what the model does not know. */
export interface EffectParameters {
  /** Standard deviation of each axis's effect, in the losses' unit. */
  readonly scales: readonly number[];
  /** Over what share of the range an ordered axis's effect varies. */
  readonly lengths: readonly number[];
  /** Correlation of an effect at two shares that are a factor of nine apart. */
  readonly likeness: number;
  /** Variance of what two axes do together, relative to the product of their variances; per squared unit of losses. */
  readonly interaction: number;
}

/** Covariance of one axis's effect at two positions: a Matérn-5/2 kernel, of choices whether they are the same. */
export function axisCovariance(kind: EffectAxis['kind'], scale: number, length: number, a: number, b: number): number {
  if (a === b) return scale * scale;
  return kind === 'choice' ? 0 : scale * scale * matern(((a - b) / length) ** 2);
}

/** Σ_j k_j plus the interaction times Σ_{j<k} k_j·k_k, from Σ k and Σ k². */
export function combined(sum: number, squares: number, interaction: number): number {
  return sum + 0.5 * interaction * (sum * sum - squares);
}

/** Correlation of an effect at two shares; `likeness` is that over a factor of nine. */
export function likenessAt(a: number, b: number, likeness: number): number {
  return a === b ? 1 : likeness ** (Math.abs(Math.log(a / b)) / Math.log(9));
}
