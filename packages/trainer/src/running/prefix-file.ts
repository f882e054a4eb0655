// One file of hidden states: the states of its examples one after the other, then where each begins.
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { writeAtomically } from '../weights/atomic-write.js';
import { bfloat16ToFloat32, float32ToBfloat16 } from '../weights/half.js';

export type Precision = 'f32' | 'bf16';

export const bytesPerNumber = { f32: 4, bf16: 2 } as const;

/** An example's key, its first token in the file, and how many it has. */
const indexSchema = z.array(z.tuple([z.string(), z.number().int().min(0), z.number().int().min(0)]));
type Index = z.infer<typeof indexSchema>;

const lengthBytes = 8;

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Uint16Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Puts hidden states [tokens, width] at a token of the file. */
export type PutStates = (token: number, states: Float32Array) => Promise<void>;

/**
 * Writes a file in one step: a reader never meets half of it.
 * @param write is given what puts states; all places of the index must be filled
 */
export async function writePrefixFile(
  path: string,
  { index, width, precision }: { index: Index; width: number; precision: Precision },
  write: (put: PutStates) => Promise<void>,
): Promise<void> {
  const tokenBytes = width * bytesPerNumber[precision];
  const tokens = index.reduce((sum, [, , count]) => sum + count, 0);
  await writeAtomically(path, async (file) => {
    await write(async (token, states) => {
      await writeAt(file, bytesOf(precision === 'f32' ? states : float32ToBfloat16(states)), token * tokenBytes);
    });
    const json = Buffer.from(JSON.stringify(index));
    const length = Buffer.alloc(lengthBytes);
    length.writeBigUInt64LE(BigInt(json.length));
    await writeAt(file, json, tokens * tokenBytes);
    await writeAt(file, length, tokens * tokenBytes + json.length);
  });
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

/** A file open for reading. It can be read to the end of its use even when it is removed meanwhile. */
export class PrefixFile {
  /** First token of each example, by its key. */
  readonly starts: ReadonlyMap<string, number>;
  private readonly file: number;

  /** @throws an error of the file system where there is none, or of the schema where it is damaged */
  constructor(
    path: string,
    private readonly width: number,
    private readonly precision: Precision,
  ) {
    this.file = openSync(path, 'r');
    this.starts = new Map(readIndex(this.file, statSync(path).size).map(([key, start]) => [key, start]));
  }

  /** Fills `target` [tokens, width] with the states from a token on. */
  read(token: number, target: Float32Array): void {
    const position = token * this.width * bytesPerNumber[this.precision];
    if (this.precision === 'f32') {
      readSync(this.file, bytesOf(target), 0, target.byteLength, position);
      return;
    }
    const half = new Uint16Array(target.length);
    readSync(this.file, bytesOf(half), 0, half.byteLength, position);
    target.set(bfloat16ToFloat32(half));
  }

  close(): void {
    closeSync(this.file);
  }
}

function readIndex(file: number, size: number): Index {
  const length = Buffer.alloc(lengthBytes);
  readSync(file, length, 0, lengthBytes, size - lengthBytes);
  const count = Number(length.readBigUInt64LE());
  const json = Buffer.alloc(count);
  readSync(file, json, 0, count, size - lengthBytes - count);
  return indexSchema.parse(JSON.parse(json.toString()));
}
