// How a training process can end other than well.
import { readFileSync } from 'node:fs';
import type { Failure } from '@goldilocks/protocol';

/** `killed`: from outside, or by us because it fell silent; `error`: it crashed of itself. */
export type FailureReason = Failure['kind'];

/** The process of a trial was lost. The trial has failed; the search goes on. */
export class TrialFailure extends Error {
  override readonly name = 'TrialFailure';

  constructor(
    readonly reason: FailureReason,
    message: string,
  ) {
    super(message);
  }
}

/** The process is well, but the operation threw. `kind` is the class of the error there. */
export class TrialError extends Error {
  override readonly name = 'TrialError';

  constructor(
    readonly kind: string,
    message: string,
    readonly remoteStack?: string,
  ) {
    super(message);
  }
}

export interface ExitEvidence {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The end of what the process wrote to stderr. */
  stderr: string;
  /** Processes that the kernel killed for memory in this control group, before and after; undefined where unknown. */
  oomKillsBefore?: number;
  oomKillsAfter?: number;
}

const memoryMessages = /heap out of memory|bad_alloc|failed to allocate memory|cannot allocate memory/i;

/** True for the message of an error that says memory ran out. */
export function speaksOfMemory(message: string): boolean {
  return memoryMessages.test(message) || /array buffer allocation failed/i.test(message);
}

/** Why a process ended, from its exit status, its last words and the kernel's count. */
export function explainExit(purpose: string, evidence: ExitEvidence): TrialFailure {
  const { code, signal, stderr, oomKillsBefore, oomKillsAfter } = evidence;
  const advice =
    'A smaller microBatchTokens or maxLength, more frozen layers, --gradient-checkpointing or --method lora needs less.';
  if (memoryMessages.test(stderr)) return new TrialFailure('out-of-memory', `${purpose} ran out of memory. ${advice}`);
  if (signal === 'SIGKILL') {
    const counted = oomKillsBefore !== undefined && oomKillsAfter !== undefined;
    if (counted && oomKillsAfter > oomKillsBefore) {
      return new TrialFailure('out-of-memory', `${purpose} was stopped by the system for want of memory. ${advice}`);
    }
    return new TrialFailure(
      'killed',
      `${purpose} was killed from outside (often the system, for want of memory). ${advice}`,
    );
  }
  const how = signal === null ? `ended with code ${code}` : `ended by ${signal}`;
  const last = lastWords(stderr);
  return new TrialFailure('error', `The process of ${purpose} ${how}${last === '' ? '.' : `: ${last}`}`);
}

/** The last lines before Node's stack traces. */
function lastWords(stderr: string): string {
  const [before = ''] = stderr.split(/^-+ (?:Native|JavaScript) stack trace/m);
  const lines = before.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .slice(-3)
    .join(' ');
}

/** The kernel's count of processes killed for memory in our control group (version 2); undefined elsewhere. */
export function oomKills(): number | undefined {
  try {
    const group = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/';
    const events = readFileSync(`/sys/fs/cgroup${group === '/' ? '' : group}/memory.events`, 'utf8');
    const count = /^oom_kill (\d+)$/m.exec(events)?.[1];
    return count === undefined ? undefined : Number(count);
  } catch {
    return undefined; // no such count on this system
  }
}
