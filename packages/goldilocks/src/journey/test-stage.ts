// The test, measured once: base, recommended and found on examples that nothing before has seen; and what was forgotten.
import { type MeasuredSet, type Measurement, measure } from '../evaluate/measure.js';
import type { Task } from '../evaluate/task.js';
import { checkpointFolder } from '../search/trial-files.js';
import type { ExamplesReference, ModelReference, TrialEngine, TrialProcess } from '../workers/operations.js';
import type { FinalRun } from './final-runs.js';

export interface ReferenceLoss {
  loss: number;
  bitsPerByte: number;
  perExample: number[];
}

export interface TestResult {
  base: Measurement;
  recommended: Measurement;
  /** Equal to `recommended` where its settings were delivered. */
  found: Measurement;
  /** Absent for an encoder. */
  retention?: { origin: string; before: ReferenceLoss; after: ReferenceLoss };
}

export interface TestOptions {
  engine: TrialEngine;
  model: string;
  task: Task;
  test: MeasuredSet;
  validation: ExamplesReference;
  /** Absent for an encoder. */
  reference?: ExamplesReference & { origin: string };
  recommended: FinalRun;
  found: FinalRun;
  /** Most rows to answer by generation. */
  generated?: number;
  onProgress(done: number, total: number, note: string): void;
  signal?: AbortSignal;
}

export async function testModels(options: TestOptions): Promise<TestResult> {
  const { recommended, found } = options;
  const isSame = recommended.folder === found.folder;
  const total = isSame ? 2 : 3;
  options.onProgress(0, total, 'the base model');
  const base = await testBase(options);
  options.onProgress(1, total, 'the recommended settings');
  const tested = await testRun(options, recommended);
  if (!isSame) options.onProgress(2, total, 'the settings found');
  const best = isSame ? tested : await testRun(options, found);
  const measured = { base: base.measurement, recommended: tested.measurement, found: best.measurement };
  const [before, after] = [base.reference, best.reference];
  if (options.reference === undefined || before === undefined || after === undefined) return measured;
  return { ...measured, retention: { origin: options.reference.origin, before, after } };
}

async function testBase(options: TestOptions) {
  const process = options.engine.open('the base model');
  try {
    return await testModel(options, process, { kind: 'directory', directory: options.model });
  } finally {
    await process.close();
  }
}

async function testRun(options: TestOptions, run: FinalRun) {
  const process = options.engine.open('the test');
  try {
    return await testModel(options, process, await openRun(process, options, run));
  } finally {
    await process.close();
  }
}

/** Opens a finished run's best weights: a run that is done trains no step. */
export async function openRun(
  process: TrialProcess,
  { model, validation, signal }: Pick<TestOptions, 'model' | 'validation' | 'signal'>,
  { settings, folder, train }: FinalRun,
): Promise<ModelReference> {
  const checkpointDirectory = checkpointFolder(folder);
  const input = { model, train, validation, settings, checkpointDirectory, keepAs: 'tuned' };
  await process.run('fineTune', input, { signal });
  signal?.throwIfAborted();
  return { kind: 'kept', name: 'tuned' };
}

async function testModel(options: TestOptions, process: TrialProcess, model: ModelReference) {
  const { test, task, generated, reference, signal } = options;
  const measurement = await measure(process, model, test, task, { generated, signal });
  if (reference === undefined) return { measurement };
  const { loss, bitsPerByte, perExample } = await process.run('evaluateLoss', { model, examples: reference });
  signal?.throwIfAborted();
  return { measurement, reference: { loss, bitsPerByte, perExample } };
}
