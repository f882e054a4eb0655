// Why a trial gave no value, from how its command ended and what it said last.
import { stripControl } from '../terminal/strip-control.js';
import type { CommandExit } from './launcher.js';

/** `diverged`: its value was not a number. `metric`: it ended well but without its value. `interrupted`: by us, and to be run again. */
export const trialFailureKinds = [
  'error',
  'out-of-memory',
  'killed',
  'lost',
  'timeout',
  'diverged',
  'metric',
  'interrupted',
] as const;
export type TrialFailureKind = (typeof trialFailureKinds)[number];

export interface CommandFailure {
  readonly kind: TrialFailureKind;
  /** A sentence for the person. */
  readonly message: string;
}

/** What frameworks say when an accelerator's or the machine's memory is full. */
const memoryMessages =
  /out of memory|outofmemory|cannot allocate memory|can't allocate memory|failed to allocate|allocation failed|bad_alloc|resource_exhausted|cuda_error_out_of_memory|\bMemoryError\b|insufficient memory/i;

/** Kept of each stream for judging a failure: a traceback, not the log. */
const LAST_LINES = 40;

/** The last lines of a command. */
export class LastWords {
  readonly #lines: string[] = [];

  add(line: string): void {
    this.#lines.push(line.length > 2000 ? line.slice(0, 2000) : line);
    if (this.#lines.length > LAST_LINES) this.#lines.shift();
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** The line that most likely says what went wrong: the last that is no progress bar. */
  get last(): string {
    const told = this.#lines
      .map((line) => stripControl(line).trim())
      .filter((line) => line !== '' && !/\d+%\|/.test(line));
    const error = told.findLast((line) => /^[\w.]*(Error|Exception|Interrupt)\b/.test(line));
    return error ?? told.at(-1) ?? '';
  }
}

/** Null for a command that ended well. */
export function failureOfExit(exit: CommandExit, words: LastWords): CommandFailure | null {
  if (exit.kind === 'exited' && exit.code === 0) return null;
  if (exit.kind === 'lost') return { kind: 'lost', message: `It was lost: ${exit.reason.replace(/\.$/, '')}.` };
  const last = words.last === '' ? '' : ` Its last words: ${words.last.slice(0, 300)}`;
  if (exit.outOfMemory || words.lines.some((line) => memoryMessages.test(line))) {
    return { kind: 'out-of-memory', message: `It ran out of memory (${endOf(exit)}).${last}` };
  }
  // 128 + 9 is how shells and containers report a child that was killed.
  if ((exit.kind === 'signalled' && exit.signal === 'SIGKILL') || (exit.kind === 'exited' && exit.code === 137)) {
    return {
      kind: 'out-of-memory',
      message: `It was killed (${endOf(exit)}), as the system does for want of memory.${last}`,
    };
  }
  if (exit.kind === 'signalled') return { kind: 'killed', message: `It was ended by ${exit.signal}.${last}` };
  return { kind: 'error', message: `It ended with code ${exit.code}.${last}` };
}

function endOf(exit: Exclude<CommandExit, { kind: 'lost' }>): string {
  return exit.kind === 'exited' ? `code ${exit.code}` : exit.signal;
}
