// What follows a trial: whether it is tried again, what is told of it, and whether going on would only fail in the same way.
import { bestOf, type FrozenTrial, retryTrial, type Study } from '@goldilocks/study';
import { UserError } from '../errors.js';
import type { StateFolder } from '../state/folder.js';
import { failsInARow } from './ending.js';
import type { OptimizeEvent } from './events.js';
import type { OptimizeRecord } from './record.js';
import type { TrialOutcome } from './run-trial.js';

export interface AftermathParts {
  readonly study: Study;
  readonly state: StateFolder;
  readonly record: OptimizeRecord;
  readonly resumeCommand: string;
  readonly onEvent: (event: OptimizeEvent) => void;
}

export class Aftermath {
  readonly #parts: AftermathParts;
  #best: number | undefined;

  constructor(parts: AftermathParts) {
    this.#parts = parts;
  }

  /**
   * @param outcome of the trial; undefined where it had none, as its command never started
   * @param save called once the trial is told of
   * @throws UserError where going on would only fail in the same way
   */
  async settle(trial: FrozenTrial, outcome: TrialOutcome | undefined, save: () => Promise<void>): Promise<void> {
    const isRetried = await this.#retry(trial, outcome);
    this.#tell(trial, outcome, isRetried);
    await save();
    const trials = await this.#parts.study.trials();
    this.#tellBest(trials);
    this.#refuseHopeless(trials, trial, outcome);
  }

  async #retry(trial: FrozenTrial, outcome: TrialOutcome | undefined): Promise<boolean> {
    if (outcome?.state !== 'FAIL') return false;
    const { study, record } = this.#parts;
    const { retries = 0 } = record.settings;
    switch (outcome.failure.kind) {
      case 'interrupted':
        return retryTrial(study, trial, Infinity);
      case 'lost':
        return retryTrial(study, trial, Math.max(1, retries));
      case 'error':
      case 'killed':
        return retryTrial(study, trial, retries);
      default:
        return false; // the same settings would end the same way
    }
  }

  #tell(trial: FrozenTrial, outcome: TrialOutcome | undefined, isRetried: boolean): void {
    const seconds = secondsOf(trial);
    const { number } = trial;
    if (trial.state === 'COMPLETE')
      this.#parts.onEvent({ type: 'trial-finished', trial: number, values: trial.values!, seconds });
    if (outcome?.state === 'PRUNED')
      this.#parts.onEvent({ type: 'trial-pruned', trial: number, seconds, reason: outcome.reason });
    if (outcome?.state === 'FAIL')
      this.#parts.onEvent({ type: 'trial-failed', trial: number, ...outcome.failure, isRetried });
  }

  #tellBest(trials: readonly FrozenTrial[]): void {
    const { directions } = this.#parts.study;
    const best = directions.length === 1 ? bestOf(trials, directions[0]!) : undefined;
    if (best === undefined || best.number === this.#best) return;
    this.#best = best.number;
    this.#parts.onEvent({ type: 'best', trial: best.number, value: best.values![0]!, params: best.params });
  }

  /** Ends the search where going on would only fail in the same way. */
  #refuseHopeless(trials: readonly FrozenTrial[], trial: FrozenTrial, outcome: TrialOutcome | undefined): void {
    if (outcome?.state !== 'FAIL') return;
    const { record, state } = this.#parts;
    const log = `Its output is in ${state.trial(record.study, trial.number)}.`;
    const hasReported = trials.some((other) => other.state === 'COMPLETE' || other.intermediateValues.size > 0);
    if (outcome.failure.kind === 'metric' && !hasReported) {
      throw new UserError(
        `Trial ${trial.number}: ${outcome.failure.message} Say with --metric what to improve, and with --metrics where it is. ${log}`,
      );
    }
    const { maxFailures = 3 } = record.settings;
    if (failsInARow(trials) < maxFailures) return;
    const first = maxFailures === 1 ? 'A trial failed' : `${maxFailures} trials in a row failed; the last`;
    throw new UserError(
      `${first}, trial ${trial.number} (${outcome.failure.kind}): ${outcome.failure.message} ${log} ` +
        `When it is mended, go on: ${this.#parts.resumeCommand}`,
      { exitCode: 1 },
    );
  }
}

function secondsOf({ startedAt, completedAt }: FrozenTrial): number {
  return startedAt && completedAt ? Math.max(0, completedAt.getTime() - startedAt.getTime()) / 1000 : 0;
}
