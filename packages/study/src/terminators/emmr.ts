/**
 * Stops when another trial is expected to lower the regret by little (EMMR, Ishibashi et al., «A stopping criterion for Bayesian
 * optimization by the gap of expected minimum simple regrets», AISTATS 2023).
 */

import { InvalidOptionError } from '../errors.js';
import { LOG_SQRT_2PI, normalCdf } from '../numerics/normal.js';
import { RandomGenerator } from '../numerics/random.js';
import type { GaussianProcess } from '../samplers/gp/gaussian-process.js';
import { standardize } from '../samplers/gp/observations.js';
import { bandWidth, fitTo, type Measured, measured, regretBound } from './model.js';
import { type Termination, type TerminationContext, type Terminator, UNDECIDED } from './terminator.js';

export interface EmmrOptions {
  /** Complete trials before those that set the bar. Default 10. */
  readonly warmupTrials?: number;
  /** Complete trials that set the bar. Default 20. */
  readonly initialTrials?: number;
  /** The bar, as a share of the median reduction over the initial trials. Default 0.01. */
  readonly share?: number;
  /** Default 0.1. */
  readonly delta?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** Variance of the noise in the information term, as small as the paper's deterministic objectives have. */
const SMALL_NOISE = 1e-6;
/** With fewer trials there is nothing to compare. */
const FEWEST = 2;

export class EmmrTerminator implements Terminator {
  readonly #options: Required<EmmrOptions>;
  readonly #bars = new Map<string, number>();

  /** @throws InvalidOptionError */
  constructor(options: EmmrOptions = {}) {
    const { warmupTrials = 10, initialTrials = 20, share = 0.01, delta = 0.1, seed = 0 } = options;
    if (!(warmupTrials >= 0 && initialTrials >= FEWEST && share > 0 && delta > 0 && delta < 1)) {
      throw new InvalidOptionError(
        `EmmrTerminator: warmupTrials ${warmupTrials} must be ≥ 0, initialTrials ${initialTrials} ≥ 2, share ${share} > 0, delta ${delta} in (0, 1).`,
      );
    }
    this.#options = { warmupTrials, initialTrials, share, delta, seed };
  }

  decide(context: TerminationContext): Termination {
    const { warmupTrials, initialTrials } = this.#options;
    const all = measured(context);
    if (!all || all.points.length < warmupTrials + initialTrials) return UNDECIDED;
    const improvement = this.#reduction(all);
    const bar = this.#bar(all);
    return { stop: improvement < bar, improvement, bar };
  }

  #bar(all: Measured): number {
    const { warmupTrials, initialTrials, share } = this.#options;
    const part = (count: number) => sliced(all, warmupTrials, warmupTrials + count);
    const initial = part(initialTrials);
    const key = JSON.stringify([initial.values, initial.points]);
    let bar = this.#bars.get(key);
    if (bar === undefined) {
      const reductions = Float64Array.from({ length: initialTrials }, (_, i) => this.#reduction(part(i + 1))).sort();
      this.#bars.set(key, (bar = share * reductions[initialTrials >> 1]!));
    }
    return bar;
  }

  #reduction({ space, points, values }: Measured): number {
    if (points.length < FEWEST) return Number.MAX_VALUE;
    const standardized = standardize(values);
    const earlier = points.slice(0, -1);
    const before = fitTo(space, earlier, standardized.slice(0, -1));
    const after = fitTo(space, points, standardized);
    const random = RandomGenerator.of(this.#options.seed, 'emmr', points.length);
    const beta = bandWidth(space.size, earlier.length, this.#options.delta);
    const regret = regretBound(before, earlier, beta, { space, random });
    return regretReduction(before, after, points, standardized, regret);
  }
}

/**
 * An upper bound on how much the last trial lowered the expected minimum regret.
 * @param before the model without the last trial
 * @param after the model with it
 * @param values of the points; larger is better
 * @param regret the bound on the regret before
 */
export function regretReduction(
  before: GaussianProcess,
  after: GaussianProcess,
  points: readonly Float64Array[],
  values: Float64Array,
  regret: number,
): number {
  const best = points[argmax(values)]!;
  const bestBefore = points[argmax(values.slice(0, -1))]!;
  const last = points.length - 1;
  const now = after.posterior(best);
  const gain = now.mean - before.posterior(bestBefore).mean;
  const spread = now.variance - 2 * after.covariance(best, bestBefore) + after.posterior(bestBefore).variance;
  const deviation = Math.sqrt(Math.max(1e-10, spread));
  const z = gain / deviation;
  const expected = -gain + deviation * Math.exp(-0.5 * z * z - LOG_SQRT_2PI) + gain * normalCdf(z);
  const { mean, variance } = after.posterior(points[last]!);
  const total = variance + SMALL_NOISE;
  const surprise = (variance * (values[last]! - mean) ** 2) / total ** 2;
  const information = 0.5 * (Math.log1p(variance / SMALL_NOISE) - variance / total + surprise);
  return expected + regret * Math.sqrt(0.5 * information);
}

function sliced({ space, points, values }: Measured, from: number, to: number): Measured {
  return { space, points: points.slice(from, to), values: values.slice(from, to) };
}

function argmax(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
