// A trial's folder: what it was started with, what it said, how it ended.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonValue } from '@goldilocks/study';
import { writeFileAtomic } from '../state/atomic.js';
import { writeError } from '../state/file-errors.js';
import type { CommandExit } from './launcher.js';

export const paramsFileName = 'params.json';

/** Makes it, with `command.json`: the program, its arguments and the variables given to it. */
export async function makeTrialFolder(
  folder: string,
  command: { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> },
): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw writeError(folder, error);
  });
  await writeFileAtomic(join(folder, 'command.json'), `${JSON.stringify(command, null, 2)}\n`);
}

export interface TrialResult {
  readonly trial: number;
  readonly state: 'COMPLETE' | 'PRUNED' | 'FAIL';
  readonly params: Readonly<Record<string, JsonValue>>;
  readonly values?: readonly number[];
  /** Why it was stopped or failed. */
  readonly reason?: string;
  readonly exit: CommandExit;
  readonly seconds: number;
}

export function writeTrialResult(folder: string, result: TrialResult): Promise<void> {
  return writeFileAtomic(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
}
