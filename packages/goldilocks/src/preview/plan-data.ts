// What would be done with some data, why, and what it would cost, without doing it.
import { dirname, join } from 'node:path';
import type { InspectedData } from '../inspect/types.js';
import { tokensOf } from '../journey/training-data.js';
import { runPilotIn } from '../pilot/in-folder.js';
import type { PilotResult } from '../pilot/pilot.js';
import { predictRun, predictSearch } from '../plan/cost.js';
import { narrowLearningRate } from '../plan/learning-rate-bracket.js';
import type { Plan } from '../plan/plan.js';
import { splitBudget } from '../plan/stages.js';
import { withWorkplace } from '../use/workplace.js';
import { localEngine } from '../workers/local.js';
import type { TrialEngine } from '../workers/operations.js';
import { type PreparedRun, type PrepareRunOptions, prepareRun } from './prepare-run.js';

export interface PlanDataOptions extends PrepareRunOptions {
  /** Measure speed and memory by a few steps, and bracket the learning rate. Default true. */
  pilot?: boolean;
  engine?: TrialEngine;
}

export interface PlannedData {
  data: InspectedData;
  plan: Plan;
  /** Absent without a pilot. */
  cost?: PlannedCost;
}

export interface PlannedCost {
  /** Of one run with the recommended settings. */
  secondsPerRun: number;
  peakMemoryBytes: number;
  tokensPerSecond: number;
  /** How many trials fit into the search's part of a budget in minutes; absent for a budget in trials. */
  trials?: number;
}

/** Seconds a pilot may take, and the most of a budget in minutes. */
const pilotSeconds = 30;
const pilotShare = 0.1;

/** @throws UserError where the data, the model or a setting cannot be used, or training would not fit into memory */
export function planData(options: PlanDataOptions): Promise<PlannedData> {
  const { data: path, engine, signal } = options;
  return withWorkplace({ purpose: 'the plan', near: dirname(path), engine, signal }, async (place) => {
    const run = await prepareRun(place, options);
    if (options.pilot === false) return { data: run.prepared.data, plan: run.plan };
    options.tell?.('training a few steps to measure speed, memory and a range for the learning rate');
    const open = engine ?? localEngine({ cacheDirectory: place.cache });
    const pilot = await pilotOf(run, place.cache, open, options);
    return withCost(run, pilot, options);
  });
}

function pilotOf(
  { prepared, plan, data }: PreparedRun,
  cache: string,
  engine: TrialEngine,
  { budget, signal }: PlanDataOptions,
): Promise<PilotResult> {
  return runPilotIn({
    engine,
    model: prepared.model,
    settings: plan.settings,
    ...data,
    folder: join(cache, 'pilot'),
    seconds: budget?.minutes === undefined ? pilotSeconds : 60 * budget.minutes * pilotShare,
    now: () => performance.now() / 1000,
    signal,
  });
}

function withCost(
  { prepared, plan, data }: PreparedRun,
  pilot: PilotResult,
  { budget = {} }: PlanDataOptions,
): PlannedData {
  const { measurement, bracket, peakMemoryBytes } = pilot;
  const narrowed = bracket === undefined ? plan : narrowLearningRate(plan, bracket);
  const size = {
    trainingTokens: tokensOf(data, data.train),
    validationTokens: tokensOf(data, data.validation),
    supervisedShare: data.supervisedShare,
  };
  const predict = (settings: Plan['settings'], share: number) =>
    predictRun(measurement, prepared.model, size, settings, share);
  const secondsPerRun = predict(narrowed.settings, 1).seconds;
  const stages = splitBudget(budget, secondsPerRun);
  const search = stages.find(({ name }) => name === 'search')?.seconds;
  return {
    data: prepared.data,
    plan: { ...narrowed, stages },
    cost: {
      secondsPerRun,
      peakMemoryBytes,
      tokensPerSecond: 1 / Math.max(1e-9, measurement.secondsPerTrainingToken),
      ...(search !== undefined && { trials: predictSearch(predict, narrowed.settings, search).trials }),
    },
  };
}
