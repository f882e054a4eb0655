// Ranges and values that a person gives, checked and put into what the study stores.
import type { Params, ParamValue } from '@goldilocks/protocol';
import type { SteeringCommand } from '@goldilocks/protocol/page';
import { type Distribution, float, int, type NumericDistribution } from '@goldilocks/study';
import { UserError } from '../errors.js';
import { type Hyperparameter, hyperparameterNames, shareOfLayers } from '../plan/hyperparameters.js';
import type { Plan } from '../plan/plan.js';
import { excerpt } from '../terminal/strip-control.js';

export type Range = Extract<SteeringCommand, { kind: 'range' }>;

/** What any training can take, in shown values; open ends are what the engine refuses. */
const possible: Partial<Record<string, (value: number, layers: number) => boolean>> = {
  learningRate: (value) => value > 0 && value <= 10,
  epochs: (value) => value > 0 && value <= 1000,
  dropout: (value) => value >= 0 && value < 1,
  weightDecay: (value) => value >= 0 && value <= 10,
  warmup: (value) => value >= 0 && value < 1,
  frozenLayers: (value, layers) => Number.isInteger(value) && value >= 0 && value <= layers,
};

/** As a person reads a hyperparameter's name. */
export function nameOf(name: string): string {
  return Object.hasOwn(hyperparameterNames, name) ? hyperparameterNames[name as Hyperparameter] : excerpt(name);
}

/** @throws UserError for what is not searched in the plan's space */
function plannedOf(space: Readonly<Record<string, Distribution>>, name: string): Distribution {
  if (Object.hasOwn(space, name)) return space[name]!;
  throw new UserError(`${nameOf(name)} is not searched here; this search has ${Object.keys(space).join(', ')}.`);
}

/**
 * A hyperparameter's distribution with another range, in stored values. Choices can only become fewer, as a study's
 * tables keep all choices of a name; `allowed` says which are left.
 * @throws UserError for a range that holds nothing, or values that no training can have
 */
export function rangedDistribution(
  space: Readonly<Record<string, Distribution>>,
  { name, low, high, choices }: Range,
  { model: { layers } }: Pick<Plan, 'model'>,
): { distribution: Distribution; allowed?: ParamValue[] } {
  const planned = plannedOf(space, name);
  if (planned.type === 'categorical') {
    const left = planned.choices.filter((choice) => choices?.some((wanted) => wanted === choice));
    if (left.length > 0) return { distribution: planned, allowed: left as ParamValue[] };
    throw new UserError(`${nameOf(name)} is one of ${planned.choices.map(String).join(', ')}; give those to be left.`);
  }
  if (low === undefined || high === undefined || !(low <= high)) {
    throw new UserError(`Give both ends of the range of ${nameOf(name)}, the lower first.`);
  }
  for (const end of [low, high]) checkPossible(name, end, layers);
  if (planned.type === 'int' && !(Number.isInteger(low) && Number.isInteger(high))) {
    throw new UserError(`${nameOf(name)} is a whole number; give whole numbers as ends.`);
  }
  const stored = [low, high].map((end) => (name === 'frozenLayers' ? shareOfLayers(end, layers) : end));
  return { distribution: between(planned, stored[0]!, stored[1]!) };
}

function checkPossible(name: string, value: number, layers: number): void {
  if (Number.isFinite(value) && (possible[name]?.(value, layers) ?? true)) return;
  throw new UserError(`${nameOf(name)} cannot be ${value}.`);
}

/** On the lattice of the planned distribution, where it has one. */
function between(planned: NumericDistribution, low: number, high: number): NumericDistribution {
  const { log, step } = planned;
  if (planned.type === 'int') return int(low, high, { log, step: planned.step });
  if (step === null) return float(low, high, { log });
  const snap = (value: number, round: (x: number) => number) =>
    Number((planned.low + step * round(Number(((value - planned.low) / step).toPrecision(9)))).toPrecision(12));
  const [first, last] = [snap(low, Math.ceil), snap(high, Math.floor)];
  return first <= last ? float(first, last, { step }) : float(low, high);
}

/**
 * Values to try, in stored values, with the recommended ones for what is left out.
 * @throws UserError for names that are not searched, and values that cannot be
 */
export function wishedParams(
  space: Readonly<Record<string, Distribution>>,
  params: Params,
  recommended: Readonly<Record<string, unknown>>,
  { model: { layers } }: Pick<Plan, 'model'>,
): Record<string, ParamValue> {
  const stored = { ...recommended } as Record<string, ParamValue>;
  for (const [name, value] of Object.entries(params)) {
    const planned = plannedOf(space, name);
    if (planned.type === 'categorical') {
      if (!planned.choices.some((choice) => choice === value)) {
        throw new UserError(
          `${nameOf(name)} is one of ${planned.choices.map(String).join(', ')}, not ${String(value)}.`,
        );
      }
      stored[name] = value;
      continue;
    }
    if (typeof value !== 'number') throw new UserError(`${nameOf(name)} is a number, not ${String(value)}.`);
    checkPossible(name, value, layers);
    if (planned.type === 'int' && !Number.isInteger(value)) throw new UserError(`${nameOf(name)} is a whole number.`);
    stored[name] = name === 'frozenLayers' ? shareOfLayers(value, layers) : value;
  }
  return stored;
}
