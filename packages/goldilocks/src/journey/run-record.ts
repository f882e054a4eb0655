// A run of the journey as diagnosis and refine look at it.
import type { RunRecord } from '../refine/run-record.js';
import { readRecord } from '../search/trial-files.js';
import type { FinalRun } from './final-runs.js';
import type { TestResult } from './test-stage.js';

/** Undefined where the run left no record. */
export async function runRecordOf(
  run: FinalRun,
  layers: number,
  retention?: RunRecord['retention'],
): Promise<RunRecord | undefined> {
  const record = await readRecord(run.folder);
  const last = record?.curve.at(-1);
  if (record === undefined || last === undefined) return undefined;
  const share = record.evaluations.at(-1)?.share ?? 1;
  return {
    settings: run.settings,
    outcome: share < 1 ? 'stopped-early' : 'completed',
    history: record.evaluations,
    steps: record.curve.map(({ step, loss }) => ({ step, loss })),
    totalSteps: Math.round(last.step / Math.max(share, 1e-9)),
    examples: run.train.indices?.length ?? 0,
    layers,
    retention,
  };
}

/** What a test found of the base skill, as a run's record has it. */
export function recordedRetention({ retention }: Pick<TestResult, 'retention'>): RunRecord['retention'] {
  if (retention === undefined) return undefined;
  const { before, after } = retention;
  const loss = { before: before.loss, after: after.loss };
  return { before: before.perExample, after: after.perExample, loss };
}
