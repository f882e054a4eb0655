/** How much better one configuration is than another: what a model of the search says, then what pairs on shared seeds add. */

import { normalCdf } from '../numerics/normal.js';

/**
 * What the variance of a run among repeats may be, in units of the noise of the search's trials, each as likely: less where
 * shared seeds cancel much of it, more where the best are noisier than the rest.
 */
const NOISE_FACTORS = [0.4, 1, 2.5];

/** One normal distribution of a mixture, all of which are as likely. */
export interface GainPrior {
  readonly mean: number;
  readonly variance: number;
  /** Variance of the noise of a run. */
  readonly noise: number;
}

export interface Gain {
  /** Larger is better. */
  readonly mean: number;
  readonly standardError: number;
  readonly probabilityBetter: number;
}

interface Component {
  readonly logWeight: number;
  readonly mean: number;
  readonly variance: number;
}

/**
 * The posterior of a gain: a mixture of normal distributions over how noisy a run is, each updated in closed form.
 * @param prior of the gain, by the search's trials
 * @param pairs differences on shared seeds, larger is better
 * @param exampleError standard error of the mean difference over the examples that each run was measured on; no more
 * seeds make it smaller
 */
export function gainOf(prior: readonly GainPrior[], pairs: readonly number[], exampleError = 0): Gain {
  const components = prior.flatMap((one) => NOISE_FACTORS.map((factor) => updated(one, factor, pairs)));
  const highest = Math.max(...components.map(({ logWeight }) => logWeight));
  const weights = components.map(({ logWeight }) => Math.exp(logWeight - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let [mean, square, probabilityBetter] = [0, 0, 0];
  for (const [i, component] of components.entries()) {
    const weight = weights[i]! / total;
    const variance = component.variance + exampleError ** 2;
    mean += weight * component.mean;
    square += weight * (component.mean ** 2 + variance);
    probabilityBetter += weight * normalCdf(component.mean / Math.sqrt(variance));
  }
  return { mean, standardError: Math.sqrt(Math.max(0, square - mean * mean)), probabilityBetter };
}

/** Conjugate update of a normal mean by pairs whose variance is that of two runs. */
function updated(prior: GainPrior, factor: number, pairs: readonly number[]): Component {
  const n = pairs.length;
  if (n === 0) return { logWeight: 0, mean: prior.mean, variance: prior.variance };
  const noise = 2 * factor * prior.noise;
  const average = pairs.reduce((sum, pair) => sum + pair, 0) / n;
  const spread = pairs.reduce((sum, pair) => sum + (pair - average) ** 2, 0);
  const [between, within] = [prior.variance + noise / n, noise];
  const logLikelihood =
    -0.5 * (Math.log(between) + (n - 1) * Math.log(within) + (average - prior.mean) ** 2 / between + spread / within);
  const precision = 1 / prior.variance + n / noise;
  const mean = (prior.mean / prior.variance + (n * average) / noise) / precision;
  return { logWeight: logLikelihood, mean, variance: 1 / precision };
}
