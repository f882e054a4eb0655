// The studies of a state folder, with how far they are.
import { openStorage } from '../journey/open-study.js';
import { loadRecord } from '../journey/record.js';
import { stateFolderAt } from '../state/folder.js';
import { relocate } from '../state/relocate.js';

export interface StudySummary {
  name: string;
  /** ISO 8601; empty for a study that has no journey here. */
  createdAt: string;
  data: string;
  output: string;
  finished: boolean;
  /** Trials started. */
  trials: number;
  /** The lowest objective of a trial that ran to its end. */
  best: { trial: number; value: number } | null;
}

/** Oldest first. Throws UserError where the file of studies cannot be used. */
export async function listStudies(stateDirectory: string): Promise<StudySummary[]> {
  const state = stateFolderAt(stateDirectory);
  const storage = await openStorage(state);
  try {
    const summaries: StudySummary[] = [];
    for (const { id, name } of await storage.getStudies()) {
      const record = await loadRecord(state.study(name));
      const settings = record && relocate(record.settings, record.workingDirectory);
      const trials = (await storage.getTrials(id)).filter((trial) => trial.state !== 'WAITING');
      const complete = trials.filter((trial) => trial.state === 'COMPLETE' && trial.values !== null);
      const best = complete.sort((a, b) => a.values![0]! - b.values![0]!)[0];
      summaries.push({
        name,
        createdAt: record?.createdAt ?? '',
        data: settings?.data ?? '',
        output: settings?.out ?? '',
        finished: record?.report !== undefined,
        trials: trials.length,
        best: best === undefined ? null : { trial: best.number, value: best.values![0]! },
      });
    }
    return summaries;
  } finally {
    await storage.close();
  }
}
