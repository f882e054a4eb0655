// What a trial leaves in its folder beside its checkpoint: losses of each validation example, and its curve.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Evaluation } from '@goldilocks/trainer';
import { writeFileAtomic } from '../state/atomic.js';
import type { AnswersAt, CurvePoint } from './run-trial.js';

export interface TrialRecord {
  /** Every measurement on the validation examples; the loss of each example, so that runs are compared pairwise. */
  evaluations: Evaluation[];
  /** Training steps, thinned to a few hundred. */
  curve: CurvePoint[];
  /** The objective's part of each validation example at the last rung. */
  perExample: number[];
  bestStep: number | null;
  /** What it answered to a few validation examples where it paused or ended; absent where it was not asked. */
  answers?: AnswersAt[];
}

export const recordFile = 'record.json';
const most = 400;

/** The folder of a trial's checkpoint. */
export function checkpointFolder(trialFolder: string): string {
  return join(trialFolder, 'checkpoint');
}

export async function readRecord(trialFolder: string): Promise<TrialRecord | undefined> {
  try {
    return JSON.parse(await readFile(join(trialFolder, recordFile), 'utf8')) as TrialRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Adds a sitting's steps to the record; `history` and `best` replace what was there. */
export async function updateRecord(
  trialFolder: string,
  news: {
    curve: readonly CurvePoint[];
    history?: readonly Evaluation[];
    best?: Evaluation;
    perExample?: number[];
    answers?: AnswersAt;
  },
): Promise<TrialRecord> {
  const before = await readRecord(trialFolder);
  const first = news.curve[0]?.step ?? Number.POSITIVE_INFINITY; // steps after a checkpoint are done again on resume
  const curve = [...(before?.curve ?? []).filter(({ step }) => step < first), ...news.curve];
  const record: TrialRecord = {
    evaluations: news.history !== undefined ? [...news.history] : (before?.evaluations ?? []),
    curve: thin(curve),
    perExample: news.perExample ?? news.best?.perExample ?? before?.perExample ?? [],
    bestStep: news.best?.step ?? before?.bestStep ?? null,
    answers: [...(before?.answers ?? []), ...(news.answers === undefined ? [] : [news.answers])],
  };
  await writeFileAtomic(join(trialFolder, recordFile), JSON.stringify(record));
  return record;
}

/** Keeps every k-th point and the last, so that at most a few hundred remain. */
function thin(curve: CurvePoint[]): CurvePoint[] {
  if (curve.length <= most) return curve;
  const every = Math.ceil(curve.length / (most / 2));
  return curve.filter((_, i) => i % every === 0 || i === curve.length - 1);
}
