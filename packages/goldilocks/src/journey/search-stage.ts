// Stages 4 to 6: search, confirmation and final runs, with what they share.
import type { JourneyEvent, ParamValue } from '@goldilocks/protocol';
import type { Storage, Study } from '@goldilocks/study';
import { TpeSampler } from '@goldilocks/study';
import type { TrainingSettings } from '@goldilocks/trainer';
import { type Confirmation, type ConfirmRun, confirm } from '../confirm/confirm.js';
import { formatSeconds } from '../plan/describe.js';
import type { Parameters } from '../plan/hyperparameters.js';
import { type Plan, paramsFromSettings, settingsFromParams } from '../plan/plan.js';
import { NearRecommendedSampler } from '../search/near-recommended-sampler.js';
import type { TrialSetting, TrialTask } from '../search/run-trial.js';
import { betterTrials, completeTrials, readTrials, search } from '../search/search.js';
import { lastValue, type SearchTrial } from '../search/search-trial.js';
import { distributionsOf } from '../search/space.js';
import { StagedSampler } from '../search/staged-sampler.js';
import { type JourneyContext, runStage, save } from './context.js';
import { type FinalRun, finalRuns } from './final-stage.js';
import type { Prepared } from './inspect-stage.js';
import { describeObjective, objectiveScore, type RetentionTerm } from './objective.js';
import { openStudy } from './open-study.js';
import { budgetOf } from './options.js';
import { type Piloted, runPredictor } from './pilot-stage.js';
import { shownChanges, shownParams } from './report/params.js';
import { stratifiedSubset } from './subset.js';
import { examplesOf, type TrainingData } from './training-data.js';

export interface TrialStages {
  context: JourneyContext;
  prepared: Prepared;
  piloted: Piloted;
  data: TrainingData;
  retention?: RetentionTerm;
}

/** First trials that are spread over the prior before the model of the sampler takes over. */
const fewestStartup = 3;
const mostStartup = 8;

export async function searchStage(stages: TrialStages): Promise<SearchTrial[]> {
  const { context, piloted } = stages;
  const { record } = context;
  const study = await studyFor(stages);
  if (record.searched) return readTrials(study);
  return runStage(context, 'search', async () => {
    const { plan, schedule } = piloted;
    const predict = runPredictor(stages.prepared, stages.data, piloted.pilot);
    const trials = await search({
      ...trialSetting(stages, schedule.share),
      study,
      space: distributionsOf(plan.searchSpace),
      recommended: paramsFromSettings(plan, plan.settings),
      settingsOf: (params) => settingsFromParams(plan, params as Parameters),
      folderOf: (trial) => context.state.trial(record.study, trial),
      predict: (settings, from, to) => predict(settings, schedule.share, from, to),
      clock: context.clock,
      endsAt: confirmEnd(stages),
      keepFor: keepFor(stages),
      trials: budgetOf(record.settings).trials,
      subset: schedule.share,
      onStep: () => save(context),
      signal: context.signal,
    });
    record.searched = true;
    return { result: trials, summary: searchSentence(trials) };
  });
}

/** The study with the sampler that this plan asks for. */
async function studyFor({ context, piloted, prepared }: TrialStages): Promise<Study> {
  const { plan, schedule } = piloted;
  const { settings, study: name } = context.record;
  const seed = settings.seed ?? 0;
  const count = Math.min(mostStartup, Math.max(fewestStartup, Math.round(schedule.trials / 3)));
  const recommended = paramsFromSettings(plan, plan.settings) as Record<string, number | string>;
  const startupSampler = new NearRecommendedSampler({ recommended, seed, count });
  const sampler = new StagedSampler(new TpeSampler({ seed, startupTrials: count + 1, startupSampler }));
  const study = await openStudy(context.storage as Storage, name, sampler);
  await study.setMetricNames([describeObjective(prepared.objective).name]);
  return study;
}

function trialSetting(stages: TrialStages, share: number): TrialSetting {
  const { context, prepared, piloted, data, retention } = stages;
  const rows = data.validation.map((index) => prepared.data.rows[index]!);
  const count = Math.round(share * data.train.length);
  return {
    engine: context.engine,
    model: prepared.model.directory,
    train: examplesOf(data, stratifiedSubset(prepared.data.rows, data.train, count)),
    validation: examplesOf(data, data.validation),
    emit: (event) => context.emit(shownEvent(piloted.plan, event)),
    score: objectiveScore({
      task: prepared.task,
      metric: prepared.objective,
      validation: { rows, labels: prepared.data.labels ?? [] },
      retention,
    }),
    checkpointEverySeconds: checkpointSeconds(prepared.model.parameters),
    onStart: announce(stages, share),
    onSitting({ tokens, peakMemoryBytes }) {
      const { record } = context;
      record.peakMemoryBytes = Math.max(record.peakMemoryBytes, peakMemoryBytes);
      record.tokens += tokens;
    },
  };
}

/** A checkpoint of a small model costs nothing; one of a large model takes seconds to write. */
function checkpointSeconds(parameters: number): number {
  return Math.min(120, Math.max(5, parameters / 2e6));
}

/** Says which run begins, with the parameters that its settings stand for. */
function announce({ context, piloted }: TrialStages, share: number) {
  const { plan } = piloted;
  return ({ number: trial, purpose, settings, resumedAt = 0 }: TrialTask): void => {
    const values = paramsFromSettings(plan, settings);
    const params = shownParams(plan, values);
    const changed = shownChanges(plan, values);
    context.emit({ type: 'trial-started', trial, purpose, params, changed, resumedAt, subset: share });
  };
}

/** Events name parameters as people read them. */
function shownEvent(plan: Plan, event: JourneyEvent): JourneyEvent {
  if (event.type !== 'best') return event;
  const shown = (name: string, value: ParamValue) => shownParams(plan, { [name]: value })[name]!;
  const changed = event.changed.map(({ name, from, to }) => ({ name, from: shown(name, from), to: shown(name, to) }));
  return { ...event, changed };
}

/** When the confirmation should be over, on the journey's clock; undefined where the budget counts trials only. */
function confirmEnd({ context, piloted }: TrialStages): number | undefined {
  const { minutes } = budgetOf(context.record.settings);
  const { finalSeconds, testSeconds } = piloted.schedule;
  return minutes === undefined ? undefined : 60 * minutes - finalSeconds - testSeconds;
}

/**
 * The time to keep for confirming: its planned part, and at least what it takes to run the recommended settings and
 * the dearest contender once more; and what that contender's final run takes beyond the planned one.
 */
function keepFor(stages: TrialStages) {
  const { plan, schedule, pilot } = stages.piloted;
  const predict = runPredictor(stages.prepared, stages.data, pilot);
  return (contenders: readonly SearchTrial[], pace: number): number => {
    if (contenders.length === 0) return 0;
    const costs = contenders.map(({ params }) =>
      predict(settingsFromParams(plan, params as Parameters), schedule.share),
    );
    const comparison = pace * (predict(plan.settings, schedule.share) + Math.max(...costs));
    return Math.max(comparison, schedule.confirmSeconds) + pace * dearerFinal(stages, contenders);
  };
}

/** Seconds by which the dearest contender's final run on all examples exceeds that of the recommended settings. */
function dearerFinal({ prepared, data, piloted }: TrialStages, contenders: readonly SearchTrial[]): number {
  const { plan, schedule, pilot } = piloted;
  if (schedule.share === 1) return 0;
  const predict = runPredictor(prepared, data, pilot);
  const costs = contenders.map(({ params }) => predict(settingsFromParams(plan, params as Parameters), 1));
  return Math.max(0, Math.max(...costs) - predict(plan.settings, 1));
}

function searchSentence(trials: readonly SearchTrial[]): string {
  const [best] = completeTrials(trials);
  const count = (state: SearchTrial['state']) => trials.filter((trial) => trial.state === state).length;
  const failed = count('failed') === 0 ? '' : `, ${count('failed')} failed`;
  const ended = `${trials.length} trials: ${count('complete')} to the end, ${count('pruned')} stopped early${failed}`;
  if (best === undefined) return `${ended}.`;
  const recommended = lastValue(trials[0]!)!;
  const which = best.number === 0 ? 'the recommended settings are still the best' : `trial ${best.number} is the best`;
  return `${ended}; ${which}: ${lastValue(best)!.toFixed(4)} against ${recommended.toFixed(4)} of the recommended settings.`;
}

/** Candidates for the confirmation: at most three complete trials that beat the recommended settings. */
const mostCandidates = 3;
const confirmSeeds = 3;

export async function confirmStage(
  stages: TrialStages,
  trials: readonly SearchTrial[],
): Promise<Confirmation | undefined> {
  const { context, piloted } = stages;
  const { record } = context;
  if (record.confirmation !== undefined && record.confirmed) return record.confirmation;
  const better = betterTrials(trials);
  if (better.length === 0) return undefined;
  return runStage(context, 'confirm', async () => {
    const { schedule } = piloted;
    const predict = runPredictor(stages.prepared, stages.data, piloted.pilot);
    const seed = record.settings.seed ?? 0;
    const end = confirmEnd(stages);
    const speed = pace(stages, trials);
    const wholeBudget = budgetOf(record.settings).minutes !== undefined;
    const rounds = wholeBudget ? confirmSeeds : Math.min(confirmSeeds, Math.max(1, Math.round(trials.length / 8)));
    const confirmation = await confirm({
      ...trialSetting(stages, schedule.share),
      candidates: better.slice(0, mostCandidates).map(({ number }) => number),
      settingsOfTrial: (trial) => settingsOfTrial(piloted.plan, trials, trial),
      folderOf: (trial, confirmSeed) => context.state.trial(record.study, `confirm-${trial}-seed-${confirmSeed}`),
      seeds: Array.from({ length: rounds }, (_, i) => seed + 1 + i),
      predict: (settings) => predict(settings, schedule.share) * speed,
      clock: context.clock,
      endsAt: end === undefined ? undefined : end - speed * dearerFinal(stages, better.slice(0, 1)),
      done: record.confirmRuns,
      async onRun(runs: readonly ConfirmRun[]) {
        record.confirmRuns = [...runs];
        await save(context);
      },
      signal: context.signal,
    });
    record.confirmation = confirmation;
    record.confirmed = true;
    return { result: confirmation, summary: confirmSentence(confirmation) };
  });
}

/** How much longer complete trials took than predicted. */
function pace(stages: TrialStages, trials: readonly SearchTrial[]): number {
  const { plan, schedule, pilot } = stages.piloted;
  const predict = runPredictor(stages.prepared, stages.data, pilot);
  const complete = completeTrials(trials);
  const actual = complete.reduce((sum, { seconds }) => sum + seconds, 0);
  const predicted = complete.reduce(
    (sum, { params }) => sum + predict(settingsFromParams(plan, params as Parameters), schedule.share),
    0,
  );
  return predicted > 0 && actual > 0 ? actual / predicted : 1;
}

export function settingsOfTrial(plan: Plan, trials: readonly SearchTrial[], number: number): TrainingSettings {
  const trial = trials.find((candidate) => candidate.number === number);
  if (trial === undefined) throw new RangeError(`There is no trial ${number}.`);
  return settingsFromParams(plan, trial.params as Parameters);
}

export function confirmSentence({ seeds, decision }: Confirmation): string {
  const [best] = decision.candidates;
  const over = `${seeds.length} other ${seeds.length === 1 ? 'seed' : 'seeds'}`;
  if (best === undefined) return 'No candidate could be compared on other seeds; the recommended settings stay.';
  const { mean, standardError } = best.difference;
  const size = `${Math.abs(mean).toFixed(4)} ± ${standardError.toFixed(4)}`;
  if (decision.kind === 'better')
    return `On ${over}, trial ${best.trial} is better than the recommended settings by ${size}.`;
  if (decision.kind === 'within-noise') {
    return `On ${over}, trial ${best.trial} is ahead by ${size}, which may be chance; the recommended settings stay.`;
  }
  return `On ${over}, no trial was better than the recommended settings (the best by −${size}); they stay.`;
}

export async function finalStage(
  stages: TrialStages,
  trials: readonly SearchTrial[],
  confirmation: Confirmation | undefined,
): Promise<{ recommended: FinalRun; found: FinalRun }> {
  const { context, piloted, data } = stages;
  const { record } = context;
  if (record.final !== undefined) return record.final;
  return runStage(context, 'final', async () => {
    const searched = trialSetting(stages, piloted.schedule.share).train;
    const began = context.clock.elapsed;
    const runs = await finalRuns({
      ...trialSetting(stages, 1),
      searched,
      isWhole: piloted.schedule.share === 1,
      confirmation,
      settingsOfTrial: (trial) => settingsOfTrial(piloted.plan, trials, trial),
      folderOfTrial: (trial) => context.state.trial(record.study, trial),
      folderOfFinal: (trial) => context.state.trial(record.study, `final-${trial}`),
      signal: context.signal,
    });
    record.final = runs;
    const how =
      piloted.schedule.share === 1
        ? `the best of its runs is taken: validation loss ${runs.found.loss.toFixed(4)}`
        : `trained on all ${data.train.length} training examples in ${formatSeconds(context.clock.elapsed - began)}: validation loss ${runs.found.loss.toFixed(4)}`;
    const which = runs.found.trial === 0 ? 'The recommended settings' : `The settings of trial ${runs.found.trial}`;
    return { result: runs, summary: `${which}: ${how}.` };
  });
}
