// Finds and signals a command with everything that it started.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** Environment variable that a command's processes inherit: those that left its process group are found by it. */
export const MARK = 'GOLDILOCKS_COMMAND';

/** A command as it was started: the leader of its own process group, and the value of its mark. */
export interface Started {
  readonly pid: number;
  readonly mark: string;
}

/** Whether any process of the command is left. */
export function isAnyAlive(command: Started): boolean {
  return isGroupAlive(command.pid) || strays(command.mark).length > 0;
}

/** Signals all processes of the command; those that are gone are no error. */
export async function signalAll(command: Started, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (process.platform === 'win32') return killTree(command.pid, signal);
  send(-command.pid, signal);
  for (const pid of strays(command.mark)) send(pid, signal);
}

/** Asks all processes of the command to end, and after `graceMs` ends them. Resolves when none is left. */
export async function endAll(command: Started, graceMs: number | (() => number)): Promise<void> {
  const began = performance.now();
  const grace = typeof graceMs === 'function' ? graceMs : () => graceMs;
  if (grace() > 0) await signalAll(command, 'SIGTERM');
  // A process in an uninterruptible wait outlives SIGKILL; nobody should wait for it for ever.
  const patience = 10_000;
  for (let elapsed = 0; isAnyAlive(command) && elapsed < grace() + patience; elapsed = performance.now() - began) {
    if (elapsed >= grace()) await signalAll(command, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // there, but not ours
  }
}

function isGroupAlive(pid: number): boolean {
  if (process.platform !== 'linux') return send(process.platform === 'win32' ? pid : -pid, 0);
  // A group of zombies alone still takes signals; they are gone for every purpose but their parent's.
  return send(-pid, 0) && linuxProcesses().some((found) => found.group === pid && found.state !== 'Z');
}

interface LinuxProcess {
  readonly pid: number;
  readonly group: number;
  readonly state: string;
}

function linuxProcesses(): LinuxProcess[] {
  return readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? readProc(name, 'stat') : undefined;
    if (stat === undefined) return [];
    const [state = '', , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [{ pid: Number(name), group: Number(group), state }];
  });
}

/** Processes that carry the mark, wherever they went (`setsid`, `nohup`, a daemon). Only Linux shows environments. */
function strays(mark: string): number[] {
  if (process.platform !== 'linux') return [];
  const wanted = `${MARK}=${mark}`;
  return linuxProcesses()
    .filter(({ pid, state }) => state !== 'Z' && readProc(String(pid), 'environ')?.split('\0').includes(wanted))
    .map(({ pid }) => pid);
}

function readProc(pid: string, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return undefined; // ended meanwhile, or another user's
  }
}

async function killTree(pid: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const force = signal === 'SIGKILL' ? ['/F'] : [];
  // Without /F taskkill refuses console programs, and with it those that are gone: both are as good as asked.
  await promisify(execFile)('taskkill', ['/PID', String(pid), '/T', ...force]).catch(() => undefined);
}
