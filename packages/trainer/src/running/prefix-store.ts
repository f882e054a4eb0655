// The folder of all hidden states kept: found by model, depth and example, and bounded: what was not used for longest goes first.
import { mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Precision } from './prefix-file.js';

export interface StoredStates {
  /** Hash of the model's configuration and weights. */
  model: string;
  /** Number of layers below. */
  depth: number;
  precision: Precision;
}

interface KeptFile {
  path: string;
  bytes: number;
  used: number;
}

const modelDigits = 24;
const extension = '.states';
const kindOf = ({ model, depth, precision }: StoredStates) => `${model.slice(0, modelDigits)}-${depth}-${precision}-`;

export class PrefixStore {
  constructor(
    private readonly folder: string,
    /** Most bytes of all files. */
    readonly limit: number,
  ) {
    mkdirSync(folder, { recursive: true });
  }

  /** Where states of these examples go. */
  pathOf(states: StoredStates, digest: string): string {
    return join(this.folder, `${kindOf(states)}${digest}${extension}`);
  }

  /** All files of these states. */
  filesOf(states: StoredStates): string[] {
    return this.files()
      .filter(({ path }) => basename(path).startsWith(kindOf(states)))
      .map(({ path }) => path);
  }

  /** Depths that there are files of, below `states.depth`, the deepest first. */
  shallower(states: StoredStates): number[] {
    return Array.from({ length: states.depth - 1 }, (_, i) => states.depth - 1 - i).filter(
      (depth) => this.filesOf({ ...states, depth }).length > 0,
    );
  }

  /** Notes that a file is in use. */
  touch(path: string): void {
    const now = new Date();
    utimesSync(path, now, now);
  }

  /** Removes the files unused for longest, those of `kept` aside, until `bytes` more fit. */
  makeRoom(bytes: number, kept: ReadonlySet<string>): void {
    const files = this.files();
    let total = files.reduce((sum, file) => sum + file.bytes, bytes);
    for (const file of files.sort((a, b) => a.used - b.used)) {
      if (total <= this.limit) return;
      if (kept.has(file.path)) continue;
      rmSync(file.path, { force: true });
      total -= file.bytes;
    }
  }

  private files(): KeptFile[] {
    return readdirSync(this.folder)
      .filter((name) => name.endsWith(extension))
      .flatMap((name) => {
        const path = join(this.folder, name);
        // Another process may have removed it since.
        const found = statSync(path, { throwIfNoEntry: false });
        return found ? [{ path, bytes: found.size, used: found.mtimeMs }] : [];
      });
  }
}
