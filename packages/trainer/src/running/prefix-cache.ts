// Output of the frozen layers below the lowest trainable one, computed once for each example and kept on disk: it is the same in every epoch,
// in every trial that freezes at least as deep, and in evaluation.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type MicroBatch, makeMicroBatches, type NumberedExample, rowTokens } from '../data/batches.js';
import type { TokenizedExample } from '../data/example.js';
import type { BaseModel } from '../models/base-model.js';
import type { BasePrecision } from '../settings.js';
import { bytesPerNumber, type Precision, PrefixFile, writePrefixFile } from './prefix-file.js';
import { PrefixRunner } from './prefix-runner.js';
import { PrefixStore } from './prefix-store.js';

const tokenBudget = 512;
const defaultLimit = 16 * 2 ** 30;

export interface PrefixOptions {
  base: BaseModel;
  /** Number of frozen layers, ≥ 1. */
  depth: number;
  examples: readonly TokenizedExample[];
  cacheDirectory: string;
  /** Precision of the frozen matrices; default f32. */
  basePrecision?: BasePrecision;
  /** Most bytes that are kept on disk of all models and data; default 16 GiB. */
  limit?: number;
}

interface Place {
  file: PrefixFile;
  /** First token of the example in the file. */
  start: number;
}

export class PrefixCache {
  private constructor(
    readonly depth: number,
    private readonly width: number,
    private readonly files: readonly PrefixFile[],
    /** By number of the example. */
    private readonly places: readonly Place[],
  ) {}

  /**
   * Opens the states of these examples, and computes first those that no run before has, from a shallower cache where one has them. They are
   * float32, or bfloat16 where so much data would fill the bound.
   * @returns nothing where even that does not fit: then they are computed anew at each step
   */
  static async open(options: PrefixOptions): Promise<PrefixCache | undefined> {
    const { base, depth, examples, cacheDirectory, limit = defaultLimit } = options;
    const precision = precisionFor(options, limit);
    if (!precision) return undefined;
    const store = new PrefixStore(join(cacheDirectory, 'prefixes'), limit);
    const found = openFiles(store, options, precision, depth);
    const keys = examples.map(keyOf);
    const missing = uniqueBy(keys).filter((i) => !found.places.has(keys[i]!));
    if (missing.length > 0) found.add(await compute(options, store, precision, missing, found.paths));
    const places = keys.map((key) => found.places.get(key)!);
    return new PrefixCache(depth, base.config.hiddenSize, found.files, places);
  }

  /** @returns nothing where an example has no place */
  static of(depth: number, width: number, files: readonly PrefixFile[], places: readonly (Place | undefined)[]) {
    if (places.includes(undefined)) return undefined;
    return new PrefixCache(depth, width, files, places as Place[]);
  }

  /** Hidden states of a batch, [tokens, hidden]. */
  hiddenOf({ segments, examples, shape }: MicroBatch): Float32Array {
    const hidden = new Float32Array(shape.tokens * this.width);
    segments.forEach(({ first, ids, firstPosition }, i) => {
      const { file, start } = this.places[examples[i]!]!;
      file.read(start + firstPosition, hidden.subarray(first * this.width, (first + ids.length) * this.width));
    });
    return hidden;
  }

  close(): void {
    for (const file of this.files) file.close();
  }
}

/** What states depend on beside the example. */
const modelKey = ({ base, basePrecision = 'f32' }: PrefixOptions): string =>
  basePrecision === 'f32' ? base.hash : `${basePrecision}${base.hash}`;

/** What an example's states depend on beside the model. */
function keyOf(example: TokenizedExample): string {
  return createHash('sha256')
    .update(example.ids.subarray(0, rowTokens(example)))
    .digest('hex')
    .slice(0, 32);
}

/** Numbers of the first of equal keys. */
function uniqueBy(keys: readonly string[]): number[] {
  const seen = new Set<string>();
  return keys.flatMap((key, i) => {
    if (seen.has(key)) return [];
    seen.add(key);
    return [i];
  });
}

/** Float32 up to half of the bound, so that a second data set or depth fits beside. */
function precisionFor({ base, examples }: PrefixOptions, limit: number): Precision | undefined {
  const numbers = examples.reduce((sum, example) => sum + rowTokens(example), 0) * base.config.hiddenSize;
  if (numbers * bytesPerNumber.f32 <= limit / 2) return 'f32';
  return numbers * bytesPerNumber.bf16 <= limit ? 'bf16' : undefined;
}

/** All files of one depth, and where in them each example is. */
function openFiles(store: PrefixStore, options: PrefixOptions, precision: Precision, depth: number) {
  const { base, examples } = options;
  const wanted = new Set(examples.map(keyOf));
  const [files, paths] = [[] as PrefixFile[], new Set<string>()];
  const places = new Map<string, Place>();
  const add = (path: string) => {
    const file = new PrefixFile(path, base.config.hiddenSize, precision);
    const useful = [...file.starts].filter(([key]) => wanted.has(key) && !places.has(key));
    if (useful.length === 0) return file.close();
    store.touch(path);
    files.push(file);
    paths.add(path);
    for (const [key, start] of useful) places.set(key, { file, start });
  };
  for (const path of store.filesOf({ model: modelKey(options), depth, precision })) add(path);
  return { files, paths, places, add };
}

/** Computes the states of some examples. @returns the new file's path */
async function compute(
  options: PrefixOptions,
  store: PrefixStore,
  precision: Precision,
  missing: readonly number[],
  kept: ReadonlySet<string>,
): Promise<string> {
  const { base, depth, examples, basePrecision } = options;
  const width = base.config.hiddenSize;
  const numbered = missing.map((index) => ({ index, example: examples[index]! }));
  const { index, starts } = layOut(numbered);
  const numberOf = new Map(missing.map((number, i) => [number, i]));
  const digest = createHash('sha256').update(index.join()).digest('hex').slice(0, 24);
  const path = store.pathOf({ model: modelKey(options), depth, precision }, digest);
  const shallower = findShallower(store, { ...options, examples: numbered.map(({ example }) => example) }, precision);
  const runner = new PrefixRunner(base, shallower?.depth ?? 0, depth, basePrecision);
  store.makeRoom(index.reduce((sum, [, , count]) => sum + count, 0) * width * bytesPerNumber[precision], kept);
  try {
    await writePrefixFile(path, { index, width, precision }, async (put) => {
      for (const batch of makeMicroBatches(numbered, tokenBudget, 1, base.architecture.task)) {
        const below = shallower?.hiddenOf({ ...batch, examples: batch.examples.map((i) => numberOf.get(i)!) });
        const hidden = await runner.run(batch, below);
        const statesOf = (first: number, count: number) => hidden.subarray(first * width, (first + count) * width);
        for (const [i, { first, ids, firstPosition, parent }] of batch.segments.entries()) {
          const start = starts.get(batch.examples[i]!)!;
          await put(start + firstPosition, statesOf(first, ids.length));
          // What examples share is there once in the batch, but once for each in the file.
          if (parent) await put(start + parent.firstPosition, statesOf(parent.first, parent.ids.length));
        }
      }
    });
  } finally {
    await runner.release();
    shallower?.close();
  }
  return path;
}

function layOut(numbered: readonly NumberedExample[]) {
  const starts = new Map<number, number>();
  let end = 0;
  const index = numbered.map(({ index: number, example }): [string, number, number] => {
    const start = end;
    starts.set(number, start);
    end += rowTokens(example);
    return [keyOf(example), start, rowTokens(example)];
  });
  return { index, starts };
}

/** The deepest cache below that has all of the examples. */
function findShallower(store: PrefixStore, options: PrefixOptions, precision: Precision): PrefixCache | undefined {
  const { base, depth, examples } = options;
  for (const shallower of store.shallower({ model: modelKey(options), depth, precision })) {
    const { files, places } = openFiles(store, options, precision, shallower);
    const all = examples.map((example) => places.get(keyOf(example)));
    const cache = PrefixCache.of(shallower, base.config.hiddenSize, files, all);
    if (cache) return cache;
    for (const file of files) file.close();
  }
  return undefined;
}
