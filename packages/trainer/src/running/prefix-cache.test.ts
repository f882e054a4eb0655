import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tinyExamples, tinyModel } from '../../test/tiny-run.js';
import { makeMicroBatches, rowTokens } from '../data/batches.js';
import type { TokenizedExample } from '../data/example.js';
import { BaseModel } from '../models/base-model.js';
import { PrefixCache } from './prefix-cache.js';
import { PrefixRunner } from './prefix-runner.js';

let cacheDirectory: string;
beforeEach(() => {
  cacheDirectory = mkdtempSync(join(tmpdir(), 'goldilocks-prefix-'));
});
afterEach(() => rmSync(cacheDirectory, { recursive: true }));

const base = await BaseModel.load(tinyModel, {
  cacheDirectory: mkdtempSync(join(tmpdir(), 'goldilocks-prefix-model-')),
});
const folder = () => join(cacheDirectory, 'prefixes');
const filesNow = () => readdirSync(folder()).sort();

/** Examples that share a beginning, so that batches hold it once. */
const examples = tinyExamples(12).map((example) => {
  const beginning = [5, 17, 9, 4, 30, 8];
  const ids = Int32Array.from([...beginning, ...example.ids]);
  return { ...example, ids, supervised: Uint8Array.from([...beginning.map(() => 0), ...example.supervised]) };
});

const batchesOf = (some: readonly TokenizedExample[]) =>
  makeMicroBatches(
    some.map((example, index) => ({ index, example })),
    64,
    1,
  );

/** Largest difference between what the cache has for these examples and what is computed for each by itself. */
async function difference(cache: PrefixCache, depth: number, some: readonly TokenizedExample[]): Promise<number> {
  const runner = new PrefixRunner(base, 0, depth);
  let worst = 0;
  for (const [i, example] of some.entries()) {
    const [alone] = makeMicroBatches([{ index: i, example }], 64, 1);
    const wanted = await runner.run(alone!);
    const cached = cache.hiddenOf(alone!);
    wanted.forEach((value, j) => {
      worst = Math.max(worst, Math.abs(value - cached[j]!));
    });
  }
  await runner.release();
  return worst;
}

describe('outputs of frozen layers', () => {
  it('are those of examples by themselves, in any batch, and are computed once', async () => {
    const cache = (await PrefixCache.open({ base, depth: 2, examples, cacheDirectory }))!;
    expect(await difference(cache, 2, examples)).toBeLessThan(1e-5);
    const [batch] = batchesOf(examples);
    expect(batch!.segments.some(({ parent }) => parent)).toBe(true);
    expect(cache.hiddenOf(batch!).every(Number.isFinite)).toBe(true);
    cache.close();
    const files = filesNow();
    const part = examples.slice(3, 7);
    const again = (await PrefixCache.open({ base, depth: 2, examples: part, cacheDirectory }))!;
    expect(await difference(again, 2, part)).toBeLessThan(1e-5);
    again.close();
    expect(filesNow()).toEqual(files);
  });

  it('of a deeper freeze continue from a shallower one, and only new examples are computed', async () => {
    const shallow = (await PrefixCache.open({ base, depth: 1, examples, cacheDirectory }))!;
    shallow.close();
    const deep = (await PrefixCache.open({ base, depth: 2, examples, cacheDirectory }))!;
    expect(await difference(deep, 2, examples)).toBeLessThan(1e-5);
    deep.close();
    const more = [...examples, ...tinyExamples(3, 21)];
    const grown = (await PrefixCache.open({ base, depth: 2, examples: more, cacheDirectory }))!;
    expect(await difference(grown, 2, more)).toBeLessThan(1e-5);
    grown.close();
    const sizes = filesNow().map((name) => statSync(join(folder(), name)).size);
    expect(sizes.length).toBe(3);
    expect(Math.min(...sizes)).toBeLessThan(0.5 * Math.max(...sizes));
  });

  it('stay within their bound: half the bits, then what was unused for longest goes, then nothing is kept', async () => {
    const bytes = 4 * base.config.hiddenSize * examples.reduce((sum, example) => sum + rowTokens(example), 0);
    const half = (await PrefixCache.open({ base, depth: 1, examples, cacheDirectory, limit: 1.5 * bytes }))!;
    const worst = await difference(half, 1, examples);
    expect(worst).toBeGreaterThan(1e-6);
    expect(worst).toBeLessThan(0.05);
    half.close();
    const [first] = filesNow();
    expect(statSync(join(folder(), first!)).size).toBeLessThan(0.8 * bytes);
    utimesSync(join(folder(), first!), 1, 1);
    const limit = 1.2 * bytes;
    (await PrefixCache.open({ base, depth: 2, examples, cacheDirectory, limit: 1.02 * limit }))!.close();
    (await PrefixCache.open({ base, depth: 3, examples, cacheDirectory, limit: 1.02 * limit }))!.close();
    expect(filesNow()).not.toContain(first);
    expect(await PrefixCache.open({ base, depth: 2, examples, cacheDirectory, limit: 0.4 * bytes })).toBeUndefined();
  });
});
