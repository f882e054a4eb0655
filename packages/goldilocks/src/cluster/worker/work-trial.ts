// Runs one claimed trial to its end: signs of life, a report at each share of its schedule, the question whether to go on.
import {
  type Heartbeat,
  type JsonValue,
  keepAlive,
  type Study,
  type Trial,
  TrialNotRunningError,
} from '@goldilocks/study';
import type { TrainingEvent } from '@goldilocks/trainer';
import { type TrialStages, trialSetting } from '../../journey/trial-stages.js';
import type { Parameters } from '../../plan/hyperparameters.js';
import { settingsFromParams } from '../../plan/plan.js';
import { runTrial, type TrialOutcome, type TrialSetting } from '../../search/run-trial.js';
import { rungShares, rungStep, topRung } from '../../search/rungs.js';
import { trialAttributes } from '../../search/search-trial.js';
import { checkpointFolder, type TrialRecord, updateRecord } from '../../search/trial-files.js';
import type { SharedJob } from '../shared-job.js';
import { firstNumber, recordAttributes } from '../shared-trials.js';
import { giveBack } from './give-back.js';
import { RungReports } from './rung-reports.js';

export interface Work {
  study: Study;
  job: SharedJob;
  stages: TrialStages;
  signal?: AbortSignal;
}

/** What became of a trial; `lost`: others took this worker for gone, and its result does not count. */
export type WorkedTrial = 'complete' | 'pruned' | 'failed' | 'given back' | 'lost';

/** Throws UserError for what would stop every trial here, such as a full disk; the trial is given back before. */
export async function workTrial(work: Work, trial: Trial): Promise<WorkedTrial> {
  const heartbeat = await keepAlive(work.study, trial, work.job.heartbeat);
  try {
    return await new TrialWork(work, trial, heartbeat).run();
  } catch (error) {
    if (error instanceof TrialNotRunningError || heartbeat.lost.aborted) return 'lost';
    await giveBack(work.study, trial.frozen, (error as Error).message);
    throw error;
  } finally {
    heartbeat.stop();
  }
}

class TrialWork {
  private readonly number: number;
  private readonly folder: string;
  private readonly setting: TrialSetting;
  private seconds = 0;
  private record: TrialRecord | undefined;

  constructor(
    private readonly work: Work,
    private readonly trial: Trial,
    private readonly heartbeat: Heartbeat,
  ) {
    const { context, piloted } = work.stages;
    this.number = firstNumber(trial.frozen);
    this.folder = context.state.trial(context.record.study, this.number);
    this.setting = trialSetting(work.stages, piloted.schedule.share);
  }

  /** A loss is measured as training goes; another metric needs a pause at each share. */
  run(): Promise<WorkedTrial> {
    return this.setting.score === undefined ? this.inOneSitting() : this.shareByShare();
  }

  private async inOneSitting(): Promise<WorkedTrial> {
    const reports = new RungReports(this.trial, () => this.fallsBehind());
    const outcome = await this.advance(0, topRung, reports);
    await reports.written();
    if (outcome.type === 'failed') return this.fail(outcome);
    if (outcome.type === 'interrupted') {
      return reports.fell === undefined ? this.leave() : this.prune(reports.fell.share, reports.fell.value);
    }
    await reports.complete(outcome.value);
    return this.complete(outcome.value);
  }

  private async shareByShare(): Promise<WorkedTrial> {
    for (let rung = 0; rung <= topRung; rung++) {
      const outcome = await this.advance(rung === 0 ? 0 : rungShares[rung - 1]!, rung);
      if (outcome.type === 'interrupted') return this.leave();
      if (outcome.type === 'failed') return this.fail(outcome);
      const isOver = outcome.summary.outcome !== 'paused';
      for (let reached = rung; reached <= (isOver ? topRung : rung); reached++) {
        await this.trial.report(outcome.value, rungStep(reached));
      }
      if (isOver) return this.complete(outcome.value);
      if (await this.fallsBehind()) return this.prune(rungShares[rung]!, outcome.value);
    }
    throw new Error('The last share of a schedule ends its run.');
  }

  /** Trains to a rung, and keeps what was seen in the trial's folder and in the study. */
  private async advance(resumedAt: number, rung: number, reports?: RungReports): Promise<TrialOutcome> {
    const { stages, signal } = this.work;
    const began = stages.context.clock.elapsed;
    const settings = settingsFromParams(stages.piloted.plan, this.trial.params as Parameters);
    const setting = { ...this.setting, onTraining: (event: TrainingEvent) => reports?.notice(event) };
    const signals = [this.heartbeat.lost, signal, reports?.signal].filter((each) => each !== undefined);
    const outcome = await runTrial(setting, {
      number: this.number,
      purpose: 'search',
      resumedAt,
      settings,
      checkpointDirectory: checkpointFolder(this.folder),
      stopAtShare: rungShares[rung]!,
      signal: AbortSignal.any(signals),
    });
    this.seconds += stages.context.clock.elapsed - began;
    this.record = await updateRecord(this.folder, newsOf(outcome));
    await this.work.study.storage.writeTrial(this.trial.id, {
      userAttributes: {
        [trialAttributes.seconds]: this.seconds,
        [trialAttributes.settings]: settings as unknown as JsonValue,
        [trialAttributes.subset]: stages.piloted.schedule.share,
      },
    });
    return outcome;
  }

  /** The recommended settings go to the end: everything is compared with them. */
  private async fallsBehind(): Promise<boolean> {
    return this.work.job.prune && this.number !== 0 && (await this.trial.shouldPrune());
  }

  private async complete(value: number): Promise<WorkedTrial> {
    await this.leaveRecord();
    await this.work.study.tell(this.trial, value);
    this.setting.emit({ type: 'trial-finished', trial: this.number, value, seconds: this.seconds });
    return 'complete';
  }

  private async prune(share: number, value: number): Promise<WorkedTrial> {
    const reason = `not among the best at ${Math.round(100 * share)} % of its schedule`;
    await this.leaveRecord({ [trialAttributes.reason]: reason });
    await this.work.study.tell(this.trial, null, { state: 'PRUNED' });
    this.setting.emit({ type: 'trial-pruned', trial: this.number, share, value, reason });
    return 'pruned';
  }

  private async fail({ kind, reason }: Extract<TrialOutcome, { type: 'failed' }>): Promise<WorkedTrial> {
    await this.leaveRecord({ [trialAttributes.reason]: reason, [trialAttributes.failureKind]: kind });
    await this.work.study.tell(this.trial, null, { state: 'FAIL', failure: reason });
    this.setting.emit({ type: 'trial-failed', trial: this.number, kind, message: reason });
    return 'failed';
  }

  /** What the report needs, for the machine that writes it. */
  private async leaveRecord(more: Readonly<Record<string, JsonValue>> = {}): Promise<void> {
    const userAttributes = { ...more, ...(this.record && recordAttributes(this.record)) };
    await this.work.study.storage.writeTrial(this.trial.id, { userAttributes });
  }

  private async leave(): Promise<WorkedTrial> {
    if (this.heartbeat.lost.aborted) return 'lost';
    await giveBack(this.work.study, this.trial.frozen, 'its worker was told to stop');
    return 'given back';
  }
}

function newsOf(outcome: TrialOutcome) {
  if (outcome.type !== 'reached') return { curve: outcome.curve };
  const { curve, summary, best, perExample } = outcome;
  return { curve, history: summary.history, best, perExample };
}
