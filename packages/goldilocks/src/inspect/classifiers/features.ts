// Texts as sets of word and word-pair numbers, for the cheap classifiers that judge data before any model does.
import { words } from '../text/normalise.js';

/** Distinct features of every text; numbers are consecutive from 0. */
export interface Features {
  rows: Int32Array[];
  size: number;
  /** Number of rows each feature occurs in, [size]. */
  frequency: Int32Array;
}

/** Words counted per text; more do not change a judgement. */
const maxWords = 400;

/** Features seen in one text only are dropped: they can say nothing about another. */
export function featuresOf(texts: readonly string[]): Features {
  const numbers = new Map<string, number>();
  const counts: number[] = [];
  const all = texts.map((text) => {
    const found = new Set<number>();
    for (const name of namesOf(text)) {
      const number = numbers.get(name) ?? numbers.set(name, numbers.size).size - 1;
      if (found.has(number)) continue;
      found.add(number);
      counts[number] = (counts[number] ?? 0) + 1;
    }
    return found;
  });
  const kept = new Int32Array(counts.length).fill(-1);
  let size = 0;
  for (const [number, count] of counts.entries()) if (count > 1) kept[number] = size++;
  const rows = all.map((found) =>
    Int32Array.from([...found].map((number) => kept[number]!).filter((number) => number >= 0)),
  );
  return { rows, size, frequency: Int32Array.from(counts.filter((count) => count > 1)) };
}

function* namesOf(text: string): Generator<string> {
  const list = words(text).slice(0, maxWords);
  yield* list;
  for (let at = 1; at < list.length; at += 1) yield `${list[at - 1]} ${list[at]}`;
}
