// Where refine starts: the run a study delivered, or one of `train`.
import { UserError } from '../errors.js';
import type { FinalRun } from '../journey/final-runs.js';
import { loadRecord } from '../journey/record.js';
import { recordedRetention, runRecordOf } from '../journey/run-record.js';
import type { RunRecord } from '../refine/run-record.js';
import type { StateFolder } from '../state/folder.js';
import { relocate } from '../state/relocate.js';
import { listStudies } from '../studies/list-studies.js';
import type { TrainSettings } from './options.js';
import { listRunFiles, loadRunFile, type RunFile } from './run-file.js';

export interface RefineStart {
  /** Of the study or the run. */
  name: string;
  options: TrainSettings;
  record: RunRecord;
  /** Of the run, with its checkpoint. */
  folder: string;
}

/**
 * The start of that name, or the newest finished one.
 * @throws UserError where there is none, or it is not finished
 */
export async function refineStart(state: StateFolder, wanted: string | undefined): Promise<RefineStart> {
  const name = wanted ?? (await newest(state));
  const file = await loadRunFile(state, name);
  const start = file === undefined ? await fromStudy(state, name) : await fromRun(state, file);
  if (start !== undefined) return start;
  throw new UserError(`«${name}» left no finished run to look at. Go on with it: goldilocks resume ${name}`);
}

async function newest(state: StateFolder): Promise<string> {
  const runs = (await listRunFiles(state)).filter(({ result }) => result !== undefined);
  const studies = (await listStudies(state.root)).filter(({ finished }) => finished);
  const [first] = [...runs, ...studies].sort((a, b) => (a.createdAt > b.createdAt ? -1 : 1));
  if (first !== undefined) return first.name;
  throw new UserError(`Nothing in ${state.root} is finished yet. Start with: goldilocks train DATA`);
}

async function fromRun(state: StateFolder, file: RunFile): Promise<RefineStart | undefined> {
  const { name, result, retention } = file;
  const options = relocate(file.options, file.workingDirectory);
  if (result === undefined) return undefined;
  const folder = state.study(name);
  const train = { file: '', indices: Array.from({ length: result.trainExamples }, (_, i) => i) };
  const run: FinalRun = { trial: 0, settings: result.settings, folder, loss: result.validationLoss, train };
  const record = await runRecordOf(run, result.layers, retention);
  return record && { name, options, record, folder };
}

async function fromStudy(state: StateFolder, name: string): Promise<RefineStart | undefined> {
  const journey = await loadRecord(state.study(name));
  if (journey === undefined) throw new UserError(`There is no study and no run «${name}» in ${state.root}.`);
  const { final, test, model, settings, workingDirectory } = journey;
  if (final === undefined || test === undefined || model === undefined) return undefined;
  const record = await runRecordOf(final.found, model.layers, recordedRetention(test));
  const { folder } = final.found;
  return record && { name, options: relocate(settings, workingDirectory), record, folder };
}
