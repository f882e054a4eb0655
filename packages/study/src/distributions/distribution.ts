/** What values a parameter may take: floats, integers or one of several choices. */

import { InvalidDistributionError } from '../errors.js';
import { freezeJson, type JsonValue, jsonEqual } from '../json.js';

/**
 * What is known beforehand of where a parameter should be, which some samplers start from and forget as trials come in.
 * It is the caller's and not stored with trials.
 */
export interface Recommendation<T> {
  /** A value that is known to be good. */
  readonly recommended?: T;
  /** How sure one is that the best is near it, above 0 and below 1; 0.5 when only `recommended` is given. */
  readonly confidence?: number;
}

/** Real numbers in [low, high]; with `step`, only low + k·step; with `log`, searched in the logarithm. */
export interface FloatDistribution extends Recommendation<number> {
  readonly type: 'float';
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  readonly step: number | null;
}

/** Integers low + k·step in [low, high]; with `log`, searched in the logarithm. */
export interface IntDistribution extends Recommendation<number> {
  readonly type: 'int';
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  readonly step: number;
}

/** One of the choices, each any JSON value; no order among them. */
export interface CategoricalDistribution<T extends JsonValue = JsonValue> extends Recommendation<T> {
  readonly type: 'categorical';
  readonly choices: readonly T[];
}

export type NumericDistribution = FloatDistribution | IntDistribution;
export type Distribution = NumericDistribution | CategoricalDistribution;
export type SearchSpace = Readonly<Record<string, Distribution>>;

/** The type of a value drawn from a distribution. */
export type ValueOf<D extends Distribution> = D extends CategoricalDistribution<infer T> ? T : number;
/** The parameters that a search space gives, by name. */
export type ParamsOf<S extends SearchSpace> = { readonly [K in keyof S]: ValueOf<S[K]> };

/**
 * A float distribution. When high − low is no multiple of `step`, high becomes the last point of the lattice.
 * @throws InvalidDistributionError when low > high, log with low ≤ 0, step ≤ 0, or both log and step
 */
export function float(
  low: number,
  high: number,
  options: { readonly log?: boolean; readonly step?: number | null } & Recommendation<number> = {},
): FloatDistribution {
  const { log = false, step = null } = options;
  checkRange('float', low, high);
  if (log && step !== null) fail(`float(${low}, ${high})`, 'both log and step are given; choose one');
  if (log && low <= 0) fail(`float(${low}, ${high}, { log: true })`, 'log needs low > 0');
  if (step !== null && !(step > 0 && Number.isFinite(step))) fail(`float(${low}, ${high})`, `step ${step} is not > 0`);
  const last = step === null ? high : lastPoint(low, high, step);
  return recommending({ type: 'float', low, high: last, log, step }, options);
}

/**
 * An integer distribution. When high − low is no multiple of `step`, high becomes the last point of the lattice.
 * @throws InvalidDistributionError when a bound is not an integer, low > high, log with low < 1, step < 1, or log
 * with a step other than 1
 */
export function int(
  low: number,
  high: number,
  options: { readonly log?: boolean; readonly step?: number } & Recommendation<number> = {},
): IntDistribution {
  const { log = false, step = 1 } = options;
  checkRange('int', low, high);
  if (![low, high, step].every(Number.isSafeInteger))
    fail(`int(${low}, ${high})`, 'bounds and step must be integers of at most 2^53 − 1 in size');
  if (step < 1) fail(`int(${low}, ${high})`, `step ${step} is not ≥ 1`);
  if (log && low < 1) fail(`int(${low}, ${high}, { log: true })`, 'log needs low ≥ 1');
  if (log && step !== 1) fail(`int(${low}, ${high}, { log: true })`, `log needs step 1, not ${step}`);
  const last = low + Math.floor((high - low) / step) * step;
  return recommending({ type: 'int', low, high: last, log, step }, options);
}

/**
 * A categorical distribution. Two equal choices are allowed, as in Optuna; the first of them is the one found.
 * @throws InvalidDistributionError when there is no choice, or one that has no JSON form
 */
export function categorical<const T extends JsonValue>(
  choices: readonly T[],
  options: Recommendation<NoInfer<T>> = {},
): CategoricalDistribution<T> {
  if (!Array.isArray(choices)) fail(`categorical(${JSON.stringify(choices)})`, 'choices must be an array');
  if (choices.length === 0) fail('categorical([])', 'at least one choice is needed');
  const odd = choices.findIndex((choice) => ['undefined', 'function', 'symbol', 'bigint'].includes(typeof choice));
  if (odd >= 0) fail('categorical', `choice ${odd} is ${String(choices[odd])}, which has no JSON form`);
  return recommending({ type: 'categorical', choices: freezeJson(choices) as readonly T[] }, options);
}

/** The distribution with what is recommended in place of what was, checked; without that, as it is. */
export function recommending<D extends Distribution>(
  distribution: D,
  { recommended, confidence }: Recommendation<JsonValue>,
): D {
  if (recommended === undefined) {
    if (confidence !== undefined) fail(`A ${distribution.type} distribution`, 'confidence needs a recommended value');
    return Object.freeze(distribution);
  }
  const isValue =
    distribution.type === 'categorical'
      ? choiceIndex(distribution.choices, recommended) >= 0
      : typeof recommended === 'number' && contains(distribution, recommended);
  const what = `A ${distribution.type} distribution recommending ${JSON.stringify(recommended)}`;
  if (!isValue) fail(what, 'the recommended value is not one of its values');
  if (confidence !== undefined && !(confidence > 0 && confidence < 1)) {
    fail(what, `confidence ${confidence} is not above 0 and below 1`);
  }
  const more = { recommended: freezeJson(recommended), confidence: confidence ?? 0.5 };
  return Object.freeze(Object.assign({}, distribution, more));
}

/** Index of the first choice equal to the value, or −1. */
export function choiceIndex(choices: readonly JsonValue[], value: JsonValue): number {
  const quick = choices.indexOf(value);
  return quick >= 0 ? quick : choices.findIndex((choice) => jsonEqual(choice, value));
}

/** Whether an internal number is one of the distribution's values. */
export function contains(distribution: Distribution, internal: number): boolean {
  if (distribution.type === 'categorical') {
    return Number.isInteger(internal) && internal >= 0 && internal < distribution.choices.length;
  }
  if (!(internal >= distribution.low && internal <= distribution.high)) return false;
  if (distribution.step === null) return true;
  const k = (internal - distribution.low) / distribution.step;
  return Math.abs(k - Math.round(k)) < 1e-8;
}

/**
 * Checks what was given as a parameter's distribution.
 * @throws InvalidDistributionError when it is none
 */
export function checkDistribution(name: string, given: unknown): void {
  const { type } = (given ?? {}) as Partial<Distribution>;
  if (type === 'float' || type === 'int' || type === 'categorical') return;
  fail(`Parameter '${name}'`, `${JSON.stringify(given)} is no distribution; make one by float, int or categorical`);
}

/** Whether two distributions describe the same values in the same order. */
export function sameDistribution(a: Distribution, b: Distribution): boolean {
  if (a === b) return true;
  if (a.type === 'categorical' || b.type === 'categorical') {
    return (
      a.type === b.type && jsonEqual((a as CategoricalDistribution).choices, (b as CategoricalDistribution).choices)
    );
  }
  return a.type === b.type && a.low === b.low && a.high === b.high && a.log === b.log && a.step === b.step;
}

/**
 * Checks that a parameter's name may carry `next` after it carried `previous` in the same study. Bounds may change;
 * the kind, the log flag and the choices may not.
 * @throws InvalidDistributionError
 */
export function checkCompatible(name: string, previous: Distribution, next: Distribution): void {
  if (previous === next) return;
  if (previous.type !== next.type) {
    fail(
      `Parameter '${name}'`,
      `it was ${kindOf(previous)} in this study and is now ${kindOf(next)}; use another name`,
    );
  }
  if (previous.type === 'categorical' || next.type === 'categorical') {
    if (!sameDistribution(previous, next)) {
      fail(`Parameter '${name}'`, 'its choices differ from those already used in this study; use another name');
    }
  } else if (previous.log !== next.log) {
    fail(`Parameter '${name}'`, 'log was given in one place of this study and not in another; use another name');
  }
}

function kindOf({ type }: Distribution): string {
  return type === 'int' ? 'an int' : `a ${type}`;
}

function checkRange(kind: string, low: number, high: number): void {
  if (!Number.isFinite(low) || !Number.isFinite(high))
    fail(`${kind}(${low}, ${high})`, 'bounds must be finite numbers');
  if (low > high) fail(`${kind}(${low}, ${high})`, 'low is above high; exchange them');
}

/** The last low + k·step that is ≤ high, computed on decimal digits so that 0.1 divides 1 exactly ten times. */
function lastPoint(low: number, high: number, step: number): number {
  const digits = Math.max(decimals(low), decimals(high), decimals(step));
  const scale = 10n ** BigInt(digits);
  const [a, b, s] = [low, high, step].map((x) => toScaled(x, digits)) as [bigint, bigint, bigint];
  const rest = (b - a) % s;
  return rest === 0n ? high : Number(b - rest) / Number(scale);
}

function decimals(x: number): number {
  const [mantissa = '', exponent = '0'] = x.toString().split('e');
  return Math.max(0, (mantissa.split('.')[1] ?? '').length - Number(exponent));
}

function toScaled(x: number, digits: number): bigint {
  const [mantissa = '0', exponent = '0'] = x.toString().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const shift = digits + Number(exponent) - fraction.length;
  return BigInt(whole + fraction) * 10n ** BigInt(shift);
}

function fail(what: string, why: string): never {
  throw new InvalidDistributionError(`${what}: ${why}.`);
}
