// A decision list of keywords (Rivest 1987; Yarowsky 1994): "if the text has this word, then that label", surest first.
import type { Features } from './features.js';
import { indexOfMax } from './naive-bayes.js';

/** Keywords of the list per label, about what a person would write down. */
const keywordsPerLabel = 5;

/** Rows a keyword must have been seen in. */
const minimumRows = 2;

/** Learns from the rows given; the rule maps a text's features to a label. Texts without a keyword get the commonest. */
export function learnKeywordRule(
  features: Features,
  rows: readonly number[],
  labels: Int32Array,
  classes: number,
): (found: Int32Array) => number {
  const counts = new Int32Array(features.size * classes);
  const totals = new Int32Array(classes);
  for (const row of rows) {
    totals[labels[row]!]! += 1;
    for (const feature of features.rows[row]!) counts[feature * classes + labels[row]!]! += 1;
  }
  const fallback = indexOfMax(totals);
  const list = ranked(counts, features.size, classes);
  const label = new Map(list.map(({ feature, target }) => [feature, target]));
  const rank = new Map(list.map(({ feature }, position) => [feature, position]));
  return (found) => {
    let best = Infinity;
    let answer = fallback;
    for (const feature of found) {
      const position = rank.get(feature) ?? Infinity;
      if (position < best) [best, answer] = [position, label.get(feature)!];
    }
    return answer;
  };
}

/** Best keywords of each label, by how surely they tell it; smoothing makes rare ones less sure. */
function ranked(counts: Int32Array, size: number, classes: number): { feature: number; target: number }[] {
  const perLabel: { feature: number; target: number; sureness: number; hits: number }[][] = Array.from(
    { length: classes },
    () => [],
  );
  for (let feature = 0; feature < size; feature += 1) {
    const row = counts.subarray(feature * classes, (feature + 1) * classes);
    const target = indexOfMax(row);
    const hits = row[target]!;
    if (hits < minimumRows) continue;
    const sum = row.reduce((total, count) => total + count, 0);
    perLabel[target]!.push({ feature, target, sureness: (hits + 0.5) / (sum + 1), hits });
  }
  const bySureness = (a: { sureness: number; hits: number; feature: number }, b: typeof a): number =>
    b.sureness - a.sureness || b.hits - a.hits || a.feature - b.feature;
  // A keyword that covers many rows is worth more than one that is sure of two.
  const byWorth = (a: { sureness: number; hits: number; feature: number }, b: typeof a): number =>
    b.sureness * b.hits - a.sureness * a.hits || a.feature - b.feature;
  return perLabel.flatMap((list) => list.sort(byWorth).slice(0, keywordsPerLabel)).sort(bySureness);
}
