/** Artifacts as files of one folder, named by their ids: as Optuna's FileSystemArtifactStore keeps them. */

import { createWriteStream, mkdirSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ArtifactNotFoundError, InvalidOptionError, StorageError } from '../errors.js';
import type { ArtifactStore } from './artifact-store.js';

export class FileSystemArtifactStore implements ArtifactStore {
  readonly #folder: string;

  /** @param folder made when the first artifact is written */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async write(id: string, content: Readable): Promise<void> {
    const path = this.#pathOf(id);
    const unfinished = `${path}.unfinished-${crypto.randomUUID()}`;
    try {
      // At once, so that an error of the content finds somebody who listens.
      mkdirSync(this.#folder, { recursive: true });
      await pipeline(content, createWriteStream(unfinished, { flags: 'wx', flush: true }));
      await rename(unfinished, path);
    } catch (cause) {
      await rm(unfinished, { force: true });
      throw new StorageError(`Artifact ${id} could not be written to '${this.#folder}': ${reason(cause)}.`, { cause });
    }
  }

  async read(id: string): Promise<Readable> {
    try {
      return (await open(this.#pathOf(id))).createReadStream();
    } catch (error) {
      throw this.#explain(error, id);
    }
  }

  async remove(id: string): Promise<void> {
    try {
      await rm(this.#pathOf(id));
    } catch (error) {
      throw this.#explain(error, id);
    }
  }

  #pathOf(id: string): string {
    // The id may come from a shared database: it must not lead out of the folder.
    if (/^[\w-][\w.-]*$/.test(id)) return join(this.#folder, id);
    throw new InvalidOptionError(`${JSON.stringify(id)} is no artifact's id: letters, digits, '-', '_' and '.' only.`);
  }

  #explain(error: unknown, id: string): unknown {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) return error;
    return new ArtifactNotFoundError(`There is no artifact ${id} in '${this.#folder}'; was it stored elsewhere?`);
  }
}

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC') return 'the disk is full; free some space and try again';
  if (code === 'EACCES' || code === 'EROFS') return 'the folder is read-only; allow writing or choose another';
  return error instanceof Error ? error.message : String(error);
}
