// Directories that are being written or removed carry the process's number, so that a later run can tell what was left over.

import { join } from 'node:path';
import type { FileOperations } from './file-operations.js';

const pattern = /^\.partial-(\d+)-[0-9a-f]+$/;

export function temporaryName(unique: string): string {
  return `.partial-${process.pid}-${unique}`;
}

/** Removes what processes that are gone (or this one, which writes one snapshot at a time) left behind. */
export async function removeLeftovers(files: FileOperations, directory: string): Promise<void> {
  for (const name of await files.list(directory)) {
    const owner = pattern.exec(name)?.[1];
    if (owner === undefined) continue;
    if (Number(owner) === process.pid || !isAlive(Number(owner))) await files.remove(join(directory, name));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
