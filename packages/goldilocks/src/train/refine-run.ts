// The dialogue of `goldilocks refine` with real runs: each proposal is trained here, and the best one tested and exported.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Score } from '@goldilocks/protocol';
import type { TrainingSettings } from '@goldilocks/trainer';
import { fetched } from '../base-models/fetched.js';
import type { MetricName } from '../evaluate/metrics.js';
import { Interrupted } from '../journey/interrupted.js';
import type { RunControl } from '../journey/options.js';
import { quote } from '../journey/report/command.js';
import { runRecordOf } from '../journey/run-record.js';
import { tokenizeReference } from '../journey/similarity-stage.js';
import { openRun } from '../journey/test-stage.js';
import { examplesOf, trainingData } from '../journey/training-data.js';
import type { PreparedRun } from '../preview/prepare-run.js';
import type { RunRecord } from '../refine/run-record.js';
import { type RefineIo, type RefineResult, type RunRequest, refine } from '../refine/session.js';
import { checkpointFolder, recordFile } from '../search/trial-files.js';
import { prepareStateFolder, type StateFolder, stateFolderAt } from '../state/folder.js';
import { acquireLock } from '../state/lock.js';
import { checkOutput } from '../state/output.js';
import { localEngine } from '../workers/local.js';
import type { TrialEngine } from '../workers/operations.js';
import { exportRun } from './export-run.js';
import { testOnce, tryOnce } from './one-run.js';
import { type RefineStart, refineStart } from './refine-start.js';
import { prepareIn } from './train.js';

export interface RefineRunOptions extends RunControl, Pick<RefineIo, 'tell' | 'ask'> {
  /** A study or a run; default: the newest finished one. */
  study?: string;
  stateDirectory: string;
  /** The folder for the best model, where it is better than the first; new or empty. */
  out: string;
  overwrite?: boolean;
  /** Most runs after the first. */
  maxRuns?: number;
}

export interface RefinedRun {
  name: string;
  result: RefineResult;
  /** Absent where the first run stayed the best. */
  best?: {
    output: string;
    settings: TrainingSettings;
    metric: MetricName;
    examples: number;
    base: Score;
    tuned: Score;
  };
}

/**
 * Refines a finished run until nothing is left to propose or the person stops; settings already tried cost nothing again.
 * @throws UserError where there is nothing to refine, or data or model cannot be used
 * @throws Interrupted when the signal is raised; the same call goes on from there
 */
export async function refineRun(options: RefineRunOptions): Promise<RefinedRun> {
  const state = stateFolderAt(options.stateDirectory);
  await prepareStateFolder(state);
  await checkOutput(options.out, options);
  const start = await refineStart(state, options.study);
  const lock = await acquireLock(join(state.study(start.name), 'lock'), `«${start.name}»`);
  try {
    return await new Refinement(state, start, options).run();
  } catch (error) {
    if (!options.signal?.aborted) throw error;
    const resumeCommand = `goldilocks refine ${quote(start.name)} --state ${quote(state.root)}`;
    options.onEvent?.({ type: 'interrupted', resumeCommand });
    throw new Interrupted(start.name, resumeCommand);
  } finally {
    await lock.release();
  }
}

class Refinement {
  private readonly engine: TrialEngine;
  private readonly emit: NonNullable<RunControl['onEvent']>;
  private prepared: PreparedRun | undefined;
  /** Of each attempt. */
  private readonly folders: string[];

  constructor(
    private readonly state: StateFolder,
    private readonly start: RefineStart,
    private readonly options: RefineRunOptions,
  ) {
    this.engine = options.engine ?? localEngine({ cacheDirectory: state.cache });
    this.emit = options.onEvent ?? (() => undefined);
    this.folders = [start.folder];
  }

  async run(): Promise<RefinedRun> {
    const { name, record } = this.start;
    const { tell, ask, maxRuns, signal } = this.options;
    const io: RefineIo = { tell, ask, run: (request) => this.train(request) };
    const result = await refine(record, io, { maxRuns, signal });
    if (result.best === 0) return { name, result };
    return { name, result, best: await this.deliver(result.attempts[result.best]!.run.settings) };
  }

  /** A run that diverges is a record too: its diagnosis says what to change. */
  private async train({ settings, continueFrom }: RunRequest): Promise<RunRecord> {
    const run = await this.preparedRun();
    const { layers } = run.prepared.model;
    const { signal } = this.options;
    const folder = this.folderOf(settings);
    if (continueFrom !== undefined) await goOnFrom(this.folders[continueFrom]!, folder);
    this.folders.push(folder);
    const comparedWith = this.start.record.settings;
    const options = { engine: this.engine, run, settings, comparedWith, folder, emit: this.emit, signal };
    let end = await tryOnce(options);
    if (end.type === 'failed' && end.kind === 'error' && continueFrom !== undefined) {
      // Its checkpoint does not fit, for instance as it saw a part of the examples only: from the start then.
      await rm(folder, { recursive: true, force: true });
      end = await tryOnce(options);
    }
    if (end.type === 'trained') {
      const record = await runRecordOf(end.final, layers, await this.retention(run, settings));
      if (record !== undefined) return record;
    }
    const steps = end.type === 'failed' ? end.curve.map(({ step, loss }) => ({ step, loss })) : [];
    const examples = run.data.train.length;
    return { settings, outcome: 'diverged', history: [], steps, totalSteps: steps.length, examples, layers };
  }

  /** Settings name the folder, so that a run that was stopped, or done before, is found again. */
  private folderOf(settings: TrainingSettings): string {
    const hash = createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 12);
    return this.state.trial(this.start.name, `refine-${hash}`);
  }

  private async preparedRun(): Promise<PreparedRun> {
    if (this.prepared !== undefined) return this.prepared;
    const { options, record } = this.start;
    await fetched(options, this.options);
    const run = await prepareIn(this.engine, this.state, options, this.options.signal);
    const process = this.engine.open('the preparation');
    try {
      const data = await trainingData(() => process, this.state.cache, run.prepared, record.settings);
      this.prepared = { ...run, data };
      return this.prepared;
    } finally {
      await process.close();
    }
  }

  /** What the run forgot of the reference text; the base model's losses are those of the first run's record. */
  private async retention(
    { prepared, data }: PreparedRun,
    settings: TrainingSettings,
  ): Promise<RunRecord['retention']> {
    const first = this.start.record.retention;
    if (first === undefined) return undefined;
    const process = this.engine.open('the reference text');
    try {
      const { model } = prepared;
      const reference = await tokenizeReference({ process, cache: this.state.cache, model });
      const setting = { model: model.directory, validation: examplesOf(data, data.validation) };
      const final = {
        trial: 0,
        settings,
        folder: this.folderOf(settings),
        loss: 0,
        train: examplesOf(data, data.train),
      };
      const tuned = await openRun(process, { ...setting, signal: this.options.signal }, final);
      const { loss, perExample } = await process.run('evaluateLoss', {
        model: tuned,
        examples: { file: reference.file },
      });
      const means = first.loss && { loss: { before: first.loss.before, after: loss } };
      return { before: first.before, after: perExample, ...means };
    } finally {
      await process.close();
    }
  }

  /** The test is measured once, for the settings that won. */
  private async deliver(settings: TrainingSettings): Promise<RefinedRun['best']> {
    const run = await this.preparedRun();
    const { engine, emit } = this;
    const { signal, out, overwrite } = this.options;
    const train = examplesOf(run.data, run.data.train);
    const final = { trial: 0, settings, folder: this.folderOf(settings), loss: 0, train };
    const tested = await testOnce({ engine, run, emit, signal }, this.state.cache, final);
    await exportRun({ engine, run, final, tested, out, overwrite, signal });
    const { metric } = run.prepared.task;
    const { base, tuned } = tested;
    return { output: out, settings, metric: metric.name, examples: run.data.test.length, base, tuned };
  }
}

/** Lays a finished run's checkpoint and record down for a longer one, where that has none of its own yet. */
async function goOnFrom(from: string, to: string): Promise<void> {
  const checkpoint = checkpointFolder(to);
  if (existsSync(checkpoint) || !existsSync(checkpointFolder(from))) return;
  await mkdir(to, { recursive: true });
  await cp(join(from, recordFile), join(to, recordFile));
  const partial = `${checkpoint}.partial`;
  await rm(partial, { recursive: true, force: true });
  await cp(checkpointFolder(from), partial, { recursive: true });
  await rename(partial, checkpoint);
}
