// Reads a learning-rate ramp (LR range test, 1506.01186): from which rate on the loss falls, and where it breaks.
import type { Adjustment } from './adjust.js';
import { formatValue } from './hyperparameters.js';
import type { Plan } from './plan.js';
import { learningRateRange, type SearchParameter } from './search-space.js';

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
  /** As measured, but no more than twice the first. */
  losses: number[];
  smooth: number[];
  /** Standard deviation of a single loss, where it is least: of the whole ramp or of its last third. */
  noise: number;
  /** Standard error of a smoothed loss. */
  error: number;
  /** Mean loss of the first tenth. */
  start: number;
  /** The rate at which the loss stopped being a number. */
  brokeAt?: number;
}

/** Standard deviation, from the median jump between neighbours: blind to a trend and to single outliers. */
function noiseOf(losses: number[]): number {
  const jumps = losses.slice(1).map((loss, i) => Math.abs(loss - losses[i]!));
  return jumps.length === 0 ? 0 : (1.4826 * median(jumps)) / Math.SQRT2;
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
  const noise = noiseOf(losses);
  return {
    rates: finite.map((point) => point.learningRate),
    losses,
    smooth,
    // The last jump is left out at the end: it may be the cliff.
    noise: Math.min(noise, noiseOf(losses.slice(Math.floor((2 * losses.length) / 3), -1))),
    error: noise / Math.sqrt(width),
    start: smooth.length ? mean(smooth.slice(0, first)) : Number.NaN,
    brokeAt: broken < 0 ? undefined : sorted[broken]!.learningRate,
  };
}

function indexOfMinimum(values: number[]): number {
  return values.reduce((best, value, i) => (value < values[best]! ? i : best), 0);
}

/** Index from which on values stay above a bound to the end; their number where the last does not. */
function staysAbove(values: number[], bound: number, from: number): number {
  let index = values.length;
  while (index > from && values[index - 1]! > bound) index--;
  return index;
}

/**
 * The rate at which the loss breaks: from there on the smoothed loss stays above its minimum by more than noise and a
 * third of what was gained, or the last losses themselves do by a fifth. A ramp ends as soon as the loss blows up, so
 * that the cliff is often its last step only, which smoothing would hide.
 */
function cliffOf(curve: Curve, minimum: number, gained: number): number | undefined {
  const { smooth, losses, rates, noise, error, start } = curve;
  const low = smooth[minimum]!;
  const scale = Math.max(gained, 0.1 * start);
  const smoothed = staysAbove(smooth, low + Math.max(clearly * error, 0.3 * scale), minimum + 1);
  const raw = staysAbove(losses, low + Math.max(4 * noise, 0.2 * scale), minimum + 1);
  const cliff = Math.min(smoothed, raw);
  return cliff < rates.length ? rates[cliff] : curve.brokeAt;
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
  const high = cliff === undefined ? last : Math.max(rates[falls]!, Math.min(rates[minimum]!, cliff / 4));
  // In a slow ramp the loss falls steepest long before the best rate, in a quick one after it: the middle between
  // that and the top holds for both. A ramp bears for a step what training does not bear for long: hence the twentieth.
  const middle = Math.sqrt(steepest(curve, falls, minimum) * high);
  const suggested = Math.min(middle, cliff === undefined ? high / 2 : cliff / 20);
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
 * `high` the rate of the lowest loss, at most a quarter of where it breaks; `suggested` lies, on the logarithmic axis,
 * midway between where it falls fastest and `high`, at most a twentieth of where it breaks (checked on real ramps
 * against the best of full runs). A fall counts from 5.5 standard errors of the smoothed loss.
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

/** The part of the usual range around the recommended rate that lies in the bracket. */
function narrowed(parameter: SearchParameter, bracket: LearningRateBracket, recommended: number): SearchParameter {
  if (parameter.name !== 'learningRate' || parameter.kind !== 'float') return parameter;
  const usual = learningRateRange(recommended);
  const low = Math.min(recommended, Math.max(usual.low, bracket.low));
  const high = Math.max(recommended, Math.min(usual.high, bracket.high));
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
