// The keys and values at the head of a GGUF file.
import type { Cursor } from './cursor.js';

export type GgufArray =
  | readonly string[]
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigUint64Array
  | BigInt64Array;

export type GgufValue = number | bigint | boolean | string | GgufArray;

const maxKeyBytes = 65_535;

interface Scalar {
  bytes: number;
  read(view: DataView): number | bigint | boolean;
  list(buffer: ArrayBuffer): GgufArray;
}

/** Numbers of a fixed size, by the number of their type; in lists, booleans are 0 and 1. */
const scalars: ReadonlyMap<number, Scalar> = new Map<number, Scalar>([
  [0, { bytes: 1, read: (view) => view.getUint8(0), list: (buffer) => new Uint8Array(buffer) }],
  [1, { bytes: 1, read: (view) => view.getInt8(0), list: (buffer) => new Int8Array(buffer) }],
  [2, { bytes: 2, read: (view) => view.getUint16(0, true), list: (buffer) => new Uint16Array(buffer) }],
  [3, { bytes: 2, read: (view) => view.getInt16(0, true), list: (buffer) => new Int16Array(buffer) }],
  [4, { bytes: 4, read: (view) => view.getUint32(0, true), list: (buffer) => new Uint32Array(buffer) }],
  [5, { bytes: 4, read: (view) => view.getInt32(0, true), list: (buffer) => new Int32Array(buffer) }],
  [6, { bytes: 4, read: (view) => view.getFloat32(0, true), list: (buffer) => new Float32Array(buffer) }],
  [7, { bytes: 1, read: (view) => view.getUint8(0) !== 0, list: (buffer) => new Uint8Array(buffer) }],
  [10, { bytes: 8, read: (view) => view.getBigUint64(0, true), list: (buffer) => new BigUint64Array(buffer) }],
  [11, { bytes: 8, read: (view) => view.getBigInt64(0, true), list: (buffer) => new BigInt64Array(buffer) }],
  [12, { bytes: 8, read: (view) => view.getFloat64(0, true), list: (buffer) => new Float64Array(buffer) }],
]);
const stringType = 8;
const arrayType = 9;

/** Reads `count` keys with their values. Throws ModelFormatError. */
export function readMetadata(cursor: Cursor, count: number): Map<string, GgufValue> {
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < count; i++) {
    const key = cursor.string(`key ${i + 1}`);
    if (key.length === 0 || key.length > maxKeyBytes) throw cursor.damaged(`key ${i + 1} has ${key.length} characters`);
    if (metadata.has(key)) throw cursor.damaged(`the key ${show(key)} stands in it twice`);
    metadata.set(key, readValue(cursor, `the value of ${show(key)}`));
  }
  return metadata;
}

function readValue(cursor: Cursor, what: string): GgufValue {
  const type = cursor.uint32(`the type of ${what}`);
  if (type === stringType) return cursor.string(what);
  if (type === arrayType) return readArray(cursor, what);
  const { bytes, read } = scalarOf(cursor, type, what);
  return read(cursor.view(bytes, what));
}

/** Numbers come as a typed array, so that they take no more memory than in the file. */
function readArray(cursor: Cursor, what: string): GgufArray {
  const type = cursor.uint32(`the type of ${what}`);
  if (type === arrayType) throw cursor.damaged(`${what} is a list of lists, which no model needs`);
  if (type === stringType) {
    const count = cursor.count(8, what);
    return Array.from({ length: count }, (_, i) => cursor.string(`entry ${i + 1} of ${what}`));
  }
  const { bytes, list } = scalarOf(cursor, type, what);
  const count = cursor.count(bytes, what);
  return list(new Uint8Array(cursor.bytes(count * bytes, what)).buffer);
}

function scalarOf(cursor: Cursor, type: number, what: string): Scalar {
  const found = scalars.get(type);
  if (!found) throw cursor.damaged(`${what} has the unknown type ${type}`);
  return found;
}

/** A name from the file, fit for a message. */
export const show = (text: string): string => JSON.stringify(text.slice(0, 100));
