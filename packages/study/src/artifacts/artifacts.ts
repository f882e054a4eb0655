/**
 * Files that belong to a study or a trial: their content in a store, what they are in a system attribute, as Optuna and
 * optuna-dashboard keep them.
 */

import { createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { StorageError } from '../errors.js';
import type { JsonValue } from '../json.js';
import type { Attributes } from '../trial/frozen-trial.js';
import type { ArtifactStore } from './artifact-store.js';
import { mimeTypeOf } from './mime-type.js';

const PREFIX = 'artifacts:';

export interface Artifact {
  readonly id: string;
  /** The name of the file that was uploaded, without its folder. */
  readonly fileName: string;
  readonly mimeType: string;
  /** A content encoding such as `gzip`, or null. */
  readonly encoding: string | null;
}

/** A study, or a trial that runs. */
export interface ArtifactOwner {
  setSystemAttribute(key: string, value: JsonValue): Promise<void>;
}

export interface UploadOptions {
  readonly store: ArtifactStore;
  /** The file; its content is copied. */
  readonly path: string;
  /** Default: by the file's extension. */
  readonly mimeType?: string;
  readonly encoding?: string;
}

const schema = z.object({
  artifact_id: z.string(),
  filename: z.string(),
  mimetype: z.string(),
  encoding: z.string().nullable(),
});

/**
 * Stores a file with a study or a running trial. The content is stored before it is named, so that a name always leads
 * to content.
 * @throws StorageError when the file cannot be read or stored
 */
export async function uploadArtifact(owner: ArtifactOwner, options: UploadOptions): Promise<Artifact> {
  const { store, path } = options;
  const guess = mimeTypeOf(path);
  const artifact: Artifact = {
    id: crypto.randomUUID(),
    fileName: basename(path),
    mimeType: options.mimeType ?? guess.mimeType,
    encoding: options.encoding ?? guess.encoding,
  };
  await store.write(artifact.id, await contentOf(path));
  const { id: artifact_id, fileName: filename, mimeType: mimetype, encoding } = artifact;
  // Optuna keeps it as text that holds JSON.
  await owner.setSystemAttribute(PREFIX + artifact_id, JSON.stringify({ artifact_id, filename, mimetype, encoding }));
  return artifact;
}

async function contentOf(path: string): Promise<Readable> {
  try {
    return (await open(path)).createReadStream();
  } catch (cause) {
    throw new StorageError(`'${path}' cannot be read to be stored as an artifact.`, { cause });
  }
}

/**
 * The artifacts of a study or trial by its system attributes, in the order of their upload.
 * @throws StorageError when an attribute cannot be read
 */
export function artifactsOf(owner: { readonly systemAttributes: Attributes }): Artifact[] {
  return Object.entries(owner.systemAttributes).flatMap(([key, value]) =>
    key.startsWith(PREFIX) ? [parseArtifact(key, value)] : [],
  );
}

function parseArtifact(key: string, value: JsonValue): Artifact {
  try {
    const parsed = schema.parse(JSON.parse(value as string));
    const { artifact_id: id, filename: fileName, mimetype: mimeType, encoding } = parsed;
    return { id, fileName, mimeType, encoding };
  } catch (cause) {
    throw new StorageError(`The system attribute ${key} describes no artifact; remove or correct it.`, { cause });
  }
}

/**
 * Copies an artifact's content to a file that must not exist yet. The path is the caller's: `fileName` comes from
 * whoever uploaded it.
 * @throws ArtifactNotFoundError when the store does not have it
 * @throws StorageError when the file exists or cannot be written
 */
export async function downloadArtifact(store: ArtifactStore, id: string, path: string): Promise<void> {
  const content = await store.read(id);
  try {
    await pipeline(content, createWriteStream(path, { flags: 'wx' }));
  } catch (cause) {
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    const why = exists ? 'there is a file of that name' : cause instanceof Error ? cause.message : String(cause);
    if (!exists) await rm(path, { force: true });
    throw new StorageError(`Artifact ${id} could not be downloaded to '${path}': ${why}.`, { cause });
  }
}
