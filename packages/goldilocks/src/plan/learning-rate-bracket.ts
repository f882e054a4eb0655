// Reads a learning-rate ramp (LR range test, 1506.01186): from which rate on the loss falls, and where it breaks.
import type { Adjustment } from './adjust.js';
import { formatValue } from './hyperparameters.js';
import type { Plan } from './plan.js';
import type { SearchParameter } from './search-space.js';

/** One step of the ramp: the rate it was made with, and the loss of its batch. */
export interface RampPoint {
  learningRate: number;
  loss: number;
}

export interface LearningRateBracket {
  low: number;
  high: number;
  /** Absent where the ramp shows neither progress nor a cliff. */
  suggested?: number;
  shape: 'valley' | 'falling' | 'cliff only' | 'flat';
  /** One sentence with the numbers. */
  reason: string;
}

const median = (values: number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function moving(values: number[], width: number, summary: (window: number[]) => number): number[] {
  const half = Math.floor(width / 2);
  return values.map((_, i) => summary(values.slice(Math.max(0, i - half), i + half + 1)));
}

/**
 * Standard errors of the smoothed loss that a fall or a rise must reach. The lowest of about ten independent stretches
 * is compared with a start that is as noisy: 5.5 keeps false finds in pure noise to a few in a hundred.
 */
const clearly = 5.5;

interface Curve {
  rates: number[];
  smooth: number[];
  /** Standard error of a smoothed loss. */
  error: number;
  /** Mean loss of the first tenth. */
  start: number;
  /** The rate at which the loss stopped being a number. */
  brokeAt?: number;
}

/** Median of five against single bad batches, then a moving mean over a tenth of the ramp. */
function smoothCurve(points: RampPoint[]): Curve {
  const sorted = [...points].sort((a, b) => a.learningRate - b.learningRate);
  const broken = sorted.findIndex((point) => !Number.isFinite(point.loss));
  const finite = broken < 0 ? sorted : sorted.slice(0, broken);
  const first = Math.max(3, Math.floor(finite.length / 10));
  const ceiling = 2 * median(finite.slice(0, first).map((point) => point.loss));
  // A loss in the thousands says no more than twice the first one, but would swamp its neighbours' mean.
  const losses = finite.map((point) => Math.min(point.loss, ceiling));
  const width = Math.max(3, Math.round(finite.length / 10));
  const smooth = moving(moving(losses, 5, median), width, mean);
  const jumps = losses.slice(1).map((loss, i) => Math.abs(loss - losses[i]!));
  const noise = (1.4826 * (jumps.length ? median(jumps) : 0)) / Math.SQRT2;
  return {
    rates: finite.map((point) => point.learningRate),
    smooth,
    error: noise / Math.sqrt(width),
    start: smooth.length ? mean(smooth.slice(0, first)) : Number.NaN,
    brokeAt: broken < 0 ? undefined : sorted[broken]!.learningRate,
  };
}

function indexOfMinimum(values: number[]): number {
  return values.reduce((best, value, i) => (value < values[best]! ? i : best), 0);
}

/** The rate from which on the loss stays well above its minimum, by more than noise and a third of what was gained. */
function cliffOf(curve: Curve, minimum: number, gained: number): number | undefined {
  const { smooth, rates, error, start } = curve;
  const bound = smooth[minimum]! + Math.max(clearly * error, 0.3 * Math.max(gained, 0.1 * start));
  let cliff = smooth.length;
  while (cliff > minimum + 1 && smooth[cliff - 1]! > bound) cliff--;
  return cliff < smooth.length ? rates[cliff] : curve.brokeAt;
}

function steepest(curve: Curve, from: number, to: number): number {
  const { rates, smooth } = curve;
  let best = from;
  let steepness = Number.NEGATIVE_INFINITY;
  for (let i = Math.max(1, from); i <= to; i++) {
    const slope = (smooth[i - 1]! - smooth[i]!) / Math.log(rates[i]! / rates[i - 1]!);
    if (slope > steepness) [best, steepness] = [i, slope];
  }
  return rates[best]!;
}

const round = (rate: number) => Number(rate.toPrecision(2));
const show = (rate: number) => formatValue('learningRate', rate);

function withoutProgress(curve: Curve, cliff: number | undefined): LearningRateBracket {
  const low = curve.rates[0]!;
  const high = curve.rates[curve.rates.length - 1]!;
  if (cliff === undefined) {
    const reason = `From ${show(low)} to ${show(high)} the loss hardly changed: the ramp tells nothing about the rate.`;
    return { low, high, shape: 'flat', reason };
  }
  const reason = `The loss did not fall during the ramp and broke at ${show(cliff)}: a tenth of that is safe.`;
  return {
    low: round(Math.max(low, cliff / 100)),
    high: round(Math.max(low, cliff / 3)),
    suggested: round(Math.max(low, cliff / 10)),
    shape: 'cliff only',
    reason,
  };
}

function withProgress(curve: Curve, minimum: number, cliff: number | undefined): LearningRateBracket {
  const { rates, smooth, start, error } = curve;
  const gained = start - smooth[minimum]!;
  const falls = smooth.findIndex((loss) => loss < start - Math.max(2 * error, 0.1 * gained));
  const last = rates[rates.length - 1]!;
  const high = cliff === undefined ? last : Math.min(rates[minimum]!, cliff / 2);
  const suggested = Math.min(steepest(curve, falls, minimum), high / 2);
  const low = Math.max(rates[0]!, Math.min(rates[falls]!, suggested / 4));
  const end = cliff === undefined ? `and was still falling at ${show(last)}` : `and broke at ${show(cliff)}`;
  return {
    low: round(low),
    high: round(high),
    suggested: round(suggested),
    shape: cliff === undefined ? 'falling' : 'valley',
    reason: `The loss began to fall at ${show(rates[falls]!)}, from ${start.toFixed(2)} to ${smooth[minimum]!.toFixed(2)}, ${end}.`,
  };
}

/**
 * Brackets the learning rate from a ramp: `low` is where the loss begins to fall (or a quarter of the suggestion),
 * `high` the rate of the lowest loss, at most half of where it breaks; `suggested` is where it falls fastest, at most
 * half of `high`. A fall counts from 5.5 standard errors of the smoothed loss.
 * @throws RangeError for fewer than 12 points, or fewer than 4 before the loss stops being a number.
 */
export function bracketLearningRate(points: RampPoint[]): LearningRateBracket {
  if (points.length < 12) {
    throw new RangeError(`A learning-rate ramp needs at least 12 steps, but has ${points.length}: lengthen the ramp.`);
  }
  const curve = smoothCurve(points);
  if (curve.rates.length < 4) {
    throw new RangeError(
      `The loss was not a number after ${curve.rates.length} steps of the ramp, at ${show(curve.brokeAt!)}: start the ramp at a rate a hundred times lower.`,
    );
  }
  const minimum = indexOfMinimum(curve.smooth);
  const gained = curve.start - curve.smooth[minimum]!;
  const cliff = cliffOf(curve, minimum, gained);
  const significant = gained > Math.max(clearly * curve.error, 0.02 * curve.start);
  return significant ? withProgress(curve, minimum, cliff) : withoutProgress(curve, cliff);
}

function narrowed(parameter: SearchParameter, bracket: LearningRateBracket, recommended: number): SearchParameter {
  if (parameter.name !== 'learningRate' || parameter.kind !== 'float') return parameter;
  const low = Math.min(recommended, Math.max(parameter.low, bracket.low));
  const high = Math.max(recommended, Math.min(parameter.high * 2, bracket.high));
  return { ...parameter, low, high, recommended, source: `measured by a ramp (1506.01186): ${bracket.reason}` };
}

/**
 * The plan with the learning rate's range narrowed to the bracket. A recommended rate outside the bracket is moved to
 * the suggested one, as a measured adjustment; a rate fixed by the person stays, with a warning.
 */
export function narrowLearningRate(plan: Plan, bracket: LearningRateBracket): Plan {
  if (bracket.suggested === undefined) return plan;
  const from = plan.settings.learningRate;
  const outside = from < bracket.low || from > bracket.high;
  if (plan.fixedByUser.includes('learningRate')) {
    if (!outside) return plan;
    const warning = `Your learning rate ${show(from)} lies outside what the ramp found useful, ${show(bracket.low)} to ${show(bracket.high)}. ${bracket.reason}`;
    return { ...plan, warnings: [...plan.warnings, warning] };
  }
  const to = outside ? bracket.suggested : from;
  const adjustment: Adjustment = {
    hyperparameter: 'learningRate',
    from,
    to,
    because: bracket.reason,
    source: 'LR range test, 1506.01186, on your data',
    evidence: 'measured',
  };
  const parameters = plan.searchSpace.parameters.map((parameter) => narrowed(parameter, bracket, to));
  return {
    ...plan,
    settings: { ...plan.settings, learningRate: to },
    adjustments: outside ? [...plan.adjustments, adjustment] : plan.adjustments,
    searchSpace: { parameters },
  };
}
