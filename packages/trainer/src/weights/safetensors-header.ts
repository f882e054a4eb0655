// Reads and checks the header of a safetensors file. The file may be damaged or hostile: nothing in it is believed before it is checked.
import { ModelFormatError } from '../errors.js';
import { firstDuplicateKey } from './duplicate-keys.js';

/** Bytes an element takes, by the format's dtype names. */
export const elementBytes: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
  C64: 8,
};

export interface HeaderEntry {
  dtype: string;
  shape: number[];
  /** First byte, counted from the start of the file. */
  offset: number;
  /** Bytes. */
  length: number;
}

export interface Header {
  tensors: Map<string, HeaderEntry>;
  metadata: Map<string, string>;
}

/** The format's own limit on the length of the JSON. */
export const maxHeaderBytes = 100_000_000;
const lengthBytes = 8;
const maxDimensions = 32;

/** Length of the JSON from the file's first 8 bytes. Throws ModelFormatError. */
export function headerLength(start: Uint8Array, fileBytes: number, file: string): number {
  if (start.length < lengthBytes)
    throw damaged(file, `it has ${start.length} bytes, and 8 are needed for the header's length`);
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes)) {
    throw damaged(file, `its header claims ${length} bytes, and the format allows ${maxHeaderBytes}`);
  }
  if (lengthBytes + Number(length) > fileBytes) {
    throw damaged(
      file,
      `its header claims ${length} bytes, but the whole file has ${fileBytes}: it was probably cut short`,
    );
  }
  return Number(length);
}

/** Parses and checks the header's JSON against the file's size. Throws ModelFormatError. */
export function parseHeader(json: Uint8Array, fileBytes: number, file: string): Header {
  const entries = parseObject(json, file);
  const dataStart = lengthBytes + json.length;
  const header: Header = { tensors: new Map(), metadata: new Map() };
  for (const [name, value] of entries) {
    if (name === '__metadata__') header.metadata = checkMetadata(value, file);
    else header.tensors.set(name, checkEntry(name, value, dataStart, file));
  }
  checkLayout(header.tensors, dataStart, fileBytes, file);
  return header;
}

function parseObject(json: Uint8Array, file: string): [string, unknown][] {
  let text: string;
  let parsed: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(json);
    parsed = JSON.parse(text);
  } catch {
    throw damaged(file, 'its header is not valid JSON');
  }
  if (!isObject(parsed)) throw damaged(file, 'its header is not a JSON object');
  const duplicate = firstDuplicateKey(text);
  if (duplicate !== undefined) throw damaged(file, `its header has the key ${show(duplicate)} twice`);
  return Object.entries(parsed);
}

function checkMetadata(value: unknown, file: string): Map<string, string> {
  if (!isObject(value)) throw damaged(file, 'its __metadata__ is not an object');
  const metadata = new Map<string, string>();
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw damaged(file, `its __metadata__ has a value for ${show(key)} that is not text`);
    metadata.set(key, text);
  }
  return metadata;
}

function checkEntry(name: string, value: unknown, dataStart: number, file: string): HeaderEntry {
  const fail = (problem: string) => damaged(file, `the tensor ${show(name)} ${problem}`);
  if (!isObject(value)) throw fail('is not described by an object');
  const { dtype, shape, data_offsets: offsets } = value;
  const bytes = typeof dtype === 'string' && Object.hasOwn(elementBytes, dtype) ? elementBytes[dtype] : undefined;
  if (bytes === undefined) throw fail(`has the unknown type ${show(dtype)}`);
  if (!isCounts(shape) || shape.length > maxDimensions) throw fail('has a shape that is not a list of sizes');
  if (!isCounts(offsets) || offsets.length !== 2) throw fail('has no valid data_offsets');
  const [begin, end] = offsets as [number, number];
  const needed = shape.reduce((product, size) => product * BigInt(size), BigInt(bytes));
  if (end < begin || BigInt(end - begin) !== needed) {
    throw fail(`needs ${needed} bytes for shape [${shape}] of ${dtype}, but its data_offsets are [${offsets}]`);
  }
  return { dtype: dtype as string, shape, offset: dataStart + begin, length: end - begin };
}

/** The tensors must fill the file from the header to its end without holes or overlaps. */
function checkLayout(tensors: Map<string, HeaderEntry>, dataStart: number, fileBytes: number, file: string): void {
  const inOrder = [...tensors].sort(([, a], [, b]) => a.offset - b.offset || a.length - b.length);
  let position = dataStart;
  for (const [name, { offset, length }] of inOrder) {
    if (offset !== position) {
      throw damaged(file, `the tensor ${show(name)} begins at byte ${offset}, but the one before ends at ${position}`);
    }
    position = offset + length;
  }
  if (position !== fileBytes) {
    const cause = position > fileBytes ? 'it was probably cut short' : 'bytes follow that belong to no tensor';
    throw damaged(file, `its tensors end at byte ${position}, but the file has ${fileBytes}: ${cause}`);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);

const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 100) ?? String(value);

const damaged = (file: string, problem: string) =>
  new ModelFormatError(`${file} is not a sound safetensors file: ${problem}. Download or write it again.`);
