// The search: asks for settings, brings trials from rung to rung, and keeps everything in the study.
import { rm } from 'node:fs/promises';
import type { JourneyEvent } from '@goldilocks/protocol';
import {
  AshaRule,
  type Attributes,
  type JsonValue,
  MultiFidelityScheduler,
  type Study,
  type Task,
} from '@goldilocks/study';
import { UserError } from '../errors.js';
import { changesFrom } from './changes.js';
import { limitsOf } from './limits.js';
import { SearchRule } from './promotion.js';
import { runTrial, type TrialOutcome } from './run-trial.js';
import { reduction, rungShares } from './rungs.js';
import type { SearchOptions } from './search-options.js';
import { lastValue, readTrial, type SearchTrial, trialAttributes } from './search-trial.js';
import { checkpointFolder, updateRecord } from './trial-files.js';

/** Failures in a row that end the search. */
const mostFailures = 5;

/**
 * Searches until the time or the trials are used up. Goes on where an earlier call was stopped, and returns all trials.
 * Throws the signal's reason when it is raised; the trial that was running then is paused with its checkpoint.
 */
export async function search(options: SearchOptions): Promise<SearchTrial[]> {
  const { study, signal } = options;
  await study.enqueue(options.recommended, { skipIfExists: true });
  for (;;) {
    signal?.throwIfAborted();
    await options.steering?.ready(signal);
    signal?.throwIfAborted();
    if (await isStopped(options)) break;
    const scheduler = schedulerOf(options); // what is searched may have been changed
    if (tooManyFailures(options, await readTrials(study))) break;
    const task = await scheduler.next();
    if (task === null) break;
    await advance(options, scheduler, task);
    await options.onStep?.();
    emitBudget(options, await readTrials(study));
  }
  await prunePaused(options);
  return readTrials(study);
}

/** Recommended settings go to the end at once, unless a score is wanted at every rung on the way. */
function schedulerOf(options: SearchOptions): MultiFidelityScheduler {
  const { study, space, clock, predict, settingsOf, steering } = options;
  const limits = (trials: readonly SearchTrial[]) => limitsOf(options, trials);
  const rule = new SearchRule(new AshaRule({ reduction }), limits, () => steering?.hasWishes ?? false);
  return new MultiFidelityScheduler(study, {
    space: steering?.space(space) ?? space,
    shares: rungShares,
    rule,
    firstToEnd: options.score === undefined,
    // A journey holds a lock on its study.
    alone: true,
    cost: (params, from, to) => predict(settingsOf(params), from, to),
    left: () => (options.endsAt ?? Number.POSITIVE_INFINITY) - clock.elapsed,
  });
}

export async function readTrials(study: Study): Promise<SearchTrial[]> {
  return (await study.trials()).filter(({ state }) => state !== 'WAITING').map(readTrial);
}

/** Ends trials that a person ended; then whether the search itself is to end. The recommended settings are never left out. */
async function isStopped(options: SearchOptions): Promise<boolean> {
  const { steering } = options;
  if (steering === undefined) return false;
  const trials = await readTrials(options.study);
  for (const number of steering.trialsToEnd()) {
    const trial = trials.find((candidate) => candidate.number === number);
    if (trial?.state === 'paused') await prune(options, trial, 'stopped by a person');
    await steering.ended(number);
  }
  return steering.isStopped && trials[0] !== undefined && trials[0].state !== 'paused';
}

/** A fault that every trial has is not one to search around. */
function tooManyFailures(options: SearchOptions, trials: readonly SearchTrial[]): boolean {
  const [first] = trials;
  if (first?.state === 'failed') {
    const advice = 'Look at the reason, or give other settings (--learning-rate, --batch-size, --method lora).';
    throw new UserError(`The recommended settings could not be trained: ${first.reason} ${advice}`, { exitCode: 1 });
  }
  const last = trials.slice(-mostFailures);
  if (last.length < mostFailures || last.some(({ state }) => state !== 'failed')) return false;
  const text = `The last ${mostFailures} trials failed, so the search ends here. The last reason: ${last.at(-1)!.reason}`;
  options.emit({ type: 'message', level: 'warning', text });
  return true;
}

/** Runs a trial to the task's share and writes down what came of it. */
async function advance(options: SearchOptions, scheduler: MultiFidelityScheduler, task: Task): Promise<void> {
  const trial = readTrial(task.trial);
  const settings = options.settingsOf(trial.params);
  const folder = options.folderOf(trial.number);
  const before = options.clock.elapsed;
  const outcome = await runTrial(options, {
    number: trial.number,
    purpose: 'search',
    resumedAt: task.from,
    settings,
    checkpointDirectory: checkpointFolder(folder),
    stopAtShare: task.to,
    signal: options.signal,
  });
  const seconds = options.clock.elapsed - before;
  await keepRecord(folder, outcome);
  const userAttributes: Attributes = {
    [trialAttributes.settings]: settings as unknown as JsonValue,
    [trialAttributes.subset]: options.subset,
    ...(outcome.type === 'reached' &&
      outcome.referenceLoss !== undefined && { [trialAttributes.referenceLoss]: outcome.referenceLoss }),
  };
  await options.study.storage.writeTrial(trial.id, { userAttributes });
  if (outcome.type === 'interrupted') {
    await scheduler.release(task, { seconds });
    options.signal?.throwIfAborted();
  } else if (outcome.type === 'failed') await fail(options, scheduler, task, outcome, trial.seconds + seconds);
  else await reach(options, scheduler, task, outcome, seconds);
}

async function keepRecord(folder: string, outcome: TrialOutcome): Promise<void> {
  if (outcome.type !== 'reached') return void (await updateRecord(folder, { curve: outcome.curve }));
  const { curve, summary, best, perExample, answers } = outcome;
  await updateRecord(folder, { curve, history: summary.history, best, perExample, answers });
}

async function fail(
  options: SearchOptions,
  scheduler: MultiFidelityScheduler,
  task: Task,
  { kind, reason }: Extract<TrialOutcome, { type: 'failed' }>,
  seconds: number,
): Promise<void> {
  const { id, number } = task.trial;
  const userAttributes = {
    [trialAttributes.reason]: reason,
    [trialAttributes.failureKind]: kind,
    [trialAttributes.seconds]: seconds,
  };
  await options.study.storage.writeTrial(id, { userAttributes });
  await scheduler.fail(task, reason);
  await dropCheckpoint(options, number);
  options.emit({ type: 'trial-failed', trial: number, kind, message: reason });
}

/** Stores the values at the rungs passed; a run that is over (also one that stopped early) has them at all rungs. */
async function reach(
  options: SearchOptions,
  scheduler: MultiFidelityScheduler,
  task: Task,
  outcome: Extract<TrialOutcome, { type: 'reached' }>,
  seconds: number,
): Promise<void> {
  const { emit } = options;
  const { value } = outcome;
  const { number } = task.trial;
  const ended = outcome.summary.outcome !== 'paused';
  const passed = rungShares.filter((share) => share > task.from && share < task.to);
  const onTheWay = new Map(passed.map((share) => [share, bestUpTo(share, outcome)]));
  const after = readTrial(await scheduler.reach(task, { value, onTheWay, seconds, ended }));
  if (ended) emit({ type: 'trial-finished', trial: number, value, seconds: after.seconds });
  else emit({ type: 'trial-paused', trial: number, share: task.to, value });
  await emitBest(options, number);
}

/** The best loss measured up to a share of the schedule: what the trial would have had, had it paused there. */
function bestUpTo(share: number, { summary, value }: Extract<TrialOutcome, { type: 'reached' }>): number {
  // A rung is measured at the first step at or after its share.
  const at = summary.history.find((evaluation) => evaluation.share >= share)?.share ?? share;
  const losses = summary.history.filter((evaluation) => evaluation.share <= at).map(({ loss }) => loss);
  return losses.length === 0 ? value : Math.min(...losses);
}

async function emitBest(options: SearchOptions, changedTrial: number): Promise<void> {
  const trials = await readTrials(options.study);
  const best = bestAtHighestRung(trials);
  if (best?.number !== changedTrial) return;
  const recommended = trials[0]?.values[best.values.length - 1];
  const changed = changesFrom(options.recommended, best.params as Record<string, number | string>);
  options.emit({
    type: 'best',
    trial: best.number,
    value: lastValue(best)!,
    recommended,
    changed,
  } satisfies JourneyEvent);
}

/** The best among the trials that came furthest: others cannot be compared with them. */
function bestAtHighestRung(trials: readonly SearchTrial[]): SearchTrial | undefined {
  const alive = trials.filter(({ state, values }) => state !== 'failed' && values.length > 0);
  const highest = Math.max(...alive.map(({ values }) => values.length));
  const there = alive.filter(({ values }) => values.length === highest);
  return there.sort((a, b) => lastValue(a)! - lastValue(b)! || a.number - b.number)[0];
}

function emitBudget(options: SearchOptions, trials: readonly SearchTrial[]): void {
  const secondsUsed = options.clock.elapsed;
  const secondsLeft = options.endsAt === undefined ? null : Math.max(0, options.endsAt - secondsUsed);
  const trialsPlanned = options.trials ?? null;
  options.emit({ type: 'budget', secondsUsed, secondsLeft, trialsDone: trials.length, trialsPlanned });
}

/** Ends what is still paused. */
async function prunePaused(options: SearchOptions): Promise<void> {
  for (const trial of await readTrials(options.study)) {
    if (trial.state !== 'paused') continue;
    const share = rungShares[trial.values.length - 1] ?? 0;
    await prune(
      options,
      trial,
      `not among the best at ${Math.round(100 * share)} % of its schedule when the search ended`,
    );
  }
}

/** Ends a paused trial: its values stay in the study, its checkpoint goes. */
async function prune(options: SearchOptions, trial: SearchTrial, reason: string): Promise<void> {
  const share = rungShares[trial.values.length - 1] ?? 0;
  await options.study.storage.writeTrial(trial.id, { userAttributes: { [trialAttributes.reason]: reason } });
  await options.study.tell(trial.number, null, { state: 'PRUNED' });
  await dropCheckpoint(options, trial.number);
  options.emit({ type: 'trial-pruned', trial: trial.number, share, value: lastValue(trial) ?? Number.NaN, reason });
}

async function dropCheckpoint(options: SearchOptions, trial: number): Promise<void> {
  await rm(checkpointFolder(options.folderOf(trial)), { recursive: true, force: true });
}
