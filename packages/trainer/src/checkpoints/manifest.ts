// The manifest of a snapshot: what belongs to it, how long it is, and its checksums; the manifest's own included.

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CheckpointError } from './checkpoint-error.js';

export const manifestName = 'manifest.json';
export const stateName = 'state.json';
export const tensorsName = 'tensors.bin';

const format = 'goldilocks-checkpoint';
const version = 1;

const file = z.object({ bytes: z.int().min(0), sha256: z.string() });

const schema = z.object({
  format: z.literal(format),
  version: z.literal(version),
  step: z.int().min(0),
  state: file,
  tensors: file,
  /** float32 little-endian, back to back in this order. */
  layout: z.array(z.object({ name: z.string(), length: z.int().min(0) })),
});

export type ManifestFile = z.infer<typeof file>;
export type Manifest = Omit<z.infer<typeof schema>, 'format' | 'version'>;

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Two lines: the manifest as JSON, and the checksum of that line. */
export function formatManifest(manifest: Manifest): string {
  const line = JSON.stringify({ format, version, ...manifest });
  return `${line}\n${sha256(line)}\n`;
}

/** @throws CheckpointError where a byte is not as written, or the format is another version's */
export function parseManifest(text: string): Manifest {
  const [line = '', checksum] = text.split('\n');
  if (text !== `${line}\n${checksum}\n` || sha256(line) !== checksum) {
    throw new CheckpointError('its manifest is damaged');
  }
  const parsed = schema.safeParse(JSON.parse(line));
  if (!parsed.success) {
    const { version: found } = JSON.parse(line) as { version?: unknown };
    throw new CheckpointError(
      found === version
        ? 'its manifest lacks fields'
        : `it has format version ${found}; this program reads version ${version}`,
    );
  }
  const { format: _, version: __, ...manifest } = parsed.data;
  const elements = manifest.layout.reduce((sum, { length }) => sum + length, 0);
  const names = new Set(manifest.layout.map(({ name }) => name));
  if (4 * elements !== manifest.tensors.bytes || names.size !== manifest.layout.length) {
    throw new CheckpointError('its manifest contradicts itself');
  }
  return manifest;
}
