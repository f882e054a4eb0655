// Writes a GGUF file of version 3: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
import { writeAll, writeAtomically } from '../../weights/atomic-write.js';
import { type GgufDtype, ggufTypes, toGgufBytes } from '../../weights/gguf/quantize.js';

const version = 3;
const alignment = 32;

export interface GgufTensorToWrite {
  name: string;
  /** Outermost first. */
  shape: readonly number[];
  dtype: GgufDtype;
  /** Makes the values when their turn comes, so that they need not all be in memory. */
  values(): Float32Array;
}

/** Keys with their values, in the order they are added. */
export class GgufKeyWriter {
  private readonly parts: Buffer[] = [];

  uint32 = (key: string, value: number) => this.add(key, 4, uint32(value));
  float32 = (key: string, value: number) => this.add(key, 6, floats([value]));
  flag = (key: string, value: boolean) => this.add(key, 7, Buffer.of(value ? 1 : 0));
  text = (key: string, value: string) => this.add(key, 8, string(value));
  texts = (key: string, values: readonly string[]) =>
    this.list(key, 8, values.length, Buffer.concat(values.map(string)));
  int32s = (key: string, values: readonly number[]) =>
    this.list(key, 5, values.length, Buffer.from(Int32Array.from(values).buffer));
  float32s = (key: string, values: readonly number[]) => this.list(key, 6, values.length, floats(values));

  get count(): number {
    return this.parts.length;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.parts);
  }

  private list(key: string, type: number, length: number, values: Buffer): void {
    this.add(key, 9, Buffer.concat([uint32(type), uint64(length), values]));
  }

  private add(key: string, type: number, value: Buffer): void {
    this.parts.push(Buffer.concat([string(key), uint32(type), value]));
  }
}

/** Replaces `path` in one step, after all is written and flushed. @throws OutputError where the disk refuses */
export async function writeGguf(
  path: string,
  keys: GgufKeyWriter,
  tensors: readonly GgufTensorToWrite[],
): Promise<void> {
  let offset = 0;
  const descriptions = tensors.map(({ name, shape, dtype }) => {
    const { id, bytes } = ggufTypes[dtype];
    const sizes = [...shape].reverse().map(uint64);
    const description = Buffer.concat([string(name), uint32(shape.length), ...sizes, uint32(id), uint64(offset)]);
    offset += align(bytes(shape.reduce((a, b) => a * b, 1)));
    return description;
  });
  const counts = Buffer.concat([uint64(tensors.length), uint64(keys.count)]);
  const header = Buffer.concat([Buffer.from('GGUF'), uint32(version), counts, keys.bytes, ...descriptions]);
  await writeAtomically(path, async (file) => {
    const write = async (bytes: Uint8Array) => {
      await writeAll(file, bytes);
      await writeAll(file, new Uint8Array(align(bytes.length) - bytes.length));
    };
    await write(header);
    for (const { dtype, values } of tensors) await write(toGgufBytes(values(), dtype));
  });
}

const align = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;

const floats = (values: readonly number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function string(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
}
