// What is kept of a search beside its study, so that it can go on: `optimize.json`.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { writeFileAtomic } from '../state/atomic.js';
import type { CommandPlace, OptimizeSettings } from './options.js';

const format = 1;
const fileName = 'optimize.json';

export interface OptimizeRecord {
  readonly format: typeof format;
  readonly study: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Where the command starts. */
  readonly workingDirectory: string;
  readonly settings: OptimizeSettings;
  /** The database; undefined for the state folder's own. */
  readonly storage?: string;
  /** Undefined for this machine. */
  readonly place?: CommandPlace;
  /** Seconds spent, over all sittings. */
  readonly spentSeconds: number;
  readonly finished: boolean;
  /** Commands that have changed the budget. */
  readonly extensions?: readonly string[];
}

export function newRecord(
  fields: Omit<OptimizeRecord, 'format' | 'createdAt' | 'spentSeconds' | 'finished'>,
): OptimizeRecord {
  return { format, createdAt: new Date().toISOString(), spentSeconds: 0, finished: false, ...fields };
}

/** Replaces it in one step. */
export function saveRecord(folder: string, record: OptimizeRecord): Promise<void> {
  return writeFileAtomic(join(folder, fileName), `${JSON.stringify(record, null, 2)}\n`);
}

/** Undefined where the study is no search over a command. Throws UserError for one of another version or damaged. */
export async function loadRecord(folder: string): Promise<OptimizeRecord | undefined> {
  const path = join(folder, fileName);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const record = parse(text);
  if (record?.format === format) return record;
  throw new UserError(`${path} is damaged, or was written by another version of Goldilocks.`, { exitCode: 1 });
}

function parse(text: string): OptimizeRecord | undefined {
  try {
    return JSON.parse(text) as OptimizeRecord;
  } catch {
    return undefined; // said by the caller
  }
}
