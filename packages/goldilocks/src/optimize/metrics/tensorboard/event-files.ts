// Scalars from the event files of a folder, read on while they are written.
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FileReader, MetricRecord } from '../record.js';
import { Tail } from '../tail.js';
import { scalarsOf } from './event.js';
import { RecordSplitter } from './records.js';

/** Folders below the one given that are looked into: writers make some for runs, hosts and versions. */
const DEPTH = 4;

interface OpenFile {
  readonly tail: Tail;
  readonly splitter: RecordSplitter;
  isDamaged: boolean;
}

/** `step` and the scalar's tag make up each record. A file that turns out damaged is read up to there. */
export class EventFiles implements FileReader {
  readonly place: string;
  readonly #files = new Map<string, OpenFile>();

  /** @param place a folder, or one event file */
  constructor(place: string) {
    this.place = place;
  }

  async poll(): Promise<MetricRecord[]> {
    for (const path of await eventFiles(this.place, DEPTH)) {
      if (this.#files.has(path)) continue;
      this.#files.set(path, { tail: new Tail(path), splitter: new RecordSplitter(), isDamaged: false });
    }
    const records: MetricRecord[] = [];
    for (const file of this.#files.values()) await readOn(file, records);
    return records;
  }
}

async function readOn(file: OpenFile, records: MetricRecord[]): Promise<void> {
  while (!file.isDamaged) {
    const { bytes } = await file.tail.read();
    if (bytes.length === 0) return;
    try {
      for (const data of file.splitter.push(bytes)) {
        const { step, scalars } = scalarsOf(data);
        // One record a scalar, as writers do: `step` alone would say nothing.
        for (const [tag, value] of Object.entries(scalars)) records.push({ step, [tag]: value });
      }
    } catch {
      file.isDamaged = true;
    }
  }
}

async function eventFiles(place: string, depth: number): Promise<string[]> {
  const isFolder = await stat(place).then(
    (found) => found.isDirectory(),
    () => null, // not there yet
  );
  if (isFolder === null) return [];
  if (!isFolder) return [place];
  const found: string[] = [];
  for (const entry of await readdir(place, { withFileTypes: true })) {
    const path = join(place, entry.name);
    if (entry.isDirectory() && depth > 0) found.push(...(await eventFiles(path, depth - 1)));
    else if (entry.isFile() && /tfevents/.test(basename(path))) found.push(path);
  }
  return found.sort();
}
