// Watches a shared study while workers run its trials, and tells what happens there.
import { setTimeout as sleep } from 'node:timers/promises';
import type { JourneyEvent } from '@goldilocks/protocol';
import { type FrozenTrial, recoverLostTrials, type Study } from '@goldilocks/study';
import { UserError } from '../errors.js';
import { shownChanges, shownParams } from '../journey/report/params.js';
import { rungShares } from '../search/rungs.js';
import { lastValue, readTrial, type SearchTrial } from '../search/search-trial.js';
import type { SharedJob } from './shared-job.js';
import { isSurplus, latestAttempts } from './shared-trials.js';

export interface FollowOptions {
  study: Study;
  job: SharedJob;
  emit(event: JourneyEvent): void;
  /** Seconds used so far, and those left, for the display. */
  budget(): { secondsUsed: number; secondsLeft: number | null };
  /** Throws where nobody works any more. */
  check(): void;
  signal?: AbortSignal;
}

/** Between two looks at the study. */
const everyMs = 1000;
/** Failures in a row that end the search: a fault that every trial has is not one to search around. */
const mostFailures = 5;

/** Resolves when no trial is left to run. Throws the signal's reason when it is raised. */
export async function followSearch(options: FollowOptions): Promise<void> {
  const { study, job, signal } = options;
  const teller = new Teller(options);
  for (;;) {
    signal?.throwIfAborted();
    await recoverLostTrials(study, job.heartbeat);
    const attempts = latestAttempts(await study.trials()).filter((trial) => !isSurplus(trial));
    teller.tell(attempts);
    if (isOver(job, attempts)) return;
    refuseFailures(attempts);
    options.check();
    await sleep(everyMs, undefined, { signal });
  }
}

function isOver(job: SharedJob, attempts: readonly FrozenTrial[]): boolean {
  if (attempts.some(({ state }) => state === 'RUNNING')) return false;
  const timeIsOver = job.startsUntil !== null && Date.now() >= Date.parse(job.startsUntil);
  if (timeIsOver) return attempts.some(({ state }) => state === 'COMPLETE');
  return job.trials !== null && !attempts.some(({ state }) => state === 'WAITING');
}

function refuseFailures(attempts: readonly FrozenTrial[]): void {
  const [recommended] = attempts;
  if (recommended?.state === 'FAIL') {
    const { reason } = readTrial(recommended);
    throw new UserError(
      `The recommended settings could not be trained on the workers. ${reason} Look at the reason, or give other settings (--learning-rate, --batch-size, --method lora).`,
      { exitCode: 1 },
    );
  }
  const ended = attempts.filter(({ state }) => state === 'COMPLETE' || state === 'PRUNED' || state === 'FAIL');
  const last = ended.slice(-mostFailures);
  if (last.length < mostFailures || last.some(({ state }) => state !== 'FAIL')) return;
  throw new UserError(
    `The last ${mostFailures} trials failed on the workers. The last reason: ${readTrial(last.at(-1)!).reason}`,
    { exitCode: 1 },
  );
}

/** Turns what changed in the study since the last look into the events of a journey. */
class Teller {
  private readonly seen = new Map<number, { id: number; values: number; isOver: boolean }>();
  private best = Number.POSITIVE_INFINITY;

  constructor(private readonly options: FollowOptions) {}

  tell(attempts: readonly FrozenTrial[]): void {
    for (const attempt of attempts) {
      if (attempt.state !== 'WAITING' && Object.keys(attempt.params).length > 0) this.tellOf(attempt);
    }
    const { secondsUsed, secondsLeft } = this.options.budget();
    const trialsDone = [...this.seen.values()].filter(({ isOver }) => isOver).length;
    const trialsPlanned = this.options.job.trials;
    this.options.emit({ type: 'budget', secondsUsed, secondsLeft, trialsDone, trialsPlanned });
  }

  private tellOf(attempt: FrozenTrial): void {
    const { emit, job } = this.options;
    const trial = readTrial(attempt);
    const before = this.seen.get(trial.number);
    if (before?.isOver) return;
    if (before?.id !== trial.id) {
      const params = shownParams(job.plan, trial.params);
      const changed = shownChanges(job.plan, trial.params);
      const subset = job.schedule.share;
      emit({ type: 'trial-started', trial: trial.number, purpose: 'search', params, changed, resumedAt: 0, subset });
    }
    for (let rung = before?.id === trial.id ? before.values : 0; rung < trial.values.length; rung++) {
      emit(reached(trial, rung, Number(trial.params.epochs ?? job.plan.settings.epochs)));
    }
    const isOver = trial.state !== 'paused';
    this.seen.set(trial.number, { id: trial.id, values: trial.values.length, isOver });
    if (isOver) emit(ended(trial));
    if (trial.state === 'complete') this.tellBest(trial, attempt);
  }

  private tellBest(trial: SearchTrial, attempt: FrozenTrial): void {
    const value = attempt.values![0]!;
    if (!(value < this.best)) return;
    this.best = value;
    const changed = shownChanges(this.options.job.plan, trial.params);
    this.options.emit({ type: 'best', trial: trial.number, value, changed });
  }
}

function reached(trial: SearchTrial, rung: number, epochs: number): JourneyEvent {
  const share = rungShares[rung]!;
  const loss = trial.values[rung]!;
  const best = !(loss > Math.min(...trial.values.slice(0, rung)));
  return { type: 'trial-evaluation', trial: trial.number, step: rung, epoch: share * epochs, share, loss, best };
}

function ended(trial: SearchTrial): JourneyEvent {
  const value = lastValue(trial) ?? Number.NaN;
  const { number, seconds, reason, values } = trial;
  if (trial.state === 'complete') return { type: 'trial-finished', trial: number, value, seconds };
  if (trial.state === 'pruned') {
    return { type: 'trial-pruned', trial: number, share: rungShares[values.length - 1] ?? 0, value, reason };
  }
  const kind = (trial.failure ?? 'killed') as Extract<JourneyEvent, { type: 'trial-failed' }>['kind'];
  return { type: 'trial-failed', trial: number, kind, message: reason || 'its worker was lost, twice' };
}
