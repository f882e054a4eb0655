// Writes a study's events beside it, a line each, for whoever watches: the page, other terminals, now or after a restart.
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { JourneyEvent } from '@goldilocks/protocol';
import { fileErrorCode } from '../state/file-errors.js';
import { formatLine, type LoggedEvent, parseLines } from './lines.js';
import { StepThinner, thinLog } from './thin.js';

export const eventsFile = 'events.jsonl';

export interface EventLogOptions {
  /** Above this many bytes the file is rewritten without what nobody misses. Default 4 MiB. */
  readonly limitBytes?: number;
  readonly now?: () => number;
}

/**
 * One writer at a time (a study's lock sees to that), any number of readers. Each event is in the system's hands when
 * `append` returns, so that a killed process loses none; a torn last line, as a power cut leaves it, is cut off.
 */
export class EventLog {
  readonly #path: string;
  readonly #limitBytes: number;
  readonly #now: () => number;
  readonly #thinner: StepThinner;
  #file: number;
  #size: number;
  #seq: number;
  #failed = false;

  /** Goes on with the study's log; makes the folder. */
  constructor(studyFolder: string, { limitBytes = 4 * 1024 * 1024, now = Date.now }: EventLogOptions = {}) {
    mkdirSync(studyFolder, { recursive: true });
    this.#path = join(studyFolder, eventsFile);
    this.#limitBytes = limitBytes;
    this.#now = now;
    this.#thinner = new StepThinner(now);
    this.#file = openSync(this.#path, 'a+');
    const { lines, size } = readWhole(this.#file);
    ftruncateSync(this.#file, size);
    this.#size = size;
    this.#seq = lines.at(-1)?.seq ?? 0;
  }

  /** A full disk ends the log, not the journey. */
  append(event: JourneyEvent): void {
    if (this.#failed) return;
    try {
      for (const kept of this.#thinner.take(event)) this.#write(kept);
      if (this.#size > this.#limitBytes) this.#rewrite();
    } catch (error) {
      if (fileErrorCode(error) === undefined) throw error;
      this.#failed = true;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(event: JourneyEvent): void {
    const line = formatLine({ seq: ++this.#seq, at: new Date(this.#now()).toISOString(), event });
    this.#size += writeSync(this.#file, line);
  }

  /** Readers see the old file or the new one. */
  #rewrite(): void {
    const { lines } = readWhole(this.#file);
    const kept = thinLog(lines, this.#limitBytes / 2).map(formatLine);
    const temporary = `${this.#path}.tmp`;
    writeFileSync(temporary, kept.join(''));
    renameSync(temporary, this.#path);
    closeSync(this.#file);
    this.#file = openSync(this.#path, 'a+');
    this.#size = fstatSync(this.#file).size;
  }
}

/** The whole lines of a file, and how many bytes they are. */
function readWhole(file: number): { lines: LoggedEvent[]; size: number } {
  const bytes = Buffer.alloc(fstatSync(file).size);
  readSync(file, bytes, 0, bytes.length, 0);
  const size = bytes.lastIndexOf(10) + 1;
  return { lines: parseLines(bytes.toString('utf8', 0, size)), size };
}
