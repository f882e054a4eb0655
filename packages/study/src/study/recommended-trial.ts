/**
 * The trial to trust when values are noisy: the best by a model of all trials, not the luckiest, and the default unless it is
 * clear that something is better. Trials with the same parameters are repeats, which count as one with their mean.
 */

import { InvalidOptionError, NoTrialError, TrialNotFoundError } from '../errors.js';
import { configurationsOf, meanTrials } from '../noise/repeats.js';
import { NoiseAveragedProcess } from '../samplers/gp/noise-average.js';
import { standardize } from '../samplers/gp/observations.js';
import { measured, trainingData } from '../terminators/model.js';
import { violation } from '../trial/constraints.js';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.js';
import { bestOf } from './best-trials.js';

export interface RecommendedTrialOptions {
  /** Default `minimize`. */
  readonly direction?: Direction;
  /** Number of the trial with the default setting, which is kept unless another is clearly better. Default: none. */
  readonly reference?: number;
  /** The probability of being better that is clear enough. Default 0.95. */
  readonly confidence?: number;
  /** How many measurements a trial's value is the mean of; see `GpSampler`. Default 1. */
  readonly measurements?: (trial: FrozenTrial) => number;
}

export interface ModelledTrial {
  readonly trial: FrozenTrial;
  /** What the objective is at its setting, noise taken out, and how sure that is; both NaN where there is no model. */
  readonly mean: number;
  readonly standardError: number;
}

export interface RecommendedTrial extends ModelledTrial {
  /** That the best by the model is better than the reference; NaN without one. */
  readonly probabilityBetter: number;
  /** A sentence for people. */
  readonly why: string;
  /** All complete and feasible trials, the best by the model first. */
  readonly ranking: readonly ModelledTrial[];
}

interface Candidate extends ModelledTrial {
  readonly point: Float64Array;
}

/** Values worse than the median by more than so many times the way from it to the best are cut there. */
const TAIL = 4;

/**
 * Chooses among the complete and feasible trials of one objective.
 * @throws NoTrialError when there is none
 * @throws TrialNotFoundError when the reference is not among them
 */
export function recommendedTrial(
  trials: readonly FrozenTrial[],
  options: RecommendedTrialOptions = {},
): RecommendedTrial {
  const { direction = 'minimize', reference, confidence = 0.95 } = options;
  if (!(confidence >= 0 && confidence < 1))
    throw new InvalidOptionError(`recommendedTrial: confidence is ${confidence}; give 0 ≤ confidence < 1.`);
  const complete = trials.filter(({ state, values }) => state === 'COMPLETE' && Number.isFinite(values![0]));
  const { trials: means, measurements } = meanTrials(complete, options.measurements);
  const luckiest = bestOf(means, direction);
  if (!luckiest) throw new NoTrialError('There is no complete and feasible trial with a finite value to recommend.');
  const model = modelOf(means, direction, measurements);
  if (!model) {
    const alone = { trial: luckiest, mean: Number.NaN, standardError: Number.NaN };
    const why = 'The trials share no parameter to compare them by: the best value counts.';
    return { ...alone, probabilityBetter: Number.NaN, why, ranking: [alone] };
  }
  const { process, candidates } = model;
  const ranking = candidates.map(({ trial, mean, standardError }) => ({ trial, mean, standardError }));
  if (reference === undefined) {
    const why = 'It is the best by a model of all trials, which takes noise out.';
    return { ...ranking[0]!, probabilityBetter: Number.NaN, why, ranking };
  }
  const repeated = configurationsOf(complete).find(({ runs }) => runs.some(({ number }) => number === reference));
  const origin = candidates.findIndex(({ trial }) => trial.number === repeated?.trial.number);
  if (origin < 0) throw new TrialNotFoundError(`Trial ${reference}, the reference, is not complete and feasible.`);
  const probabilityBetter =
    origin === 0 ? 0 : process.probabilityHigher(candidates[0]!.point, candidates[origin]!.point);
  const chosen = ranking[probabilityBetter > confidence ? 0 : origin]!;
  return { ...chosen, probabilityBetter, why: reasonFor(origin, probabilityBetter, confidence), ranking };
}

/** The model, larger being better, and the feasible trials by it in units of the objective, the best first. */
function modelOf(
  complete: readonly FrozenTrial[],
  direction: Direction,
  measurements: (trial: FrozenTrial) => number,
): { process: NoiseAveragedProcess; candidates: Candidate[] } | null {
  const all = measured({ trials: complete, direction });
  if (!all) return null;
  const sorted = Float64Array.from(all.values).sort();
  const [median, top] = [sorted[sorted.length >> 1]!, sorted[sorted.length - 1]!];
  const values = all.values.map((value) => Math.max(value, median - TAIL * (top - median)));
  const center = values.reduce((sum, value) => sum + value, 0) / values.length;
  const unit = Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / values.length);
  const noiseFactors = Float64Array.from(complete, (trial) => 1 / Math.max(1, measurements(trial)));
  const process = new NoiseAveragedProcess(trainingData(all.space, all.points, standardize(values), noiseFactors));
  const scored = complete.flatMap((trial, row) => {
    const point = all.points[row]!;
    return violation(trial) > 0 ? [] : [{ trial, point, ...process.posterior(point) }];
  });
  scored.sort((a, b) => b.mean - a.mean);
  const sign = direction === 'minimize' ? -1 : 1;
  const candidates = scored.map(({ trial, point, mean, variance }) => ({
    trial,
    point,
    mean: sign * (center + unit * mean),
    standardError: unit * Math.sqrt(variance),
  }));
  return { process, candidates };
}

function reasonFor(origin: number, probability: number, confidence: number): string {
  const percent = `${Math.round(100 * probability)} %`;
  if (origin === 0) return 'The default is the best by a model of all trials.';
  return probability > confidence
    ? `It is the best by a model of all trials, and better than the default with a probability of ${percent}.`
    : `The best other trial is better than the default with a probability of only ${percent}: the default is kept.`;
}
