// The runs whose models are tested: the recommended and the found settings, on all training examples.
import type { TrainingSettings } from '@goldilocks/trainer';
import type { Confirmation } from '../confirm/confirm.js';
import { UserError } from '../errors.js';
import { runTrial, type TrialSetting } from '../search/run-trial.js';
import { checkpointFolder, readRecord, updateRecord } from '../search/trial-files.js';
import type { ExamplesReference } from '../workers/operations.js';

export interface FinalRun {
  /** The trial whose settings it has; 0 = the recommended ones. */
  trial: number;
  settings: TrainingSettings;
  folder: string;
  /** Validation loss at the kept checkpoint. */
  loss: number;
  train: ExamplesReference;
}

export interface FinalOptions extends TrialSetting {
  /** The training examples of search and confirmation. */
  searched: ExamplesReference;
  /** Whether these are all there are. */
  isWhole: boolean;
  confirmation: Confirmation | undefined;
  settingsOfTrial(trial: number): TrainingSettings;
  /** Folder of a trial of the search, and of a final run. */
  folderOfTrial(trial: number): string;
  folderOfFinal(trial: number): string;
  signal?: AbortSignal;
}

/**
 * Where search and confirmation used all training examples, a final run has been made already, once with each seed:
 * the one with the lowest validation loss is taken, from the same number of seeds for both settings. Else both are
 * trained anew on all of them. Validation examples are never trained on: the best checkpoint is chosen by them.
 */
export async function finalRuns(options: FinalOptions): Promise<{ recommended: FinalRun; found: FinalRun }> {
  const winner = options.confirmation?.decision.winner ?? 0;
  const run = options.isWhole ? bestExisting : trainWhole;
  const recommended = await run(options, 0);
  const found = winner === 0 ? recommended : await run(options, winner);
  return { recommended, found };
}

async function bestExisting(options: FinalOptions, trial: number): Promise<FinalRun> {
  const settings = options.settingsOfTrial(trial);
  const record = await readRecord(options.folderOfTrial(trial));
  const loss = record?.evaluations.find(({ step }) => step === record.bestStep)?.loss ?? Number.POSITIVE_INFINITY;
  const searched = { trial, settings, folder: options.folderOfTrial(trial), loss, train: options.searched };
  const repeated = (options.confirmation?.runs ?? [])
    .filter((run) => run.trial === trial && run.loss !== null)
    .map(({ seed, folder, loss }) => ({
      trial,
      settings: { ...settings, seed },
      folder,
      loss: loss!,
      train: options.searched,
    }));
  return [searched, ...repeated].reduce((best, run) => (run.loss < best.loss ? run : best));
}

async function trainWhole(options: FinalOptions, trial: number): Promise<FinalRun> {
  const seed = options.confirmation?.seeds[0] ?? options.settingsOfTrial(trial).seed;
  const settings = { ...options.settingsOfTrial(trial), seed };
  const folder = options.folderOfFinal(trial);
  const outcome = await runTrial(options, {
    number: trial,
    purpose: 'final',
    settings,
    checkpointDirectory: checkpointFolder(folder),
    stopAtShare: 1,
    signal: options.signal,
  });
  if (outcome.type === 'interrupted') {
    await updateRecord(folder, { curve: outcome.curve });
    options.signal?.throwIfAborted();
  }
  if (outcome.type !== 'reached') {
    const reason = outcome.type === 'failed' ? outcome.reason : 'It was stopped.';
    throw new UserError(`The final run on all training examples failed. ${reason}`, { exitCode: 1 });
  }
  const { curve, summary, best, value, answers } = outcome;
  options.emit({ type: 'trial-finished', trial, value, seconds: summary.seconds });
  await updateRecord(folder, { curve, history: summary.history, best, answers });
  return { trial, settings, folder, loss: best.loss, train: options.train };
}
