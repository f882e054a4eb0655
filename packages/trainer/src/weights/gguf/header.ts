// Reads and checks the head of a GGUF file: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
import { ModelFormatError } from '../../errors.js';
import { withFile } from '../read-file.js';
import { Cursor } from './cursor.js';
import { type GgufValue, readMetadata, show } from './metadata.js';
import { type TensorType, tensorTypes } from './tensor-types.js';

export interface GgufTensor {
  type: TensorType;
  /** Outermost first, as elsewhere; the file has them the other way round. */
  shape: number[];
  /** First byte, counted from the start of the file. */
  offset: number;
  /** Bytes. */
  length: number;
}

export interface GgufHeader {
  metadata: ReadonlyMap<string, GgufValue>;
  tensors: ReadonlyMap<string, GgufTensor>;
}

const magic = 'GGUF';
const maxDimensions = 4;
const maxNameBytes = 63;
const defaultAlignment = 32;
/** Bytes of the shortest key with its value, and of the shortest description of a tensor. */
const leastKeyBytes = 13;
const leastTensorBytes = 33;

/** @throws ModelFormatError where the file is no GGUF file of version 2 or 3, damaged, or holds a type that cannot be read */
export function readGgufHeader(path: string): GgufHeader {
  return withFile(path, (file) => {
    const cursor = new Cursor(file);
    checkKind(cursor, path);
    const tensorCount = cursor.count(leastTensorBytes, 'the number of tensors');
    const keyCount = cursor.count(leastKeyBytes, 'the number of keys');
    const metadata = readMetadata(cursor, keyCount);
    const tensors = readTensors(cursor, tensorCount, alignmentOf(cursor, metadata), file.size);
    return { metadata, tensors };
  });
}

function checkKind(cursor: Cursor, path: string): void {
  const start = Buffer.from(cursor.bytes(4, 'the mark at its start')).toString('latin1');
  if (start !== magic) throw cursor.damaged(`it begins with ${show(start)}, not with ${show(magic)}`);
  const version = cursor.uint32('the version');
  if (version !== 0 && (version & 0xffff) === 0) {
    throw new ModelFormatError(`${path} is a big-endian GGUF file, which is not read. Get the little-endian one.`);
  }
  if (version !== 2 && version !== 3) throw cursor.damaged(`it has version ${version}; versions 2 and 3 are read`);
}

function alignmentOf(cursor: Cursor, metadata: ReadonlyMap<string, GgufValue>): number {
  const alignment = metadata.get('general.alignment') ?? defaultAlignment;
  const isPowerOfTwo = typeof alignment === 'number' && alignment >= 1 && alignment <= 2 ** 20;
  if (!isPowerOfTwo || (alignment & (alignment - 1)) !== 0) {
    throw cursor.damaged(`general.alignment is ${String(alignment).slice(0, 100)}, not a power of two`);
  }
  return alignment;
}

interface Description {
  name: string;
  type: TensorType;
  shape: number[];
  offset: bigint;
  length: number;
}

/** Tensors must follow one another in the order they are listed, each at the next aligned byte. */
function readTensors(cursor: Cursor, count: number, alignment: number, fileBytes: number): Map<string, GgufTensor> {
  const described = Array.from({ length: count }, (_, i) => readDescription(cursor, i, fileBytes));
  const align = (bytes: number) => Math.ceil(bytes / alignment) * alignment;
  const dataStart = align(cursor.position);
  const tensors = new Map<string, GgufTensor>();
  let position = 0;
  for (const { name, type, shape, offset, length } of described) {
    if (tensors.has(name)) throw cursor.damaged(`the tensor ${show(name)} stands in it twice`);
    if (offset !== BigInt(position)) {
      throw cursor.damaged(
        `the tensor ${show(name)} begins at byte ${offset} of the data, and ${position} is its place`,
      );
    }
    if (dataStart + position + length > fileBytes) {
      throw cursor.damaged(
        `the tensor ${show(name)} ends at byte ${dataStart + position + length}, but the file has ${fileBytes}: it was probably cut short`,
      );
    }
    tensors.set(name, { type, shape, offset: dataStart + position, length });
    position += align(length);
  }
  return tensors;
}

function readDescription(cursor: Cursor, index: number, fileBytes: number): Description {
  const name = cursor.string(`the name of tensor ${index + 1}`);
  const fail = (problem: string) => cursor.damaged(`the tensor ${show(name)} ${problem}`);
  if (name === '' || Buffer.byteLength(name) > maxNameBytes)
    throw fail(`has a name of ${Buffer.byteLength(name)} bytes`);
  const dimensions = cursor.uint32(`the rank of ${show(name)}`);
  if (dimensions < 1 || dimensions > maxDimensions)
    throw fail(`has ${dimensions} dimensions; 1 to ${maxDimensions} are read`);
  const sizes = Array.from({ length: dimensions }, () => cursor.uint64(`a size of ${show(name)}`));
  const id = cursor.uint32(`the type of ${show(name)}`);
  const offset = cursor.uint64(`the place of ${show(name)}`);
  const type = tensorTypes.get(id);
  if (!type) {
    const known = [...tensorTypes.values()].map((each) => each.name).join(', ');
    throw new ModelFormatError(
      `${cursor.path}: the tensor ${show(name)} is of type ${id}, which cannot be read; readable are ${known}. Get the file in one of these.`,
    );
  }
  if (sizes.some((size) => size < 1n)) throw fail(`has a size of 0: [${sizes}]`);
  if (sizes[0]! % BigInt(type.blockSize) !== 0n) {
    throw fail(`has rows of ${sizes[0]} values, which ${type.name} cannot split into blocks of ${type.blockSize}`);
  }
  const length =
    (sizes.reduce((product, size) => product * size, 1n) / BigInt(type.blockSize)) * BigInt(type.blockBytes);
  if (length > BigInt(fileBytes)) throw fail(`needs ${length} bytes, but the whole file has ${fileBytes}`);
  return { name, type, shape: sizes.map(Number).reverse(), offset, length: Number(length) };
}
