/**
 * The covariance matrix adaptation evolution strategy (Hansen, «The CMA evolution strategy: a tutorial», arXiv:1604.00772;
 * equations by its numbers), with a margin for discrete coordinates (Hamano et al., arXiv:2205.13482).
 */

import { symmetricEigen } from '../../numerics/eigen.js';
import { normalCdf, normalQuantileOfLog } from '../../numerics/normal.js';
import type { RandomGenerator } from '../../numerics/random.js';

export interface Solution {
  readonly x: Float64Array;
  /** Smaller is better. */
  readonly value: number;
}

/** Between which two borders a coordinate's mean lies: of the nearest value and its neighbours; null where continuous. */
export type Borders = (dimension: number, mean: number) => readonly [number, number] | null;

const EPSILON = 1e-8;
const MOST_DRAWS = 100;

export class CmaStrategy {
  readonly #n: number;
  readonly populationSize: number;
  readonly #settings: Settings;
  readonly #borders: Borders;
  readonly mean: Float64Array;
  sigma: number;
  /** n×n, row-major. */
  covariance: Float64Array;
  /** By how much each discrete coordinate spreads more than the covariance says. */
  readonly spread: Float64Array;
  readonly #sigmaPath: Float64Array;
  readonly #path: Float64Array;
  #generation = 0;

  /**
   * @param mean each coordinate in [0, 1]
   * @param covariance n×n; default the identity
   */
  constructor(
    mean: Float64Array,
    sigma: number,
    populationSize?: number,
    borders: Borders = () => null,
    covariance?: Float64Array,
  ) {
    this.#n = mean.length;
    this.populationSize = populationSize ?? 4 + Math.floor(3 * Math.log(this.#n)); // (48)
    this.#settings = settingsFor(this.#n, this.populationSize);
    this.#borders = borders;
    this.mean = Float64Array.from(mean);
    this.sigma = sigma;
    this.covariance = covariance ?? identity(this.#n);
    this.spread = new Float64Array(this.#n).fill(1);
    this.#sigmaPath = new Float64Array(this.#n);
    this.#path = new Float64Array(this.#n);
  }

  /** Standard deviation of each coordinate. */
  get deviations(): Float64Array {
    return this.mean.map((_, i) => this.sigma * Math.sqrt(this.covariance[i * this.#n + i]!));
  }

  /** A point; its discrete coordinates may lie between values, to which `place` moves them. */
  draw(random: RandomGenerator): Float64Array {
    const { values, vectors } = this.#eigen();
    let x = this.mean;
    for (let attempt = 0; attempt < MOST_DRAWS; attempt++) {
      const z = Float64Array.from(values, (value) => Math.sqrt(value) * gaussian(random));
      x = this.mean.map((mean, i) => mean + this.sigma * rowTimes(vectors, i, z));
      if (x.every((value, i) => this.#isDiscrete(i) || (value >= 0 && value <= 1))) return x;
    }
    return x.map((value, i) => (this.#isDiscrete(i) ? value : Math.min(1, Math.max(0, value))));
  }

  /** Where a drawn point is evaluated, before discrete coordinates are rounded. */
  place(x: Float64Array): Float64Array {
    return x.map((value, i) => this.mean[i]! + this.spread[i]! * (value - this.mean[i]!));
  }

  /** @param solutions as many drawn points as a population has, with their values */
  tell(solutions: readonly Solution[]): void {
    const { weights, mu, muEffective, c1, cMu, cPath, cSigma, damping } = this.#settings;
    const n = this.#n;
    this.#generation++;
    const ordered = [...solutions].sort((a, b) => (a.value === b.value ? 0 : a.value < b.value ? -1 : 1));
    const steps = ordered.map(({ x }) => x.map((value, i) => (value - this.mean[i]!) / this.sigma));
    const eigen = this.#eigen();
    const whitened = (y: Float64Array) => whiten(eigen.values, eigen.vectors, y);
    const shift = new Float64Array(n);
    for (let k = 0; k < mu; k++) for (let i = 0; i < n; i++) shift[i]! += weights[k]! * steps[k]![i]!; // (41)
    for (let i = 0; i < n; i++) this.mean[i]! += this.sigma * shift[i]!;

    const white = whitened(shift);
    const gain = Math.sqrt(cSigma * (2 - cSigma) * muEffective);
    for (let i = 0; i < n; i++) this.#sigmaPath[i] = (1 - cSigma) * this.#sigmaPath[i]! + gain * white[i]!; // (43)
    const length = norm(this.#sigmaPath);
    const usual = Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
    this.sigma *= Math.exp((cSigma / damping) * (length / usual - 1)); // (44)

    const settled = length / Math.sqrt(1 - (1 - cSigma) ** (2 * (this.#generation + 1)));
    const isShort = settled < (1.4 + 2 / (n + 1)) * usual ? 1 : 0;
    const pathGain = isShort * Math.sqrt(cPath * (2 - cPath) * muEffective);
    for (let i = 0; i < n; i++) this.#path[i] = (1 - cPath) * this.#path[i]! + pathGain * shift[i]!; // (45)

    // (46): what speaks against a direction counts by length, so that the matrix stays positive definite.
    const scaled = steps.map((y, k) =>
      weights[k]! >= 0 ? weights[k]! : (weights[k]! * n) / (norm(whitened(y)) ** 2 + EPSILON),
    );
    const lost = (1 - isShort) * cPath * (2 - cPath);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const kept = 1 + c1 * lost - c1 - cMu * total;
    const next = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let rankMu = 0;
        for (const [k, y] of steps.entries()) rankMu += scaled[k]! * y[i]! * y[j]!;
        next[i * n + j] = kept * this.covariance[i * n + j]! + c1 * this.#path[i]! * this.#path[j]! + cMu * rankMu; // (47)
      }
    }
    this.covariance = next;
    for (let i = 0; i < n; i++) this.#keepMargin(i);
  }

  #isDiscrete(i: number): boolean {
    return this.#borders(i, this.mean[i]!) !== null;
  }

  /** Lets no value next to a discrete coordinate's present one become less likely than the margin. */
  #keepMargin(i: number): void {
    const borders = this.#borders(i, this.mean[i]!);
    if (!borders) return;
    const [below, above] = borders;
    const margin = 1 / (this.#n * this.populationSize);
    const deviation = this.deviations[i]!;
    const mean = this.mean[i]!;
    let low = normalCdf((below - mean) / (this.spread[i]! * deviation));
    let high = normalCdf((mean - above) / (this.spread[i]! * deviation));
    const middle = 1 - (low + high);
    if (Math.max(low, high) > 0.5) {
      // At an end of the range only one border is left to cross.
      if (Math.min(low, high) >= margin) return;
      const distance = this.spread[i]! * deviation * upperQuantile(margin);
      this.mean[i] = above + Math.sign(mean - above) * distance;
      return;
    }
    low = Math.max(low, margin / 2);
    high = Math.max(high, margin / 2);
    const excess = 1 - low - high - middle;
    const room = low + middle + high - (3 * margin) / 2;
    const share = (p: number) => Math.min(0.5 - 1e-10, Math.max(1e-10, p + (excess * (p - margin / 2)) / room));
    const [left, right] = [upperQuantile(share(low)), upperQuantile(share(high))];
    this.spread[i] = (above - below) / ((left + right) * deviation);
    this.mean[i] = (below * right + above * left) / (left + right);
  }

  #eigen() {
    const { values, vectors } = symmetricEigen(this.covariance, this.#n);
    return { values: values.map((value) => (value < 0 ? EPSILON : value)), vectors };
  }
}

interface Settings {
  readonly weights: Float64Array;
  readonly mu: number;
  readonly muEffective: number;
  readonly c1: number;
  readonly cMu: number;
  readonly cPath: number;
  readonly cSigma: number;
  readonly damping: number;
}

/** The tutorial's default parameters, (49) to (58). */
function settingsFor(n: number, size: number): Settings {
  const mu = size >> 1;
  const raw = Float64Array.from({ length: size }, (_, i) => Math.log((size + 1) / 2) - Math.log(i + 1));
  const effective = (part: Float64Array) => sum(part) ** 2 / sum(part.map((weight) => weight * weight));
  const muEffective = effective(raw.slice(0, mu));
  const muEffectiveMinus = effective(raw.slice(mu));
  const c1 = 2 / ((n + 1.3) ** 2 + muEffective);
  const cMu = Math.min(1 - c1 - EPSILON, (2 * (muEffective - 2 + 1 / muEffective)) / ((n + 2) ** 2 + muEffective));
  const most = Math.min(1 + c1 / cMu, 1 + (2 * muEffectiveMinus) / (muEffective + 2), (1 - c1 - cMu) / (n * cMu));
  const positive = sum(raw.filter((weight) => weight > 0));
  const negative = -sum(raw.filter((weight) => weight < 0));
  const cSigma = (muEffective + 2) / (n + muEffective + 5);
  return {
    weights: raw.map((weight) => (weight >= 0 ? weight / positive : (most * weight) / negative)),
    mu,
    muEffective,
    c1,
    cMu,
    cPath: (4 + muEffective / n) / (n + 4 + (2 * muEffective) / n),
    cSigma,
    damping: 1 + 2 * Math.max(0, Math.sqrt((muEffective - 1) / (n + 1)) - 1) + cSigma,
  };
}

/** The z that a standard normal exceeds with probability p. */
function upperQuantile(p: number): number {
  return -normalQuantileOfLog(Math.log(p));
}

function gaussian(random: RandomGenerator): number {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

function whiten(values: Float64Array, vectors: Float64Array, y: Float64Array): Float64Array {
  const n = y.length;
  const turned = Float64Array.from(values, (value, j) => {
    let dot = 0;
    for (let i = 0; i < n; i++) dot += vectors[i * n + j]! * y[i]!;
    return dot / Math.sqrt(value);
  });
  return y.map((_, i) => rowTimes(vectors, i, turned));
}

function rowTimes(matrix: Float64Array, row: number, x: Float64Array): number {
  let dot = 0;
  for (let j = 0; j < x.length; j++) dot += matrix[row * x.length + j]! * x[j]!;
  return dot;
}

function identity(n: number): Float64Array {
  return new Float64Array(n * n).map((_, at) => (at % (n + 1) === 0 ? 1 : 0));
}

function norm(x: Float64Array): number {
  return Math.sqrt(sum(x.map((value) => value * value)));
}

function sum(x: Float64Array): number {
  return x.reduce((total, value) => total + value, 0);
}
