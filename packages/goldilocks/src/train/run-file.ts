// What is known of a single run, on disk beside its checkpoint.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import type { RunRecord } from '../refine/run-record.js';
import { writeFileAtomic } from '../state/atomic.js';
import type { StateFolder } from '../state/folder.js';
import { readJson } from '../state/json.js';
import type { TrainResult, TrainSettings } from './options.js';

export const runFormat = 1;

/** A run of `train`, started or finished. */
export interface RunFile {
  format: typeof runFormat;
  name: string;
  /** ISO 8601. */
  createdAt: string;
  /** Where relative paths of the options begin. */
  workingDirectory: string;
  options: TrainSettings;
  dataHash?: string;
  modelHash?: string;
  result?: TrainResult;
  /** Loss of each reference text, before and after. */
  retention?: RunRecord['retention'];
}

const fileName = 'run.json';

export async function saveRunFile(state: StateFolder, run: RunFile): Promise<void> {
  await writeFileAtomic(join(state.study(run.name), fileName), `${JSON.stringify(run)}\n`);
}

/** Undefined where there is no run of that name. Throws UserError for one of another version. */
export async function loadRunFile(state: StateFolder, name: string): Promise<RunFile | undefined> {
  const run = await readJson<RunFile>(join(state.study(name), fileName));
  if (run === undefined || run.format === runFormat) return run;
  throw new UserError(
    `The run «${name}» has format ${String(run.format)}; this version of Goldilocks reads format ${runFormat}. ` +
      'Go on with the version that made it, or start another run.',
  );
}

/** The runs of a state folder, oldest first. */
export async function listRunFiles(state: StateFolder): Promise<RunFile[]> {
  const entries = await readdir(state.runs, { withFileTypes: true }).catch(() => []); // no folder: no runs
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const runs = await Promise.all(names.map((name) => loadRunFile(state, name)));
  return runs.filter((run) => run !== undefined).sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

/** The first free name: the data's with `-run-` and a number. */
export async function nameRun(state: StateFolder, stem: string): Promise<string> {
  const taken = new Set(await readdir(state.runs).catch(() => []));
  for (let number = 1; ; number++) {
    const name = `${stem}-run-${number}`;
    if (!taken.has(name)) return name;
  }
}
