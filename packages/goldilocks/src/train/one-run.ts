// One training run on prepared data: trained, recorded, and measured on test beside the base model.
import type { JourneyEvent, Score } from '@goldilocks/protocol';
import type { TrainingSettings } from '@goldilocks/trainer';
import { UserError } from '../errors.js';
import { differenceOf, scoreOf } from '../evaluate/measure.js';
import type { FinalRun } from '../journey/final-runs.js';
import { referenceFor } from '../journey/similarity-stage.js';
import { type TestResult, testModels } from '../journey/test-stage.js';
import { examplesOf } from '../journey/training-data.js';
import type { PreparedRun } from '../preview/prepare-run.js';
import { type CurvePoint, runTrial } from '../search/run-trial.js';
import { checkpointFolder, updateRecord } from '../search/trial-files.js';
import type { TrialEngine } from '../workers/operations.js';
import { changesBetween } from './changes-between.js';

export interface OneRunOptions {
  engine: TrialEngine;
  run: PreparedRun;
  settings: TrainingSettings;
  /** What the person is told to differ from, such as the recommended settings. */
  comparedWith: TrainingSettings;
  /** The run's own folder; a call goes on where an earlier one was stopped. */
  folder: string;
  emit(event: JourneyEvent): void;
  signal?: AbortSignal;
}

/** How a run ended: with a model, or not. */
export type RunEnd =
  | { type: 'trained'; final: FinalRun }
  | { type: 'failed'; kind: string; reason: string; curve: readonly CurvePoint[] };

/** Trains once. @throws UserError where the run fails or diverges, with the reason; the signal's reason when it is raised */
export async function trainOnce(options: OneRunOptions): Promise<FinalRun> {
  const end = await tryOnce(options);
  if (end.type === 'trained') return end.final;
  throw new UserError(`The run failed. ${end.reason}`, { exitCode: 1 });
}

/** Trains on the training rows and keeps the best checkpoint by the validation rows. @throws the signal's reason when it is raised */
export async function tryOnce(options: OneRunOptions): Promise<RunEnd> {
  const { engine, run, settings, folder, emit, signal } = options;
  const { prepared, data } = run;
  const train = examplesOf(data, data.train);
  const validation = examplesOf(data, data.validation);
  const setting = { engine, model: prepared.model.directory, train, validation, emit };
  const started = performance.now();
  const changed = changesBetween(options.comparedWith, settings, prepared.model.layers);
  emit({ type: 'trial-started', trial: 0, purpose: 'final', params: {}, changed, resumedAt: 0, subset: 1 });
  const task = { number: 0, purpose: 'final' as const, settings, checkpointDirectory: checkpointFolder(folder) };
  const outcome = await runTrial(setting, { ...task, stopAtShare: 1, signal });
  if (outcome.type === 'interrupted') {
    await updateRecord(folder, { curve: outcome.curve });
    signal?.throwIfAborted();
    throw new Error('The run was stopped, but nobody asked for it.');
  }
  if (outcome.type === 'failed') {
    emit({ type: 'trial-failed', trial: 0, kind: outcome.kind, message: outcome.reason });
    return outcome;
  }
  const { curve, summary, best } = outcome;
  await updateRecord(folder, { curve, history: summary.history, best });
  const seconds = (performance.now() - started) / 1000;
  emit({ type: 'trial-finished', trial: 0, value: best.loss, seconds });
  return { type: 'trained', final: { trial: 0, settings, folder, loss: best.loss, train } };
}

export interface TestedRun {
  base: Score;
  tuned: Score;
  test: TestResult;
  /** Tuned minus base, paired. */
  difference: ReturnType<typeof differenceOf>;
}

/** Measures base and tuned model on the test rows, and what was forgotten of the reference text. */
export async function testOnce(
  { engine, run: { prepared, data }, emit, signal }: Pick<OneRunOptions, 'engine' | 'run' | 'emit' | 'signal'>,
  cache: string,
  final: FinalRun,
): Promise<TestedRun> {
  const preparation = engine.open('the preparation');
  const { model, task } = prepared;
  const reference = await referenceFor({ process: preparation, cache, model }).finally(() => preparation.close());
  const test = await testModels({
    engine,
    model: model.directory,
    task,
    test: {
      tokens: examplesOf(data, data.test),
      rows: data.test.map((index) => prepared.data.rows[index]!),
      labels: prepared.data.labels ?? [],
    },
    validation: examplesOf(data, data.validation),
    reference,
    recommended: final,
    found: final,
    onProgress: (done, total, note) => emit({ type: 'stage-progress', stage: 'test', done, total, note }),
    signal,
  });
  return {
    base: scoreOf(test.base, task),
    tuned: scoreOf(test.found, task),
    test,
    difference: differenceOf(test.found, test.base, task),
  };
}
