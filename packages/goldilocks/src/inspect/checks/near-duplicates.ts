// Near duplicates by MinHash signatures and locality-sensitive hashing (Broder 1997; Leskovec et al., Mining of Massive
// Datasets, ch. 3), with one hash per run of characters and densified empty bins (Shrivastava 2017), then compared in full.
import type { Groups } from './groups.js';
import { jaccard, mix, shingles } from './shingles.js';

/** Sharing at least this much of their runs of five characters makes two texts near duplicates. */
export const nearDuplicateSimilarity = 0.8;

const bands = 12;
const rowsPerBand = 5;
const bins = bands * rowsPerBand;

/** Compared with at most this many others of a bucket; only buckets of boilerplate are larger. */
const maxComparisons = 24;

/** Over all texts; with many long ones only the beginnings are compared, which bounds memory. */
const maxCharacters = 50_000_000;

/** A run of characters in more than this share of the rows is boilerplate and tells no row from another. */
const commonShare = 0.1;
const countSlots = 2 ** 18;

/** Joins in `groups` the indexes of near-duplicate texts. `texts` are folded; equal ones should be joined before. */
export function joinNearDuplicates(texts: readonly string[], order: readonly number[], groups: Groups): void {
  const limit = Math.min(20_000, Math.max(200, Math.floor(maxCharacters / Math.max(1, texts.length))));
  const all = order.map((index) => shingles(texts[index]!, limit));
  const common = commonRuns(all);
  const sets = all.map((runs) => distinctive(runs, common));
  const signatures = sets.map(signature);
  for (let band = 0; band < bands; band += 1) {
    const keys = Uint32Array.from(signatures, (bin) => bandKey(bin, band));
    for (const bucket of buckets(keys)) compareBucket(bucket);
  }

  function compareBucket(bucket: Uint32Array): void {
    for (let at = 1; at < bucket.length; at += 1) {
      const from = Math.max(0, at - maxComparisons);
      for (let other = at - 1; other >= from; other -= 1) joinIfNear(bucket[at]!, bucket[other]!);
    }
  }

  function joinIfNear(a: number, b: number): void {
    const [first, second] = [order[a]!, order[b]!];
    if (groups.find(first) === groups.find(second)) return;
    if (jaccard(sets[a]!, sets[b]!) >= nearDuplicateSimilarity) groups.join(first, second);
  }
}

/** Marks, by the low bits of the hash, runs in so many rows that they are boilerplate. Collisions are rare and harmless. */
function commonRuns(sets: readonly Uint32Array[]): Uint8Array {
  const limit = Math.max(10, sets.length * commonShare);
  const counts = new Uint32Array(countSlots);
  for (const runs of sets) for (const run of runs) counts[run % countSlots]! += 1;
  return Uint8Array.from(counts, (count) => (count > limit ? 1 : 0));
}

/** Without boilerplate, unless little else is there. */
function distinctive(runs: Uint32Array, common: Uint8Array): Uint32Array {
  const kept = runs.filter((run) => common[run % countSlots] === 0);
  return kept.length >= Math.min(runs.length, 10) ? kept : runs;
}

/** The smallest hash in each bin; an empty bin borrows from another found by hashing its number. */
function signature(runs: Uint32Array): Uint32Array {
  const filled = new Uint32Array(bins).fill(0xffffffff);
  for (const run of runs) {
    const bin = run % bins;
    const value = mix(run ^ 0x9e3779b9);
    if (value < filled[bin]!) filled[bin] = value;
  }
  const dense = filled.slice();
  for (let bin = 0; bin < bins; bin += 1) {
    for (let attempt = 1; dense[bin] === 0xffffffff && attempt <= 1000; attempt += 1) {
      dense[bin] = filled[mix(bin * 1009 + attempt) % bins]!;
    }
  }
  return dense;
}

function bandKey(bin: Uint32Array, band: number): number {
  let key = band;
  for (let row = 0; row < rowsPerBand; row += 1) key = mix(Math.imul(key, 31) ^ bin[band * rowsPerBand + row]!);
  return key;
}

/** Positions with equal keys, each bucket ascending; single ones are left out. */
function* buckets(keys: Uint32Array): Generator<Uint32Array> {
  const sorted = Uint32Array.from(keys.keys()).sort((a, b) => keys[a]! - keys[b]! || a - b);
  let start = 0;
  for (let end = 1; end <= sorted.length; end += 1) {
    if (end < sorted.length && keys[sorted[end]!] === keys[sorted[start]!]) continue;
    if (end - start > 1) yield sorted.subarray(start, end);
    start = end;
  }
}
