// A text as the set of its overlapping character runs, hashed; what near duplicates are compared by.

export const shingleLength = 5;

/**
 * Hashes of the runs of five characters of a folded text, each once, ascending; a shorter text is one run.
 * Only the first `maxCharacters` count, which bounds the work.
 */
export function shingles(folded: string, maxCharacters = 20_000): Uint32Array {
  const length = Math.min(folded.length, maxCharacters);
  const count = Math.max(1, length - shingleLength + 1);
  const runs = new Uint32Array(count);
  for (let start = 0; start < count; start += 1)
    runs[start] = hashRun(folded, start, Math.min(length, start + shingleLength));
  // Sorting numbers in place is several times faster here than a Set.
  runs.sort();
  let kept = 1;
  for (let at = 1; at < count; at += 1) if (runs[at] !== runs[at - 1]) runs[kept++] = runs[at]!;
  return runs.slice(0, kept);
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

/** Shared over all, 0 to 1, of two ascending lists without repetition. Two empty ones are equal. */
export function jaccard(a: Uint32Array, b: Uint32Array): number {
  if (a.length === 0 && b.length === 0) return 1;
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const difference = a[i]! - b[j]!;
    if (difference === 0) shared += 1;
    if (difference <= 0) i += 1;
    if (difference >= 0) j += 1;
  }
  return shared / (a.length + b.length - shared);
}
