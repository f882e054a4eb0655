// Readings of a run's curves that several diagnoses share.
import type { Evaluation } from '@goldilocks/trainer';
import type { RunRecord, StepRecord } from './run-record.js';
import { mean, type PairedChange, pairedChange } from './statistics.js';

/** Evaluations whose loss is a number. */
export const finiteHistory = (run: RunRecord) => run.history.filter(({ loss }) => Number.isFinite(loss));

export function bestEvaluation(history: readonly Evaluation[]): Evaluation {
  return history.reduce((best, evaluation) => (evaluation.loss < best.loss ? evaluation : best));
}

/** Change of the examples' losses from one evaluation to another, paired. */
export function change(before: Evaluation, after: Evaluation): PairedChange {
  return pairedChange(before.perExample, after.perExample);
}

/** (after − before) / before, of the loss. */
export const relativeChange = (before: Evaluation, after: Evaluation) => (after.loss - before.loss) / before.loss;

export interface Trend {
  first: number;
  last: number;
  /** Welch's t of last − first. */
  t: number;
}

const finite = (steps: readonly StepRecord[]) => steps.map(({ loss }) => loss).filter(Number.isFinite);

/** The training losses of the run's last quarter against its first; undefined for fewer than 8 steps. */
export function trainingTrend(run: RunRecord): Trend | undefined {
  const losses = finite(run.steps ?? []);
  if (losses.length < 8) return undefined;
  const quarter = Math.floor(losses.length / 4);
  const [early, late] = [losses.slice(0, quarter), losses.slice(-quarter)];
  const [first, last] = [mean(early), mean(late)];
  const variance = (values: number[], average: number) =>
    mean(values.map((value) => (value - average) ** 2)) / Math.max(1, values.length - 1);
  const error = Math.sqrt(variance(early, first) + variance(late, last));
  return { first, last, t: error === 0 ? Math.sign(last - first) * 1e9 : (last - first) / error };
}

/** Whether the training loss clearly fell: by the steps where known, else by the means between evaluations. */
export function trainingFell(run: RunRecord): boolean {
  const trend = trainingTrend(run);
  if (trend) return trend.t < -2 && trend.last < 0.98 * trend.first;
  const losses = run.history.map(({ trainingLoss }) => trainingLoss).filter((loss) => loss !== undefined);
  return losses.length >= 2 && losses.at(-1)! < 0.95 * losses[0]!;
}

export const loss = (evaluation: Evaluation) => evaluation.loss.toFixed(3);
export const epoch = (evaluation: Evaluation) => String(Number(evaluation.epoch.toFixed(2)));
export const percent = (share: number) => `${Number((share * 100).toFixed(1))} %`;
