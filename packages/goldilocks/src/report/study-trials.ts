// A report's trials as the study's zones and ablation take them: values on the axes that a person sees.
import type { ParamValue, ReportTrial } from '@goldilocks/protocol';
import { categorical, type Distribution, type FrozenTrial, float, int, type JsonValue } from '@goldilocks/study';
import { distinctValues, type SearchedParameter } from './axis-scale.js';

export interface StudyTrials {
  trials: FrozenTrial[];
  /** Shares of the schedule at which they were measured, the last 1. */
  shares: number[];
}

const stepOf = (share: number) => Math.round(1000 * share);

/**
 * Only parameters that the trials varied are kept. A diverged run counts, at the share that it did not reach, as the worst that
 * was seen there; other failures are left out.
 */
export function studyTrials(parameters: readonly SearchedParameter[], trials: readonly ReportTrial[]): StudyTrials {
  const measured = trials.filter(({ state, failure }) => state !== 'failed' || failure === 'diverged');
  const early = new Set(measured.flatMap(({ rungs }) => rungs.map(({ share }) => share)).filter((share) => share < 1));
  const shares = [...[...early].sort((a, b) => a - b), 1];
  const varied = parameters.filter(({ name }) => distinctValues(measured, name).length > 1);
  const distributions = Object.fromEntries(
    varied.map((parameter) => [parameter.name, distributionOf(parameter, distinctValues(measured, parameter.name))]),
  );
  const known = measured.filter(({ params }) => varied.every(({ name }) => params[name] !== undefined));
  return { trials: known.map((trial) => frozen(trial, distributions, shares)), shares };
}

/** Numbers are ordered, also where only some could be chosen. */
function distributionOf({ scale, searched }: SearchedParameter, tested: readonly ParamValue[]): Distribution {
  const limits = searched === null ? [] : 'choices' in searched ? searched.choices : [searched.low, searched.high];
  const values = [...new Set([...limits, ...tested])];
  if (scale === 'choice') return categorical(values as JsonValue[]);
  const numbers = values as number[];
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const log = scale === 'log';
  return numbers.every(Number.isInteger) ? int(low, high, { log }) : float(low, high, { log });
}

function frozen(trial: ReportTrial, distributions: Record<string, Distribution>, shares: number[]): FrozenTrial {
  const values = new Map(trial.rungs.map(({ share, value }) => [stepOf(share), value ?? Number.POSITIVE_INFINITY]));
  const missed = shares.find((share) => !values.has(stepOf(share)));
  if (trial.state === 'failed' && missed !== undefined) values.set(stepOf(missed), Number.POSITIVE_INFINITY);
  const isComplete = trial.state === 'complete' && trial.value !== null;
  if (isComplete) values.set(stepOf(1), trial.value!);
  return {
    id: trial.number,
    number: trial.number,
    state: isComplete ? 'COMPLETE' : 'PRUNED',
    values: isComplete ? [trial.value!] : null,
    params: Object.fromEntries(Object.keys(distributions).map((name) => [name, trial.params[name]!])),
    distributions,
    intermediateValues: values,
    userAttributes: {},
    systemAttributes: {},
    startedAt: null,
    completedAt: null,
  };
}
