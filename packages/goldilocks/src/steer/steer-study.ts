// Gives a command to a study from outside the process that works on it, and waits a little for what comes of it.
import type { CommandRecord, SteeringCommand } from '@goldilocks/protocol/page';
import { findStudyName, openJourneyStorage, workerOf } from '../journey/open-study.js';
import { loadRecord } from '../journey/record.js';
import { loadRecord as loadSearch } from '../optimize/record.js';
import { stateFolderAt } from '../state/folder.js';
import { checkCommand } from './check-command.js';
import { giveCommand, readCommands } from './commands.js';

export interface SteerOptions {
  readonly command: SteeringCommand;
  /** Default: the newest study. */
  readonly study?: string;
  readonly stateDirectory: string;
  readonly by?: CommandRecord['by'];
  /** How long to wait for the search to come to it. Default 5 seconds. */
  readonly waitSeconds?: number;
}

export interface Steered {
  readonly study: string;
  readonly record: CommandRecord;
  /** Whether a process works on the study, so that the command is taken up soon. */
  readonly isWorkedOn: boolean;
}

const lookMs = 200;

/** @throws UserError where there is no such study, or the command makes no sense for it */
export async function steer(options: SteerOptions): Promise<Steered> {
  const state = stateFolderAt(options.stateDirectory);
  const shared =
    options.study === undefined ? undefined : (await loadRecord(state.study(options.study)))?.settings.cluster;
  const storage = await openJourneyStorage(state, shared);
  try {
    const name = await findStudyName(storage, state, options.study);
    const folder = state.study(name);
    const found = (await storage.findStudy(name))!;
    const trials = (await storage.getTrials(found.id)).length;
    const [journey, search] = [await loadRecord(folder), await loadSearch(folder)];
    checkCommand(options.command, { study: name, trials, journey, search });
    const { command, by = 'library' } = options;
    let record = await giveCommand(storage, found.id, { command, by });
    const isWorkedOn = (await workerOf(folder)) !== undefined;
    const until = Date.now() + 1000 * (options.waitSeconds ?? 5);
    while (isWorkedOn && record.outcome === null && Date.now() < until) {
      await new Promise((done) => setTimeout(done, lookMs));
      const { systemAttributes } = await storage.getStudy(found.id);
      record = readCommands(systemAttributes).find(({ id }) => id === record.id) ?? record;
    }
    return { study: name, record, isWorkedOn };
  } finally {
    await storage.close();
  }
}
