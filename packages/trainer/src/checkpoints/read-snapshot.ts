// Reads one snapshot: nothing is handed out before every byte of it has been checked.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CheckpointError } from './checkpoint-error.js';
import type { FileOperations, ReadableFile } from './file-operations.js';
import { type Manifest, type ManifestFile, manifestName, parseManifest, stateName, tensorsName } from './manifest.js';

export interface Snapshot {
  path: string;
  /** Optimizer steps done. */
  step: number;
  json: unknown;
  tensors: Map<string, Float32Array>;
}

/** Gives the array a tensor is to be read into; where it gives none, a new one is made. */
export type Allocate = (name: string, length: number) => Float32Array | undefined;

const pieceBytes = 4 * 2 ** 20;
const largestManifest = 64 * 2 ** 20;

/** @throws CheckpointError, or the operating system's error, where anything is missing or not as it was written */
export async function verifySnapshot(files: FileOperations, path: string): Promise<Manifest> {
  const manifest = parseManifest(await readText(files, join(path, manifestName)));
  await verifyFile(files, join(path, stateName), manifest.state);
  await verifyFile(files, join(path, tensorsName), manifest.tensors);
  return manifest;
}

/** @throws as `verifySnapshot`; no array has been written to then */
export async function readSnapshot(files: FileOperations, path: string, allocate?: Allocate): Promise<Snapshot> {
  const manifest = await verifySnapshot(files, path);
  const json: unknown = JSON.parse(await readText(files, join(path, stateName)));
  const tensors = new Map(manifest.layout.map(({ name, length }) => [name, arrayFor(name, length, allocate)] as const));
  await withFile(files, join(path, tensorsName), async (file) => {
    let position = 0;
    for (const data of tensors.values()) {
      await readPieces(file, position, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      position += data.byteLength;
    }
  });
  return { path, step: manifest.step, json, tensors };
}

function arrayFor(name: string, length: number, allocate: Allocate | undefined): Float32Array {
  const data = allocate?.(name, length) ?? new Float32Array(length);
  if (data.length === length) return data;
  throw new CheckpointError(`its tensor ${name} has ${length} elements, where ${data.length} are expected`);
}

async function verifyFile(files: FileOperations, path: string, expected: ManifestFile): Promise<void> {
  await withFile(files, path, async (file) => {
    if (file.size !== expected.bytes) {
      throw new CheckpointError(`${path} has ${file.size} bytes instead of ${expected.bytes}`);
    }
    const hash = createHash('sha256');
    const buffer = new Uint8Array(Math.min(pieceBytes, file.size));
    for (let position = 0; position < file.size; position += pieceBytes) {
      const piece = buffer.subarray(0, Math.min(pieceBytes, file.size - position));
      await file.read(piece, position);
      hash.update(piece);
    }
    if (hash.digest('hex') !== expected.sha256) throw new CheckpointError(`${path} is damaged (its checksum differs)`);
  });
}

async function readPieces(file: ReadableFile, position: number, into: Uint8Array): Promise<void> {
  for (let start = 0; start < into.length; start += pieceBytes) {
    await file.read(into.subarray(start, start + pieceBytes), position + start);
  }
}

function readText(files: FileOperations, path: string): Promise<string> {
  return withFile(files, path, async (file) => {
    if (file.size > largestManifest && path.endsWith(manifestName)) throw new CheckpointError(`${path} is too large`);
    const bytes = Buffer.alloc(file.size);
    await file.read(bytes, 0);
    return bytes.toString('utf8');
  });
}

async function withFile<T>(files: FileOperations, path: string, use: (file: ReadableFile) => Promise<T>): Promise<T> {
  const file = await files.open(path);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
