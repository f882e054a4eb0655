// A text as the set of its overlapping character runs, hashed; what near duplicates are compared by.

export const shingleLength = 5;

/**
 * Hashes of the runs of five characters of a folded text, each once; a shorter text is one run.
 * Only the first `maxCharacters` count, which bounds the work.
 */
export function shingles(folded: string, maxCharacters = 20_000): Uint32Array {
  const text = folded.slice(0, maxCharacters);
  const count = Math.max(1, text.length - shingleLength + 1);
  const set = new Set<number>();
  for (let start = 0; start < count; start += 1)
    set.add(hashRun(text, start, Math.min(text.length, start + shingleLength)));
  return Uint32Array.from(set);
}

/** FNV-1a over UTF-16 units, then a finalising mix so that all bits depend on all characters. */
function hashRun(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mix(hash);
}

/** A bijection of 32-bit integers that scatters neighbours (murmur3's finaliser). */
export function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Shared over all, 0 to 1. Two empty sets are equal. */
export function jaccard(a: Uint32Array, b: Uint32Array): number {
  if (a.length === 0 && b.length === 0) return 1;
  const [small, large] = a.length <= b.length ? [a, new Set(b)] : [b, new Set(a)];
  let shared = 0;
  for (const value of small) if (large.has(value)) shared += 1;
  return shared / (a.length + b.length - shared);
}
