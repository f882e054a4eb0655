// One run on one study at a time: a lock file naming the process that holds it.
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { UserError } from '../errors.js';
import { writeError } from './file-errors.js';

interface Holder {
  pid: number;
  host: string;
  /** When that process started, as the kernel counts it: tells it from a later process of the same number. */
  started: string | null;
}

/** A lock that is held. */
export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes the lock file at `path`, or throws UserError naming the process that has it. A lock left by a process that is
 * gone is taken over. `what` names the thing locked, for the message.
 */
export async function acquireLock(path: string, what: string): Promise<Lock> {
  const own: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await createExclusively(path, JSON.stringify(own))) return heldLock(path, own);
    const holder = await readHolder(path);
    if (holder !== undefined && isAlive(holder)) throw new UserError(busyMessage(what, path, holder), { exitCode: 1 });
    await rm(path, { force: true });
  }
  throw new UserError(`Could not lock ${what}: ${path} keeps changing. Try again in a moment.`, { exitCode: 1 });
}

/** The process that holds the lock at `path`, if there is one alive on this machine or another. */
export async function lockHolder(path: string): Promise<{ pid: number; host: string } | undefined> {
  const holder = await readHolder(path);
  return holder !== undefined && isAlive(holder) ? { pid: holder.pid, host: holder.host } : undefined;
}

function busyMessage(what: string, path: string, holder: Holder): string {
  const where = holder.host === hostname() ? '' : ` on ${holder.host}`;
  return (
    `Another run is working on ${what} (process ${holder.pid}${where}). Wait for it, stop it with Ctrl-C, ` +
    `or start a study of another name with --study; if no such process runs, delete ${path}.`
  );
}

/** Writes the file whole and only then gives it its name, which fails where the name is taken. */
async function createExclusively(path: string, content: string): Promise<boolean> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, content, { flag: 'wx' });
    await link(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw writeError(path, error);
  } finally {
    await rm(temporary, { force: true });
  }
}

function heldLock(path: string, own: Holder): Lock {
  const onExit = () => rmSync(path, { force: true });
  process.once('exit', onExit);
  return {
    async release() {
      process.removeListener('exit', onExit);
      const holder = await readHolder(path);
      if (holder?.pid === own.pid && holder.started === own.started) await rm(path, { force: true });
    },
  };
}

/** Undefined where the file is gone or not a lock: both mean that nobody holds it. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(path, 'utf8')) as Partial<Holder> | null;
    if (typeof holder?.pid !== 'number' || typeof holder.host !== 'string') return undefined;
    return { pid: holder.pid, host: holder.host, started: holder.started ?? null };
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true; // cannot be known from here: better to ask than to break a run
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return holder.started === null || startOf(holder.pid) === holder.started;
}

/** The start time of a process in clock ticks since boot (field 22 of /proc/PID/stat); null where there is no /proc. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null; // other systems, or the process is gone
  }
}
