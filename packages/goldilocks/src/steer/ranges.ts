// Ranges and values that a person gives, checked and put into what the study stores.
import type { Params, ParamValue } from '@goldilocks/protocol';
import type { SteeringCommand } from '@goldilocks/protocol/page';
import {
  type CategoricalDistribution,
  categorical,
  type Distribution,
  float,
  int,
  type NumericDistribution,
} from '@goldilocks/study';
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
  batchSize: (value) => Number.isInteger(value) && value >= 1 && value <= 4096,
  loraRank: (value) => Number.isInteger(value) && value >= 1 && value <= 1024,
  frozenLayers: (value, layers) => Number.isInteger(value) && value >= 0 && value <= layers,
};

/** How values that a person gives become those that are stored. */
export interface Units {
  /** @throws UserError for a value that no training can take */
  check(name: string, value: number): void;
  stored(name: string, value: number): number;
}

export function unitsOf({ model: { layers } }: Pick<Plan, 'model'>): Units {
  return {
    check: (name, value) => {
      if (Number.isFinite(value) && (possible[name]?.(value, layers) ?? true)) return;
      throw new UserError(`${nameOf(name)} cannot be ${value}.`);
    },
    stored: (name, value) => (name === 'frozenLayers' ? shareOfLayers(value, layers) : value),
  };
}

/** Of parameters whose meaning is not known: any number, as it is. */
export const plainUnits: Units = {
  check: (name, value) => {
    if (!Number.isFinite(value)) throw new UserError(`${nameOf(name)} cannot be ${value}.`);
  },
  stored: (_, value) => value,
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
 * A hyperparameter's distribution with another range, in stored values; of choices, `allowed` says which are left.
 * @param canGrow whether choices may be added: a study's tables keep one list of choices for a name, so only before its first trial
 * @throws UserError for a range that holds nothing, or values that no training can have
 */
export function rangedDistribution(
  space: Readonly<Record<string, Distribution>>,
  range: Range,
  units: Units,
  canGrow = false,
): { distribution: Distribution; allowed?: ParamValue[] } {
  const { name, low, high } = range;
  const planned = plannedOf(space, name);
  if (planned.type === 'categorical') return chosenDistribution(planned, range, units, canGrow);
  if (low === undefined || high === undefined || !(low <= high)) {
    throw new UserError(`Give both ends of the range of ${nameOf(name)}, the lower first.`);
  }
  for (const end of [low, high]) units.check(name, end);
  if (planned.log && low <= 0)
    throw new UserError(`${nameOf(name)} is searched by its order of size; give ends above 0.`);
  if (planned.type === 'int' && !(Number.isInteger(low) && Number.isInteger(high))) {
    throw new UserError(`${nameOf(name)} is a whole number; give whole numbers as ends.`);
  }
  return { distribution: between(planned, units.stored(name, low), units.stored(name, high)) };
}

function chosenDistribution(
  planned: CategoricalDistribution,
  { name, choices: wanted = [] }: Range,
  units: Units,
  canGrow: boolean,
): { distribution: Distribution; allowed: ParamValue[] } {
  const known = planned.choices as readonly ParamValue[];
  const added = wanted.filter((choice) => !known.includes(choice));
  if (wanted.length === 0 || (added.length > 0 && !(canGrow && isNumeric(known)))) {
    throw new UserError(
      `${nameOf(name)} is one of ${known.map(String).join(', ')}; give those to be left. ` +
        'Other numbers can be added before a search begins.',
    );
  }
  for (const choice of added) units.check(name, typeof choice === 'number' ? choice : Number.NaN);
  const choices = added.length === 0 ? known : [...known, ...added].sort((a, b) => Number(a) - Number(b));
  return { distribution: categorical([...choices]), allowed: choices.filter((choice) => wanted.includes(choice)) };
}

const isNumeric = (choices: readonly ParamValue[]) => choices.every((choice) => typeof choice === 'number');

export function rangeSentence({ name, low, high, choices }: Range): string {
  const now = choices === undefined ? `from ${low} to ${high}` : `among ${choices.map(String).join(', ')}`;
  return `${nameOf(name)} is searched ${now} from the next trial on.`;
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
  units: Units,
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
    units.check(name, value);
    if (planned.type === 'int' && !Number.isInteger(value)) throw new UserError(`${nameOf(name)} is a whole number.`);
    stored[name] = units.stored(name, value);
  }
  return stored;
}
