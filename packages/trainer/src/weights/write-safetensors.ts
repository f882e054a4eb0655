// Writes tensors as one safetensors file, one tensor at a time.
import { ModelFormatError } from '../errors.js';
import { writeAll, writeAtomically } from './atomic-write.js';
import { float32ToBfloat16, float32ToFloat16 } from './half.js';
import { elementBytes, maxHeaderBytes } from './safetensors-header.js';

export type WritableDtype = 'F32' | 'F16' | 'BF16';

export interface TensorToWrite {
  name: string;
  dtype: WritableDtype;
  shape: readonly number[];
  /** Row-major values, or a function that makes them when their turn comes, so that they need not all be in memory. */
  data: Float32Array | (() => Float32Array);
}

/**
 * Replaces `path` in one step, after all is written and flushed. Rounds to nearest even.
 * @param metadata free text; `format: 'pt'` is what older readers ask for
 * @throws OutputError where the disk refuses (nothing half-written is left), ModelFormatError where shape and values disagree
 */
export async function writeSafetensors(
  path: string,
  tensors: Iterable<TensorToWrite>,
  metadata: Record<string, string> = { format: 'pt' },
): Promise<void> {
  // Wider types first keep every tensor aligned to its own element size.
  const ordered = [...tensors].sort((a, b) => elementBytes[b.dtype]! - elementBytes[a.dtype]!);
  const header = makeHeader(ordered, metadata, path);
  await writeAtomically(path, async (file) => {
    await writeAll(file, header);
    for (const tensor of ordered) await writeAll(file, encode(tensor, path));
  });
}

const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function makeHeader(tensors: readonly TensorToWrite[], metadata: Record<string, string>, path: string): Uint8Array {
  const entries = new Map<string, unknown>([['__metadata__', metadata]]);
  let position = 0;
  for (const { name, dtype, shape } of tensors) {
    if (entries.has(name))
      throw new ModelFormatError(`${path} would hold the tensor ${name} twice. Give each its own name.`);
    const end = position + elements(shape) * elementBytes[dtype]!;
    entries.set(name, { dtype, shape, data_offsets: [position, end] });
    position = end;
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const padded = Math.ceil(json.length / 8) * 8;
  if (padded > maxHeaderBytes) throw new ModelFormatError(`${path} would need a header larger than the format allows.`);
  const header = Buffer.alloc(8 + padded, ' ');
  header.writeBigUInt64LE(BigInt(padded));
  json.copy(header, 8);
  return header;
}

function encode({ name, dtype, shape, data }: TensorToWrite, path: string): Uint8Array {
  const values = typeof data === 'function' ? data() : data;
  if (values.length !== elements(shape)) {
    throw new ModelFormatError(
      `${path}: the tensor ${name} has ${values.length} values, but shape [${shape}] needs ${elements(shape)}.`,
    );
  }
  const stored = dtype === 'F32' ? values : dtype === 'BF16' ? float32ToBfloat16(values) : float32ToFloat16(values);
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}
