// One run without a search: plan's settings with the person's own, trained, tested, exported, diagnosed.
import { rm } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import type { JourneyEvent, Stage } from '@goldilocks/protocol';
import { fetched } from '../base-models/fetched.js';
import { defaultModel } from '../base-models/locate.js';
import { UserError } from '../errors.js';
import { locate } from '../inspect/reading/sources.js';
import { Interrupted } from '../journey/interrupted.js';
import type { RunControl } from '../journey/options.js';
import { quote } from '../journey/report/command.js';
import { recordedRetention, runRecordOf } from '../journey/run-record.js';
import { type PreparedRun, prepareRun } from '../preview/prepare-run.js';
import { diagnose } from '../refine/diagnose.js';
import { prepareStateFolder, type StateFolder, stateFolderAt, stateFolderOf } from '../state/folder.js';
import { acquireLock } from '../state/lock.js';
import { checkOutput } from '../state/output.js';
import { relocate } from '../state/relocate.js';
import { TrialError, TrialFailure } from '../workers/failure.js';
import { localEngine } from '../workers/local.js';
import type { TrialEngine } from '../workers/operations.js';
import { exportRun } from './export-run.js';
import { testOnce, trainOnce } from './one-run.js';
import type { TrainOptions, TrainResult, TrainSettings } from './options.js';
import { loadRunFile, nameRun, type RunFile, runFormat, saveRunFile } from './run-file.js';

/**
 * Trains once and leaves a Hugging Face directory in `out`.
 * @throws UserError for options or data that cannot be used, or a run that fails
 * @throws Interrupted when the signal is raised; `resumeTraining` goes on from there
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { signal, onEvent, engine, stateDirectory, ...given } = options;
  const settings = await fetched(given, options);
  await checkOutput(settings.out, settings);
  await locate(settings.data);
  const state = stateDirectory === undefined ? stateFolderOf(settings.data) : stateFolderAt(stateDirectory);
  await prepareStateFolder(state);
  const stem = basename(given.data, extname(given.data)).replace(/[^\w.-]+/g, '-');
  const name = await nameRun(state, stem);
  const createdAt = new Date().toISOString();
  const file: RunFile = { format: runFormat, name, createdAt, workingDirectory: process.cwd(), options: settings };
  return lockAndGo(state, file, options);
}

/** Goes on with a run that was stopped; for a finished one returns its result. */
export async function resumeTraining(stateDirectory: string, name: string, control: RunControl): Promise<TrainResult> {
  const state = stateFolderAt(stateDirectory);
  const file = await loadRunFile(state, name);
  if (file === undefined) throw new UserError(`There is no run «${name}» in ${state.root}.`);
  const options = relocate(file.options, file.workingDirectory);
  if (file.result !== undefined) return { ...file.result, output: options.out };
  await fetched(options, control);
  await checkOutput(options.out, options);
  return lockAndGo(state, { ...file, options, workingDirectory: process.cwd() }, control);
}

/** Whether a run of `train` has this name. */
export async function isRun(stateDirectory: string, name: string): Promise<boolean> {
  return (await loadRunFile(stateFolderAt(stateDirectory), name)) !== undefined;
}

async function lockAndGo(state: StateFolder, file: RunFile, control: RunControl): Promise<TrainResult> {
  const lock = await acquireLock(join(state.study(file.name), 'lock'), `the run «${file.name}»`);
  try {
    await saveRunFile(state, file);
    return await go(state, file, control);
  } catch (error) {
    const explained = explain(error, state, file.name, control);
    // A run whose data or model could not be used is not one to go on with.
    if (file.dataHash === undefined && !(explained instanceof Interrupted)) {
      await rm(state.study(file.name), { recursive: true, force: true });
    }
    throw explained;
  } finally {
    await lock.release();
  }
}

function explain(error: unknown, state: StateFolder, name: string, { signal, onEvent }: RunControl): unknown {
  if (signal?.aborted && !(error instanceof UserError)) {
    const resumeCommand = `goldilocks resume ${quote(name)} --state ${quote(state.root)}`;
    onEvent?.({ type: 'interrupted', resumeCommand });
    return new Interrupted(name, resumeCommand);
  }
  if (!(error instanceof TrialFailure || error instanceof TrialError)) return error;
  return new UserError(error.message, { exitCode: 1, cause: error });
}

async function go(state: StateFolder, file: RunFile, control: RunControl): Promise<TrainResult> {
  const { options, name } = file;
  const { signal, onEvent: emit = () => undefined } = control;
  const engine = control.engine ?? localEngine({ cacheDirectory: state.cache });
  const began = performance.now();
  emit(startedEvent(options));
  const stage = stager(emit, signal);
  const run = await stage('plan', () => prepareIn(engine, state, options, signal), planSentence);
  checkUnchanged(file, run);
  await saveRunFile(state, file);
  const { settings } = run.plan;
  const folder = state.study(name);
  const common = { engine, run, emit, signal };
  const final = await stage(
    'final',
    () => trainOnce({ ...common, settings, comparedWith: run.recommended, folder }),
    ({ loss }) => `Validation loss ${loss.toFixed(4)}.`,
  );
  const tested = await stage(
    'test',
    () => testOnce(common, state.cache, final),
    ({ base, tuned }) => `Loss ${base.loss.value.toFixed(4)} before, ${tuned.loss.value.toFixed(4)} after.`,
  );
  await exportRun({ engine, run, final, tested, out: options.out, overwrite: options.overwrite, signal });
  const layers = run.prepared.model.layers;
  const retention = recordedRetention(tested.test);
  const record = await runRecordOf(final, layers, retention);
  const seconds = (performance.now() - began) / 1000;
  const result: TrainResult = {
    name,
    output: options.out,
    settings,
    metric: run.prepared.task.metric.name,
    test: { examples: run.data.test.length, base: tested.base, tuned: tested.tuned },
    validationLoss: final.loss,
    layers,
    ...(run.prepared.model.isEncoder && { isEncoder: true }),
    trainExamples: run.data.train.length,
    diagnoses: record === undefined ? [] : diagnose(record),
    seconds,
  };
  await saveRunFile(state, { ...file, result, retention });
  emit({ type: 'journey-finished', seconds, output: options.out });
  return result;
}

/** Opens, inspects and plans in a process of its own, whose memory is free again before training. */
export async function prepareIn(
  engine: TrialEngine,
  state: StateFolder,
  options: TrainSettings,
  signal: AbortSignal | undefined,
): Promise<PreparedRun> {
  const process = engine.open('the preparation');
  try {
    return await prepareRun({ process, cache: state.cache }, { ...options, signal });
  } finally {
    await process.close();
  }
}

function planSentence({ prepared: { data }, plan }: PreparedRun): string {
  const { train, validation, test } = data.splits;
  const rows = `${train.length} to train, ${validation.length} to validate, ${test.length} to test`;
  const changed = plan.adjustments.length;
  return `${data.rows.length} rows: ${rows}; ${changed === 1 ? 'one adjustment' : `${changed} adjustments`} to the data. ${data.guess}`;
}

/** A run goes on only with the data and the model it began with. */
function checkUnchanged(file: RunFile, { prepared: { data, model } }: PreparedRun): void {
  for (const [what, before, now] of [
    ['data', file.dataHash, data.dataHash],
    ['model', file.modelHash, model.hash],
  ] as const) {
    if (before === undefined || before === now) continue;
    throw new UserError(
      `The ${what} of the run «${file.name}» changed since it began. Start another with: goldilocks train`,
    );
  }
  file.dataHash = data.dataHash;
  file.modelHash = model.hash;
}

function stager(emit: (event: JourneyEvent) => void, signal: AbortSignal | undefined) {
  return async <Result>(stage: Stage, work: () => Promise<Result>, sentence: (result: Result) => string) => {
    signal?.throwIfAborted();
    emit({ type: 'stage-started', stage });
    const began = performance.now();
    const result = await work();
    emit({ type: 'stage-finished', stage, seconds: (performance.now() - began) / 1000, summary: sentence(result) });
    return result;
  };
}

function startedEvent({ data, model = defaultModel, out, seed = 0 }: TrainSettings): JourneyEvent {
  const budget = { budgetSeconds: null, budgetTrials: null };
  return {
    type: 'journey-started',
    data,
    model: basename(resolve(model)),
    output: out,
    seed,
    ...budget,
    resumed: false,
  };
}
