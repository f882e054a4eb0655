// The dialogue of `goldilocks refine`: shows, proposes, asks, runs, compares, until it clicks or the person stops.
import type { TrainingSettings } from '@goldilocks/trainer';
import {
  formatValue,
  type Hyperparameter,
  hyperparameterNames,
  type Parameters,
  writeHyperparameter,
} from '../plan/hyperparameters.js';
import { type Comparison, compareRuns } from './compare.js';
import { bestEvaluation, finiteHistory } from './curve.js';
import { type Attempt, attemptOf, type Proposal, propose } from './propose.js';
import type { RunDiagnosis, RunRecord } from './run-record.js';

/** What the person answers: take the proposal, run with other values (on top of the best run's settings), or end. */
export type Answer = { kind: 'accept' } | { kind: 'change'; values: Parameters } | { kind: 'stop' };

export interface RunRequest {
  settings: TrainingSettings;
  /** Go on from this attempt's last checkpoint; absent: start from the base model. */
  continueFrom?: number;
}

/** What the dialogue needs from outside. */
export interface RefineIo {
  /** Shows lines of plain text. */
  tell(lines: string[]): void | Promise<void>;
  /** Asks what to do; without a proposal, `accept` counts as `stop`. */
  ask(proposal: Proposal | undefined, best: Attempt): Promise<Answer>;
  /** Trains and measures; the same validation examples in the same order each time. */
  run(request: RunRequest): Promise<RunRecord>;
}

export interface RefineOptions {
  /** Most runs after the first; default 20. */
  maxRuns?: number;
  signal?: AbortSignal;
}

export interface RefineResult {
  attempts: Attempt[];
  /** Index of the best attempt. */
  best: number;
  /** `clicked`: nothing left to propose · `stopped`: by the person or the signal · `limit`: as many runs as allowed. */
  end: 'clicked' | 'stopped' | 'limit';
}

/** A diagnosis as the person reads it: what was seen, what to change, why. */
export function diagnosisLines(diagnosis: RunDiagnosis, layers: number): string[] {
  const { adjustment, evidence, because, source } = diagnosis;
  if (!adjustment) return [evidence, `  ${because}`];
  const { hyperparameter: name, from, to } = adjustment;
  const step = `${hyperparameterNames[name]} ${formatValue(name, from, layers)} → ${formatValue(name, to, layers)}`;
  return [evidence, `  ${step}. ${because} [${source}]`];
}

/** Compares two runs by their best checkpoints; undefined where one has no finite measurement. */
export function compareRecords(before: RunRecord, after: RunRecord): Comparison | undefined {
  const [a, b] = [finiteHistory(before), finiteHistory(after)];
  if (a.length === 0 || b.length === 0) return undefined;
  return compareRuns(bestEvaluation(a).perExample, bestEvaluation(b).perExample);
}

/** Why there is no proposal. */
function nothingLeft(best: Attempt): string {
  return best.diagnoses[0]!.kind === 'just-right'
    ? 'Nothing to change: this is just right.'
    : 'Everything these curves suggest has been tried. Change a value yourself, or let `goldilocks run` search wider.';
}

/** The best run's settings with the person's values. */
function withValues(best: RunRecord, values: Parameters): TrainingSettings {
  const entries = Object.entries(values) as [Hyperparameter, number | string][];
  return entries.reduce(
    (settings, [name, value]) => writeHyperparameter(settings, name, value, best.layers),
    best.settings,
  );
}

function requestOf(answer: Answer, proposal: Proposal | undefined, best: Attempt): RunRequest | undefined {
  if (answer.kind === 'change') return { settings: withValues(best.run, answer.values) };
  if (answer.kind === 'stop' || !proposal) return undefined;
  const { settings, continueFromCheckpoint, from } = proposal;
  return continueFromCheckpoint ? { settings, continueFrom: from } : { settings };
}

/** Runs, compares with the best, and tells; returns the attempt and whether it is the new best. */
async function attemptRun(
  io: RefineIo,
  request: RunRequest,
  best: Attempt,
): Promise<{ attempt: Attempt; won: boolean }> {
  const run = await io.run(request);
  const comparison = compareRecords(best.run, run);
  // A run without a single finite loss cannot be compared, and is worse than any that has one.
  const attempt = attemptOf(run, comparison?.verdict ?? 'worse');
  const verdict = comparison
    ? `Compared with the best run so far, ${comparison.sentence}.`
    : 'It broke: the best run so far stays.';
  await io.tell([verdict, ...attempt.diagnoses.flatMap((diagnosis) => diagnosisLines(diagnosis, run.layers))]);
  const firstFinite = finiteHistory(best.run).length === 0 && finiteHistory(run).length > 0;
  return { attempt, won: comparison?.verdict === 'better' || firstFinite };
}

/**
 * Refines a run in a dialogue. Only a run that is better by more than noise becomes the best; the next proposal always
 * starts from the best.
 */
export async function refine(first: RunRecord, io: RefineIo, options: RefineOptions = {}): Promise<RefineResult> {
  const attempts = [attemptOf(first)];
  let best = 0;
  await io.tell(attempts[0]!.diagnoses.flatMap((diagnosis) => diagnosisLines(diagnosis, first.layers)));
  const { maxRuns = 20, signal } = options;
  while (attempts.length <= maxRuns) {
    if (signal?.aborted) return { attempts, best, end: 'stopped' };
    const proposal = propose(attempts, best);
    if (!proposal) await io.tell([nothingLeft(attempts[best]!)]);
    const request = requestOf(await io.ask(proposal, attempts[best]!), proposal, attempts[best]!);
    if (!request) return { attempts, best, end: proposal ? 'stopped' : 'clicked' };
    const { attempt, won } = await attemptRun(io, request, attempts[best]!);
    attempts.push(attempt);
    if (won) best = attempts.length - 1;
  }
  return { attempts, best, end: 'limit' };
}
