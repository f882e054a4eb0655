// The search space as plain data: a range a hyperparameter, with the recommended value inside.
import type { TrainingSettings } from '@goldilocks/trainer';
import {
  type Hyperparameter,
  type HyperparameterValue,
  layersOfShare,
  readHyperparameter,
  shareOfLayers,
} from './hyperparameters.js';
import { ranges } from './recommended.js';

interface Common {
  name: Hyperparameter;
  recommended: HyperparameterValue;
  /** Not searched: always the recommended value, and why. */
  fixed?: { by: 'user' | 'plan'; because: string };
  /** Where the range comes from. */
  source: string;
}

/** Bounds are inclusive; `step` counts from `low`; `log` means uniform on a logarithmic axis. */
export type SearchParameter = Common &
  (
    | { kind: 'float'; low: number; high: number; log: boolean; step?: number }
    | { kind: 'int'; low: number; high: number; log: boolean }
    | { kind: 'categorical'; choices: HyperparameterValue[] }
  );

export interface SearchSpace {
  parameters: SearchParameter[];
}

export interface SpaceContext {
  layers: number;
  rows: number;
  fixed: ReadonlySet<Hyperparameter>;
  /** Trials that the search will run; a short one leaves the lesser hyperparameters alone. */
  trials?: number;
}

/** Fewer trials than this don't tell the lesser hyperparameters' effects from noise. */
const manyTrials = 12;

const roundRate = (rate: number) => Number(rate.toPrecision(2));

const withChoice = <T extends HyperparameterValue>(choices: readonly T[], value: T): T[] =>
  choices.includes(value) ? [...choices] : [...choices, value];

const byNumber = (a: HyperparameterValue, b: HyperparameterValue) => Number(a) - Number(b);

function onGrid(range: { low: number; high: number; step: number }, value: number): boolean {
  const steps = (value - range.low) / range.step;
  return value >= range.low && value <= range.high && Math.abs(steps - Math.round(steps)) < 1e-9;
}

/** A stepped range; without steps, and wide enough, where the recommended value lies off the grid. */
function stepped(name: Hyperparameter, value: number, range: (typeof ranges)['dropout']): SearchParameter {
  const { low, high, step, source } = range;
  const bounds = onGrid(range, value)
    ? { low, high, step }
    : { low: Math.min(low, value), high: Math.max(high, value) };
  return { name, kind: 'float', log: false, recommended: value, source, ...bounds };
}

/** The usual range around a recommended rate. */
export function learningRateRange(recommended: number): { low: number; high: number } {
  const { below, above } = ranges.learningRate;
  return { low: roundRate(recommended / below), high: roundRate(recommended * above) };
}

function learningRate(value: number): SearchParameter {
  const { source } = ranges.learningRate;
  return { name: 'learningRate', kind: 'float', log: true, recommended: value, source, ...learningRateRange(value) };
}

/** Batches that leave at least eight updates in an epoch. */
function batchSize(value: number, rows: number): SearchParameter {
  const possible = ranges.batchSize.choices.filter((choice) => choice <= Math.max(8, rows / 8));
  const choices = withChoice(possible, value).sort(byNumber);
  return { name: 'batchSize', kind: 'categorical', choices, recommended: value, source: ranges.batchSize.source };
}

function epochs(value: number): SearchParameter {
  const { least, most, source } = ranges.epochs;
  if (!Number.isInteger(value)) {
    const bounds = { low: value / 3, high: value * 2 };
    return { name: 'epochs', kind: 'float', log: false, recommended: value, source, ...bounds };
  }
  const low = Math.max(least, Math.floor(value / 3));
  const high = Math.max(value, Math.min(most, Math.max(value * 2, value + 2)));
  return { name: 'epochs', kind: 'int', log: false, recommended: value, source, low, high };
}

function frozenLayers(value: number, layers: number): SearchParameter {
  const range = ranges.frozenLayers;
  const exact = shareOfLayers(layersOfShare(value, layers), layers);
  return stepped('frozenLayers', exact, range);
}

const categorical = (
  name: Hyperparameter,
  value: HyperparameterValue,
  range: { choices: readonly HyperparameterValue[]; source: string },
): SearchParameter => ({
  name,
  kind: 'categorical',
  choices: withChoice(range.choices, value),
  recommended: value,
  source: range.source,
});

const lesser: Hyperparameter[] = ['warmup', 'unfreeze', 'loraRank'];

/**
 * The space for a search of so many trials: a short one leaves warm-up, unfreezing and the LoRA rank at their
 * recommended values. Call it once the pilot has shown how many trials a budget in minutes buys.
 */
export function limitToTrials({ parameters }: SearchSpace, trials: number): SearchSpace {
  if (trials >= manyTrials) return { parameters };
  const because = `${trials} ${trials === 1 ? 'trial is' : 'trials are'} too few to tell its effect from noise`;
  const limit = (parameter: SearchParameter): SearchParameter =>
    parameter.fixed || !lesser.includes(parameter.name) ? parameter : { ...parameter, fixed: { by: 'plan', because } };
  return { parameters: parameters.map(limit) };
}

function fixUsers(parameter: SearchParameter, fixed: ReadonlySet<Hyperparameter>): SearchParameter {
  return fixed.has(parameter.name) ? { ...parameter, fixed: { by: 'user', because: 'you set it' } } : parameter;
}

/**
 * The search space around recommended settings: the seven, with warm-up, unfreezing and the LoRA rank beside them.
 * Every range contains the recommended value, so that it can be the first trial.
 */
export function buildSearchSpace(settings: TrainingSettings, context: SpaceContext): SearchSpace {
  const read = (name: Hyperparameter) => readHyperparameter(settings, name, context.layers)!;
  const parameters = [
    learningRate(settings.learningRate),
    batchSize(settings.batchSize, context.rows),
    epochs(settings.epochs),
    stepped('dropout', settings.dropout, ranges.dropout),
    stepped('weightDecay', settings.weightDecay, ranges.weightDecay),
    categorical('schedule', read('schedule'), ranges.schedule),
    stepped('warmup', settings.schedule.warmup, ranges.warmup),
    frozenLayers(Number(read('frozenLayers')), context.layers),
  ];
  // Gradual unfreezing is for full fine-tuning: adapters start from zero and have nothing to lose.
  if (settings.method === 'full') parameters.push(categorical('unfreeze', read('unfreeze'), ranges.unfreeze));
  if (settings.lora) parameters.push(categorical('loraRank', settings.lora.rank, ranges.loraRank));
  const space = { parameters: parameters.map((parameter) => fixUsers(parameter, context.fixed)) };
  return context.trials === undefined ? space : limitToTrials(space, context.trials);
}
