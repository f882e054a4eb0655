// What a search found, for programs; `summary.ts` says it to people.
import {
  bestOf,
  type Direction,
  type FrozenTrial,
  fanovaImportance,
  isFinished,
  NoTrialError,
  recommendedTrial,
  type Study,
  violation,
} from '@goldilocks/study';
import type { StateFolder } from '../state/folder.js';
import { planCommand } from './command/plan-command.js';
import { placeholderValues } from './command/surroundings.js';
import { fillAll } from './command/template.js';
import { isForgiven } from './ending.js';
import type { TrialParams } from './events.js';
import { defaultSeed } from './options.js';
import type { OptimizeRecord } from './record.js';
import { inOrder, recommendedParams } from './space/search-space.js';

export interface FoundTrial {
  readonly trial: number;
  /** One for each metric. */
  readonly values: readonly number[];
  readonly params: TrialParams;
  /** The command with these settings. */
  readonly command: readonly string[];
  readonly directory: string;
}

export interface OptimizeResult {
  readonly study: string;
  readonly metrics: readonly string[];
  readonly directions: readonly Direction[];
  readonly trials: { readonly complete: number; readonly pruned: number; readonly failed: number };
  readonly seconds: number;
  /** The lowest value (or highest); with several metrics the first of the Pareto front. Null while none is complete. */
  readonly best: FoundTrial | null;
  /** With several metrics: all that none is better than in everything. */
  readonly front: readonly FoundTrial[];
  /** The one to use when values are noisy, with why; null with several metrics or too few trials. */
  readonly recommended: (FoundTrial & { readonly why: string; readonly probabilityBetter: number | null }) | null;
  /** The share of the differences that each parameter explains (fANOVA), largest first; empty while too little is known. */
  readonly importance: Readonly<Record<string, number>>;
  /** The first complete trial with the recommended values. */
  readonly reference: FoundTrial | null;
  /** What the space says that a person must know of these results. */
  readonly note: string | null;
  /** The folder of the study's trials. */
  readonly directory: string;
}

/** Fewer complete trials say nothing of what mattered. */
const ENOUGH = 8;

export async function resultOf(study: Study, record: OptimizeRecord, state: StateFolder): Promise<OptimizeResult> {
  const trials = await study.trials();
  const { directions } = study;
  const complete = trials.filter(({ state: ended }) => ended === 'COMPLETE');
  const found = (trial: FrozenTrial) => foundTrial(trial, record, state);
  const front = await study.bestTrials();
  const best = directions.length === 1 ? bestOf(trials, directions[0]!) : front[0];
  const reference = complete.find((trial) => isRecommended(trial, record) && violation(trial) === 0);
  return {
    study: study.name,
    metrics: (record.settings.space.objectives ?? []).map(({ metric }) => metric),
    directions,
    trials: countsOf(trials),
    seconds: record.spentSeconds,
    best: best === undefined ? null : found(best),
    front: directions.length === 1 ? [] : front.map(found),
    recommended: directions.length === 1 ? recommendedOf(trials, directions[0]!, reference, found) : null,
    importance: complete.length < ENOUGH || directions.length > 1 ? {} : fanovaImportance(trials),
    reference: reference === undefined ? null : found(reference),
    note: record.settings.space.note ?? null,
    directory: state.study(study.name),
  };
}

function countsOf(trials: readonly FrozenTrial[]): OptimizeResult['trials'] {
  const counted = trials.filter((trial) => isFinished(trial.state) && !isForgiven(trial));
  const count = (wanted: FrozenTrial['state']) => counted.filter(({ state }) => state === wanted).length;
  return { complete: count('COMPLETE'), pruned: count('PRUNED'), failed: count('FAIL') };
}

function foundTrial(trial: FrozenTrial, record: OptimizeRecord, state: StateFolder): FoundTrial {
  const { settings, study } = record;
  const { argv, space } = planCommand(settings.command, settings.space, settings);
  const directory = state.trial(study, trial.number);
  const facts = { study, trial: trial.number, params: trial.params, directory, seed: settings.seed ?? defaultSeed };
  const order = inOrder(space.parameters) ?? [];
  const params = Object.fromEntries(
    order.filter((name) => name in trial.params).map((name) => [name, trial.params[name]!]),
  );
  return {
    trial: trial.number,
    values: trial.values!,
    params,
    command: fillAll(argv, placeholderValues(facts)),
    directory,
  };
}

/** Whether a trial has all the recommended values: trial 0, or the one that ran in its place. */
function isRecommended({ params }: FrozenTrial, { settings }: OptimizeRecord): boolean {
  const recommended = recommendedParams(planCommand(settings.command, settings.space, settings).space.parameters);
  if (recommended === null) return false;
  return Object.entries(recommended).every(([name, value]) => JSON.stringify(params[name]) === JSON.stringify(value));
}

function recommendedOf(
  trials: readonly FrozenTrial[],
  direction: Direction,
  reference: FrozenTrial | undefined,
  found: (trial: FrozenTrial) => FoundTrial,
): OptimizeResult['recommended'] {
  try {
    const { trial, why, probabilityBetter } = recommendedTrial(trials, { direction, reference: reference?.number });
    return { ...found(trial), why, probabilityBetter: Number.isNaN(probabilityBetter) ? null : probabilityBetter };
  } catch (error) {
    if (error instanceof NoTrialError) return null;
    throw error;
  }
}
