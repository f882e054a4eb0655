// Searches the flags of any training command: `optimizeCommand` begins a study, `resumeOptimize` goes on with one.
import { rm } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import type { ObjectiveSpec } from '@goldilocks/protocol';
import { createStudy, deleteStudy, type JsonValue, loadStudy, type Storage, type Study } from '@goldilocks/study';
import { UserError } from '../errors.js';
import { EventLog } from '../events/event-log.js';
import { lockStudy, nameStudy } from '../journey/open-study.js';
import { prepareStateFolder, type StateFolder, stateFolderAt } from '../state/folder.js';
import { AllowedSampler } from '../steer/allowed-sampler.js';
import { prunerOf, samplerOf } from './choose.js';
import { planCommand } from './command/plan-command.js';
import { openDatabase, withoutPassword } from './database.js';
import type { OptimizeEvent } from './events.js';
import { asJourneyEvent } from './journey-events.js';
import { LaunchError } from './launch-error.js';
import { LocalLauncher } from './local/local-launcher.js';
import {
  defaultSeed,
  type OptimizeControl,
  type OptimizeOptions,
  type OptimizeSettings,
  type ResumeSearchOptions,
} from './options.js';
import { loadRecord, newRecord, type OptimizeRecord, saveRecord } from './record.js';
import { type OptimizeResult, resultOf } from './result.js';
import { Search } from './search.js';
import { SearchSteering, type Steered } from './search-steering.js';
import { recommendedParams } from './space/search-space.js';

/**
 * Runs the command with one set of flags after another until time or trials are used up.
 * @throws UserError for a space, a command or a state folder that cannot be used, and for a command that keeps failing
 * @throws Interrupted when the signal was raised; everything is saved
 */
export async function optimizeCommand(options: OptimizeOptions): Promise<OptimizeResult> {
  const { study, stateDirectory = '.goldilocks', storage: database, ...asked } = options;
  const { signal, onEvent, launcher, place, ...settings } = asked;
  const command = planCommand(settings.command, settings.space, settings);
  objectivesOf(settings);
  checkDevices(settings);
  const state = stateFolderAt(resolve(stateDirectory));
  await prepareStateFolder(state);
  const storage = await openDatabase(state, database);
  try {
    const isJoined = database !== undefined && study !== undefined && (await storage.findStudy(study)) !== null;
    const name = isJoined ? study : await nameStudy(storage, studyStem(command.argv), study);
    const kept = database === undefined ? undefined : withoutPassword(database);
    const record = newRecord({ study: name, workingDirectory: process.cwd(), settings, storage: kept, place });
    return await search(storage, state, record, { signal, onEvent, launcher }).catch(async (error: unknown) => {
      if (error instanceof LaunchError && !isJoined) await forget(storage, state, name);
      throw error;
    });
  } finally {
    await storage.close();
  }
}

/** Nothing is kept of a search whose command is not there: it could not begin. */
async function forget(storage: Storage, state: StateFolder, name: string): Promise<void> {
  const study = await loadStudy({ storage, name });
  if ((await study.trials()).some(({ state: ended }) => ended === 'COMPLETE' || ended === 'PRUNED')) return;
  await deleteStudy(storage, name);
  await rm(state.study(name), { recursive: true, force: true });
}

function checkDevices({ devices = [], concurrency = devices.length }: OptimizeSettings): void {
  if (devices.length === 0 || concurrency <= devices.length) return;
  throw new UserError(
    `${concurrency} commands at a time need as many devices, but ${devices.length === 1 ? 'one is' : `${devices.length} are`} given. ` +
      'Name one for each; several commands may share one, as in --devices 0,0.',
  );
}

/** Goes on with a study after a stop of any kind; trials that were running then are run again. */
export async function resumeOptimize(options: ResumeSearchOptions): Promise<OptimizeResult> {
  const { study, stateDirectory, storage: database, signal, onEvent, launcher, place, ...changes } = options;
  const state = stateFolderAt(stateDirectory);
  const record = await loadRecord(state.study(study));
  if (record === undefined) throw new UserError(`There is no search «${study}» in ${state.root}.`);
  const settings = { ...record.settings, ...defined(changes) };
  checkDevices(settings);
  const storage = await openDatabase(state, database ?? record.storage);
  try {
    const again = { ...record, settings, place: place ?? record.place, finished: false };
    return await search(storage, state, again, { signal, onEvent, launcher });
  } finally {
    await storage.close();
  }
}

async function search(
  storage: Storage,
  state: StateFolder,
  record: OptimizeRecord,
  control: OptimizeControl,
): Promise<OptimizeResult> {
  // A shared study is for several at a time: there heartbeats say who works on what.
  const lock = record.storage === undefined ? await lockStudy(state, record.study) : undefined;
  const launcher = control.launcher ?? new LocalLauncher();
  let log: EventLog | undefined;
  try {
    let steering: SearchSteering | undefined;
    const study = await openOrCreate(storage, record, (name) => steering?.allowed(name));
    await saveRecord(state.study(record.study), record);
    // Of a shared study several processes may write; the one that has the lock is alone.
    log = lock === undefined ? undefined : new EventLog(state.study(record.study));
    const onEvent = (event: OptimizeEvent) => {
      const told = asJourneyEvent(event);
      if (told !== undefined) log?.append(told);
      control.onEvent?.(event);
    };
    const steer = (steered: Steered) => {
      steering = new SearchSteering({ storage, studyId: study.id }, steered);
      return steering;
    };
    const search = new Search({ ...control, onEvent, study, state, record, launcher, ...(lock && { steer }) });
    await search.run();
    return await resultOf(study, search.record, state);
  } catch (error) {
    if (error instanceof UserError) log?.append({ type: 'journey-failed', message: error.message });
    throw error;
  } finally {
    log?.close();
    if (control.launcher === undefined) await launcher.close();
    await lock?.release();
  }
}

async function openOrCreate(
  storage: Storage,
  { study: name, settings }: OptimizeRecord,
  allowed: (name: string) => readonly JsonValue[] | undefined,
) {
  const { sampler = 'auto', pruner = 'median', seed = defaultSeed, space } = settings;
  const objectives = objectivesOf(settings);
  const isNew = (await storage.findStudy(name)) === null;
  const study = await createStudy({
    storage,
    name,
    directions: objectives.map(({ direction = 'minimize' }) => direction),
    sampler: new AllowedSampler(samplerOf(sampler, seed), allowed, seed),
    pruner: prunerOf(objectives.length > 1 ? 'none' : pruner),
    loadIfExists: true,
  });
  if (!isNew) {
    await checkSame(study, settings);
    return study;
  }
  await study.setUserAttribute(SPACE_KEY, spaceJson(settings));
  await study.setMetricNames(objectives.map(({ metric }) => metric));
  const recommended = recommendedParams(planCommand(settings.command, space, settings).space.parameters);
  if (recommended !== null) await study.enqueue(recommended, { skipIfExists: true });
  return study;
}

/** By which others that join a study see that they mean the same. */
const SPACE_KEY = 'goldilocks:space';

function spaceJson({ space }: OptimizeSettings): JsonValue {
  return JSON.stringify({ parameters: space.parameters, objectives: space.objectives });
}

async function checkSame(study: Study, settings: OptimizeSettings): Promise<void> {
  const before = (await study.userAttributes())[SPACE_KEY];
  if (before === undefined || before === spaceJson(settings)) return;
  throw new UserError(
    `The study «${study.name}» searches another space, or another metric. Join it with the same, or choose another name with --study.`,
  );
}

/** @throws UserError where it is not said what to improve */
function objectivesOf({ space }: OptimizeSettings): readonly ObjectiveSpec[] {
  if (space.objectives !== undefined) return space.objectives;
  throw new UserError(
    'It is not said what to improve. Name the metric with --metric, such as --metric eval_loss, or in the space file under objectives.',
  );
}

/** The script's name, or else the program's. */
function studyStem(argv: readonly string[]): string {
  const script = argv.find((argument) => /\.(py|[cm]?[jt]s|sh|r|jl)$/i.test(argument)) ?? argv[0]!;
  return basename(script, extname(script));
}

function defined<Values extends object>(values: Values): Partial<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Values>;
}
