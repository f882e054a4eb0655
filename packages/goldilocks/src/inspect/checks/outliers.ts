// Rows unlike the rest: by length, by their words, by their characters. Robust scores, so that the outliers themselves
// do not set the scale (Iglewicz and Hoaglin 1993).
import { type Finding, percent, problem, rowsOf } from '../problems.js';
import { words } from '../text/normalise.js';
import type { InspectedRow, Problem } from '../types.js';

export interface OutlierFindings {
  /** Indexes, most unusual first. */
  rows: number[];
  share: number;
  problems: Problem[];
}

/** Distances from the median, in robust standard deviations, past which a row is an outlier. */
const limits = { length: 4.5, words: 4.5, characters: 5 };

const minimumRows = 30;
/** Characters of a row that are looked at. */
const maxCharacters = 4000;
const pairSlots = 2 ** 16;

export function findOutliers(rows: readonly InspectedRow[]): OutlierFindings {
  if (rows.length < minimumRows) return { rows: [], share: 0, problems: [] };
  const texts = rows.map(({ text, target }) => (text || target).slice(0, maxCharacters));
  const scores = {
    length: robustScores(texts.map((_, index) => Math.log1p((rows[index]!.text || rows[index]!.target).length))),
    words: byLengthScores(wordSurprise(texts), texts),
    characters: byLengthScores(characterSurprise(texts), texts),
  };
  const unusual = texts.map((_, index) =>
    Math.max(
      Math.abs(scores.length[index]!) / limits.length,
      scores.words[index]! / limits.words,
      scores.characters[index]! / limits.characters,
    ),
  );
  const found = [...unusual.keys()]
    .filter((index) => unusual[index]! > 1)
    .sort((a, b) => unusual[b]! - unusual[a]! || a - b);
  const share = found.length / rows.length;
  const problems =
    found.length === 0
      ? []
      : [
          problem(
            finding(found.length, share),
            found.map((index) => rows[index]!),
          ),
        ];
  return { rows: found, share, problems };
}

function finding(count: number, share: number): Finding {
  return {
    kind: 'outliers',
    severity: share > 0.02 ? 'warning' : 'note',
    message: `${rowsOf(count)} (${percent(share)}) ${count === 1 ? 'is' : 'are'} unlike the rest in length, words or characters.`,
    advice: 'Look at the rows named, most unusual first: keep what will also come in use, remove what does not belong.',
  };
}

/** Mean over a row's words of −log of the share of other rows that have the word. */
function wordSurprise(texts: readonly string[]): number[] {
  const lists = texts.map((text) => [...new Set(words(text))]);
  const counts = new Map<string, number>();
  for (const list of lists) for (const word of list) counts.set(word, (counts.get(word) ?? 0) + 1);
  return lists.map((list) => {
    const sum = list.reduce((total, word) => total - Math.log((counts.get(word)! - 1 + 0.5) / texts.length), 0);
    return list.length === 0 ? 0 : sum / list.length;
  });
}

/** Mean over a row's character pairs of −log of their share among all pairs of the other rows. */
function characterSurprise(texts: readonly string[]): number[] {
  // Pairs are counted by hash: collisions among the few thousand that occur are rare.
  const counts = new Float64Array(pairSlots);
  const own = new Float64Array(pairSlots);
  let total = 0;
  for (const text of texts) for (let at = 1; at < text.length; at += 1, total += 1) counts[pairAt(text, at)]! += 1;
  return texts.map((text) => {
    for (let at = 1; at < text.length; at += 1) own[pairAt(text, at)]! += 1;
    let sum = 0;
    for (let at = 1; at < text.length; at += 1) {
      const pair = pairAt(text, at);
      sum -= Math.log((counts[pair]! - own[pair]! + 0.5) / total);
    }
    for (let at = 1; at < text.length; at += 1) own[pairAt(text, at)] = 0;
    return text.length < 2 ? 0 : sum / (text.length - 1);
  });
}

function pairAt(text: string, at: number): number {
  return (Math.imul(text.charCodeAt(at - 1), 0x9e3779b1) ^ Math.imul(text.charCodeAt(at), 0x85ebca6b)) >>> 16;
}

/** Short texts vary more than long ones, so each is compared with texts of about its length. */
function byLengthScores(values: readonly number[], texts: readonly string[]): Float64Array {
  const order = [...texts.keys()].sort((a, b) => texts[a]!.length - texts[b]!.length || a - b);
  const binCount = Math.max(1, Math.min(10, Math.floor(texts.length / 100)));
  const scores = new Float64Array(values.length);
  for (let bin = 0; bin < binCount; bin += 1) {
    const members = order.slice(
      Math.floor((bin * order.length) / binCount),
      Math.floor(((bin + 1) * order.length) / binCount),
    );
    const inBin = robustScores(members.map((index) => values[index]!));
    for (const [position, index] of members.entries()) scores[index] = inBin[position]!;
  }
  return scores;
}

/** (value − median) over the spread of its own side of the median, so that a skewed scale does not cry wolf. */
export function robustScores(values: readonly number[]): Float64Array {
  const centre = medianOf(values);
  const above = spread(values.filter((value) => value > centre).map((value) => value - centre));
  const below = spread(values.filter((value) => value < centre).map((value) => centre - value));
  return Float64Array.from(values, (value) =>
    value === centre ? 0 : (value - centre) / (value > centre ? above : below),
  );
}

/** Median distance as a standard deviation of a normal distribution; never 0. */
function spread(distances: readonly number[]): number {
  return Math.max(1.4826 * medianOf(distances), 1e-2);
}

export function medianOf(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
