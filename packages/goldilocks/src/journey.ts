// The main entry: fine-tunes a model on data and searches for its hyperparameters; goes on after a stop.
import { rm } from 'node:fs/promises';
import type { JourneyEvent, Report } from '@goldilocks/protocol';
import { deleteStudy, loadStudy, type Storage, StorageError } from '@goldilocks/study';
import { fetched } from './base-models/fetched.js';
import { defaultModel } from './base-models/locate.js';
import { type ClusterOptions, withoutPassword } from './cluster/cluster-options.js';
import { connectRay } from './cluster/ray/connect.js';
import { UserError } from './errors.js';
import { EventLog } from './events/event-log.js';
import { locate } from './inspect/reading/sources.js';
import type { JourneyContext } from './journey/context.js';
import { Interrupted } from './journey/interrupted.js';
import { findStudyName, lockStudy, makeStudy, nameStudy, openJourneyStorage } from './journey/open-study.js';
import {
  budgetOf,
  checkJourneySettings,
  type FineTuneOptions,
  type JourneySettings,
  type RunControl,
} from './journey/options.js';
import { type JourneyRecord, journeyFormat, loadRecord, saveRecord } from './journey/record.js';
import { quote } from './journey/report/command.js';
import { runJourney } from './journey/run-journey.js';
import { Clock } from './search/clock.js';
import { prepareStateFolder, type StateFolder, stateFolderAt, stateFolderOf } from './state/folder.js';
import { checkOutput } from './state/output.js';
import { relocate } from './state/relocate.js';
import { giveCommand } from './steer/commands.js';
import { StudySteering } from './steer/study-steering.js';
import { TrialError, TrialFailure } from './workers/failure.js';
import { localEngine } from './workers/local.js';
import type { TrialProcess } from './workers/operations.js';

export interface JourneyResult {
  study: string;
  /** The folder with model, report.html and report.json. */
  output: string;
  report: Report;
}

export interface ResumeOptions extends RunControl {
  /** Default: the newest study. */
  study?: string;
  /** Default: `.goldilocks` in the working directory. */
  stateDirectory?: string;
}

/**
 * The whole journey: inspects the data, plans, pilots, searches, confirms, tests once, and leaves a model with a report
 * in `out`.
 * @throws UserError for options or data that cannot be used, and for a disk or memory that does not suffice
 * @throws Interrupted when the signal is raised; `resume` goes on from there
 */
export async function fineTune(options: FineTuneOptions): Promise<JourneyResult> {
  const { signal, onEvent, engine, stateDirectory, ...given } = options;
  checkJourneySettings(given);
  const settings = await fetched(given, options);
  await checkOutput(settings.out, settings);
  await locate(settings.data);
  if (settings.cluster?.on.kind === 'ray') await connectRay(settings.cluster.on.address);
  const state = stateDirectory === undefined ? stateFolderOf(settings.data) : stateFolderAt(stateDirectory);
  await prepareStateFolder(state);
  const storage = await openJourneyStorage(state, settings.cluster);
  try {
    const study = await nameStudy(storage, given.data, settings.study);
    const record = newRecord(study, settings);
    return await withLock(state, study, async () => {
      await makeStudy(storage, study);
      await saveRecord(state.study(study), record);
      await giveRanges(storage, study, settings);
      try {
        return await go({ state, storage, record, cluster: settings.cluster }, options, false);
      } catch (error) {
        if (record.plan === undefined && !(error instanceof Interrupted)) await forget(state, storage, study);
        throw error;
      }
    });
  } finally {
    await storage.close();
  }
}

/**
 * Goes on with a study that was stopped, at any moment and in any way; for a finished one returns what it found.
 * @throws UserError where there is no such study, or its data or model have changed
 * @throws Interrupted when the signal is raised
 */
export async function resume(options: ResumeOptions = {}): Promise<JourneyResult> {
  const state = stateFolderAt(options.stateDirectory ?? '.goldilocks');
  const cluster = options.study === undefined ? undefined : await clusterOf(state, options.study);
  const storage = await openExisting(state, cluster);
  try {
    const study = await findStudyName(storage, state, options.study);
    return await withLock(state, study, async () => {
      const record = await loadRecord(state.study(study));
      if (record === undefined)
        throw new UserError(`The study «${study}» has no journey to go on with in ${state.study(study)}.`);
      record.settings = relocate(record.settings, record.workingDirectory);
      record.workingDirectory = process.cwd();
      if (record.report !== undefined) return { study, output: record.settings.out, report: record.report };
      await fetched(record.settings, options);
      await checkOutput(record.settings.out, record.settings);
      return go({ state, storage, record, cluster }, options, true);
    });
  } finally {
    await storage.close();
  }
}

/** Ranges that a person wants are commands that are there before the search. */
async function giveRanges(storage: Storage, study: string, { ranges = {} }: JourneySettings): Promise<void> {
  const found = await storage.findStudy(study);
  for (const [name, range] of Object.entries(ranges)) {
    await giveCommand(storage, found!.id, { command: { kind: 'range', name, ...range }, by: 'library' });
  }
}

/** A study that never had a plan, as its data or model could not be used, is not one to go on with. */
async function forget(state: StateFolder, storage: Storage, study: string): Promise<void> {
  await deleteStudy(storage, study);
  await rm(state.study(study), { recursive: true, force: true });
}

async function openExisting(state: StateFolder, cluster: ClusterOptions | undefined): Promise<Storage> {
  await prepareStateFolder(state);
  return openJourneyStorage(state, cluster);
}

/** How a study is shared; undefined for one of this machine alone. The record keeps no password. */
async function clusterOf(state: StateFolder, study: string): Promise<ClusterOptions | undefined> {
  const cluster = (await loadRecord(state.study(study)))?.settings.cluster;
  return cluster && { ...cluster, storage: process.env.GOLDILOCKS_STORAGE ?? cluster.storage };
}

function newRecord(study: string, settings: JourneySettings): JourneyRecord {
  return {
    format: journeyFormat,
    study,
    createdAt: new Date().toISOString(),
    workingDirectory: process.cwd(),
    settings: keptSettings(settings),
    spentSeconds: 0,
    stageSeconds: {},
    peakMemoryBytes: 0,
    tokens: 0,
    warnings: [],
    confirmRuns: [],
  };
}

function keptSettings({ cluster, ...settings }: JourneySettings): JourneySettings {
  if (cluster === undefined) return settings;
  return { ...settings, cluster: { ...cluster, storage: withoutPassword(cluster.storage) } };
}

async function withLock<Result>(state: StateFolder, study: string, work: () => Promise<Result>): Promise<Result> {
  const lock = await lockStudy(state, study);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

interface Opened {
  state: StateFolder;
  storage: Storage;
  record: JourneyRecord;
  /** With the password that the record does not keep. */
  cluster?: ClusterOptions;
}

async function go(opened: Opened, control: RunControl, resumed: boolean): Promise<JourneyResult> {
  const { record } = opened;
  const { study, settings } = record;
  const log = new EventLog(opened.state.study(study));
  const emit = (event: JourneyEvent) => {
    log.append(event);
    control.onEvent?.(event);
  };
  const context = await contextFor(opened, control, emit);
  emit(startedEvent(record, resumed));
  try {
    const report = await runJourney(context);
    emit({ type: 'journey-finished', seconds: context.clock.elapsed, output: settings.out });
    return { study, output: settings.out, report };
  } catch (error) {
    const explained = explain(error, context, emit);
    if (!(explained instanceof Interrupted)) emit({ type: 'journey-failed', message: String(messageOf(explained)) });
    throw explained;
  } finally {
    await context.endPreparation();
    log.close();
  }
}

function messageOf(error: unknown): unknown {
  return error instanceof Error ? error.message : error;
}

/** The engine's classes for input that cannot be used. */
const inputErrors = ['DataError', 'NothingToLearnError', 'SettingsError', 'TextError', 'ModelFormatError'];

/** What a person is told of an end that was not reached. */
function explain(error: unknown, context: JourneyContext, emit: (event: JourneyEvent) => void): unknown {
  const { record, state, signal } = context;
  if (signal?.aborted && !(error instanceof UserError)) {
    const resumeCommand = `goldilocks resume ${quote(record.study)} --state ${quote(state.root)}`;
    emit({ type: 'interrupted', resumeCommand });
    return new Interrupted(record.study, resumeCommand);
  }
  if (error instanceof TrialError) {
    const exitCode = inputErrors.includes(error.kind) ? 2 : 1;
    return new UserError(error.message, { exitCode, cause: error });
  }
  if (error instanceof TrialFailure || error instanceof StorageError) {
    return new UserError(error.message, { exitCode: 1, cause: error });
  }
  return error;
}

async function contextFor(
  { state, storage, record, cluster }: Opened,
  { engine = localEngine({ cacheDirectory: state.cache }), signal }: RunControl,
  emit: (event: JourneyEvent) => void,
): Promise<JourneyContext> {
  let preparation: TrialProcess | undefined;
  const clock = new Clock(record.spentSeconds, engine.now);
  const study = await loadStudy({ storage, name: record.study });
  const save = () => saveRecord(state.study(record.study), record);
  return {
    record,
    state,
    engine,
    storage,
    cluster,
    signal,
    emit,
    clock,
    study,
    steering:
      cluster === undefined
        ? new StudySteering({ storage, studyId: study.id, record, clock, saveRecord: save, emit })
        : undefined,
    preparation() {
      preparation ??= engine.open('the preparation');
      return preparation;
    },
    async endPreparation() {
      await preparation?.close();
      preparation = undefined;
    },
  };
}

function startedEvent({ settings }: JourneyRecord, resumed: boolean): JourneyEvent {
  const { minutes, trials } = budgetOf(settings);
  return {
    type: 'journey-started',
    data: settings.data,
    model: settings.model ?? defaultModel,
    output: settings.out,
    seed: settings.seed ?? 0,
    budgetSeconds: minutes === undefined ? null : 60 * minutes,
    budgetTrials: trials ?? null,
    resumed,
  };
}
