// The trials of a shared study, each once: a trial that was lost or given back and run again counts as one.
import type { FrozenTrial, JsonValue, Study } from '@goldilocks/study';
import { readTrial, type SearchTrial } from '../search/search-trial.js';
import type { TrialRecord } from '../search/trial-files.js';

/** Optuna's key: the number of the trial that this one runs again. */
export const firstTrialKey = 'failed_trial';
/** Optuna's key of the parameters a trial was enqueued with. */
export const enqueuedKey = 'fixed_params';

const recordAttribute = 'goldilocks:record';

/** The number under which a trial was first started: the same for all its attempts. */
export function firstNumber(trial: Pick<FrozenTrial, 'number' | 'systemAttributes'>): number {
  const first = trial.systemAttributes[firstTrialKey];
  return typeof first === 'number' ? first : trial.number;
}

/** The last attempt of each trial, under its first number. */
export function latestAttempts(trials: readonly FrozenTrial[]): FrozenTrial[] {
  const latest = new Map<number, FrozenTrial>();
  for (const trial of trials) latest.set(firstNumber(trial), { ...trial, number: firstNumber(trial) });
  return [...latest.values()].sort((a, b) => a.number - b.number);
}

/** As the stages after the search see them. */
export async function sharedTrials(study: Study): Promise<SearchTrial[]> {
  return (await startedTrials(study)).map(readTrial);
}

/** The trials of a search that were begun, here or on other machines, under their first numbers. */
export async function startedTrials(study: Study): Promise<FrozenTrial[]> {
  const started = latestAttempts(await study.trials()).filter(({ state }) => state !== 'WAITING');
  return started.filter((trial) => !isSurplus(trial));
}

const surplusAttribute = 'goldilocks:surplus';

/** The mark of a trial that a worker began after another had taken the last one of the budget. */
export const surplusMark = { [surplusAttribute]: true };

export function isSurplus({ userAttributes }: Pick<FrozenTrial, 'userAttributes'>): boolean {
  return userAttributes[surplusAttribute] === true;
}

/** Points of a curve that go into the database: every worker reads them all. */
const mostPoints = 60;

/**
 * What a trial leaves for the machine that goes on after the search, small enough for a database. To be written when the trial ends: others
 * read a running trial again and again, one that has ended once.
 */
export function recordAttributes(record: TrialRecord): Record<string, JsonValue> {
  const every = Math.max(1, Math.ceil(record.curve.length / mostPoints));
  const curve = record.curve.filter((_, i) => i % every === 0 || i === record.curve.length - 1);
  return { [recordAttribute]: JSON.parse(JSON.stringify({ ...record, curve }, shortNumbers)) as JsonValue };
}

export function recordOf({ userAttributes }: Pick<FrozenTrial, 'userAttributes'>): TrialRecord | undefined {
  return userAttributes[recordAttribute] as unknown as TrialRecord | undefined;
}

/** Losses of single examples, by far the most of a record, are known to four digits; the rest to seven. */
function shortNumbers(key: string, value: unknown): unknown {
  if (key === 'perExample') return (value as number[]).map((each) => rounded(each, 4));
  return typeof value === 'number' ? rounded(value, 7) : value;
}

function rounded(value: number, digits: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(digits));
}
