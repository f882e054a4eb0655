// Tokenised examples as a file: a line of JSON with the lengths, then the ids, then the supervision, back to back.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TokenizedExample } from '@goldilocks/trainer';
import { writeFileAtomic } from '../state/atomic.js';

interface Header {
  format: 'goldilocks-examples-1';
  lengths: number[];
  supervisedBytes: number[];
  truncatedTokens: number[];
  /** SHA-256 of the bytes after this line. */
  hash: string;
}

/** A file of tokenised examples that cannot be used; it can be deleted and made again. */
export class ExamplesFileError extends Error {
  override readonly name = 'ExamplesFileError';
}

export async function writeExamples(path: string, examples: readonly TokenizedExample[]): Promise<void> {
  const total = examples.reduce((sum, { ids }) => sum + ids.length, 0);
  const ids = new Int32Array(total);
  const supervised = new Uint8Array(total);
  let offset = 0;
  for (const example of examples) {
    ids.set(example.ids, offset);
    supervised.set(example.supervised, offset);
    offset += example.ids.length;
  }
  const body = Buffer.concat([new Uint8Array(ids.buffer), supervised]);
  const header: Header = {
    format: 'goldilocks-examples-1',
    lengths: examples.map((example) => example.ids.length),
    supervisedBytes: examples.map((example) => example.supervisedBytes),
    truncatedTokens: examples.map((example) => example.truncatedTokens),
    hash: createHash('sha256').update(body).digest('hex'),
  };
  await writeFileAtomic(path, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body]));
}

/** Reads what `writeExamples` wrote; throws ExamplesFileError where any byte differs. */
export async function readExamples(path: string, indices?: readonly number[]): Promise<TokenizedExample[]> {
  const bytes = await readFile(path);
  const { header, body } = split(path, bytes);
  const total = header.lengths.reduce((sum, length) => sum + length, 0);
  const copy = new Uint8Array(body); // aligned to 4 bytes, as ids need
  const ids = new Int32Array(copy.buffer, 0, total);
  const supervised = copy.subarray(4 * total);
  let offset = 0;
  const examples = header.lengths.map((length, i) => {
    const start = offset;
    offset += length;
    return {
      ids: ids.slice(start, offset),
      supervised: supervised.slice(start, offset),
      supervisedBytes: header.supervisedBytes[i]!,
      truncatedTokens: header.truncatedTokens[i]!,
    };
  });
  return indices === undefined ? examples : indices.map((index) => pick(path, examples, index));
}

function split(path: string, bytes: Buffer): { header: Header; body: Buffer } {
  const damaged = () => new ExamplesFileError(`${path} is damaged. Delete it; it is made again from the data.`);
  const end = bytes.indexOf(10);
  if (end < 0) throw damaged();
  let header: Header;
  try {
    header = JSON.parse(bytes.toString('utf8', 0, end)) as Header;
  } catch (error) {
    throw error instanceof SyntaxError ? damaged() : error;
  }
  const body = bytes.subarray(end + 1);
  if (header.format !== 'goldilocks-examples-1') throw damaged();
  if (createHash('sha256').update(body).digest('hex') !== header.hash) throw damaged();
  return { header, body };
}

function pick(path: string, examples: TokenizedExample[], index: number): TokenizedExample {
  const example = examples[index];
  if (example === undefined)
    throw new RangeError(`${path} holds ${examples.length} examples; asked for number ${index}.`);
  return example;
}
