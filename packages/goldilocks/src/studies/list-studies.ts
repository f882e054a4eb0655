// The studies of a state folder, with how far they are.
import { bestOf } from '@goldilocks/study';
import { openStorage } from '../journey/open-study.js';
import { loadRecord } from '../journey/record.js';
import { quote } from '../journey/report/command.js';
import { loadRecord as loadSearch } from '../optimize/record.js';
import { stateFolderAt } from '../state/folder.js';
import { relocate } from '../state/relocate.js';
import { labelsOf } from './labels.js';

export interface StudySummary {
  name: string;
  /** Whether a verb of ours searches in it, or it was imported or written by another program. */
  made: 'here' | 'elsewhere';
  /** ISO 8601; for one made elsewhere when its first trial was started, empty where none was. */
  createdAt: string;
  /** The data file; of a search over a command's flags, the command. */
  data: string;
  /** The folder of the result; of a search over a command's flags, of its trials. */
  output: string;
  finished: boolean;
  /** Trials started. */
  trials: number;
  /** The best objective of a trial that ran to its end; null with several objectives. */
  best: { trial: number; value: number } | null;
}

/** Oldest first, without those that were deleted. Throws UserError where the file of studies cannot be used. */
export async function listStudies(stateDirectory: string): Promise<StudySummary[]> {
  const state = stateFolderAt(stateDirectory);
  const storage = await openStorage(state);
  try {
    const summaries: StudySummary[] = [];
    for (const { id, name, directions, userAttributes } of await storage.getStudies()) {
      if (labelsOf(userAttributes).deletedUntil !== null) continue;
      const record = await loadRecord(state.study(name));
      const settings = record && relocate(record.settings, record.workingDirectory);
      const trials = (await storage.getTrials(id)).filter((trial) => trial.state !== 'WAITING');
      const best = directions.length === 1 ? bestOf(trials, directions[0]!) : undefined;
      const search = record === undefined ? await loadSearch(state.study(name)) : undefined;
      summaries.push({
        name,
        made: record || search ? 'here' : 'elsewhere',
        createdAt: (record ?? search)?.createdAt ?? trials[0]?.startedAt?.toISOString() ?? '',
        data: settings?.data ?? search?.settings.command.map(quote).join(' ') ?? '',
        output: settings?.out ?? (search === undefined ? '' : state.study(name)),
        finished: record?.report !== undefined || search?.finished === true,
        trials: trials.length,
        best: best === undefined ? null : { trial: best.number, value: best.values![0]! },
      });
    }
    return summaries;
  } finally {
    await storage.close();
  }
}
