// Scores for generated text against a reference: exact match, ROUGE-L, chrF.
import { l as rougeSummary } from 'js-rouge';

/** 1 where both texts are equal up to white space at the ends and its amount within; else 0. */
export function exactMatch(candidate: string, reference: string): number {
  return tidy(candidate) === tidy(reference) ? 1 : 0;
}

/**
 * ROUGE-L in [0, 1]: F1 of the longest common subsequence of words, over the text as one sequence. Words are runs of
 * letters and digits of any script, lower-cased (Lin 2004, https://aclanthology.org/W04-1013).
 */
export function rougeL(candidate: string, reference: string): number {
  if (words(candidate).length === 0 || words(reference).length === 0) return 0;
  return rougeSummary(candidate, reference, { beta: 1, tokenizer: words, segmenter: (text) => [text] });
}

function tidy(text: string): string {
  return text.trim().replace(/\s+/gu, ' ');
}

function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

const longestGram = 6;
const beta = 2;

/** Counts of one text pair for n-grams of length 1 … 6: in the candidate, in the reference, in both. */
export type GramCounts = { candidate: number; reference: number; common: number }[];

/**
 * chrF2 in [0, 100]: F₂ of character n-grams up to length 6 without white space (Popović 2015,
 * https://aclanthology.org/W15-3049), n-gram lengths that a text is too short for left out, as in sacrebleu.
 */
export function chrF(candidate: string, reference: string): number {
  return fScore(gramCounts(candidate, reference));
}

/** chrF2 of a corpus, in [0, 100]: the counts of all pairs added up first. `candidates[i]` belongs to `references[i]`. */
export function corpusChrF(candidates: readonly string[], references: readonly string[]): number {
  return chrFOfCounts(references.map((reference, i) => gramCounts(candidates[i] ?? '', reference)));
}

/** chrF2 of a corpus whose pairs were counted by `gramCounts`. */
export function chrFOfCounts(pairs: readonly GramCounts[]): number {
  const total: GramCounts = Array.from({ length: longestGram }, () => ({ candidate: 0, reference: 0, common: 0 }));
  for (const pair of pairs) {
    for (const [n, counts] of pair.entries()) {
      total[n]!.candidate += counts.candidate;
      total[n]!.reference += counts.reference;
      total[n]!.common += counts.common;
    }
  }
  return fScore(total);
}

/** Counts the n-grams of a candidate and its reference, the slow part of chrF. */
export function gramCounts(candidate: string, reference: string): GramCounts {
  const candidateCharacters = Array.from(candidate.replace(/\s+/gu, ''));
  const referenceCharacters = Array.from(reference.replace(/\s+/gu, ''));
  return Array.from({ length: longestGram }, (_, i) => {
    const candidateGrams = grams(candidateCharacters, i + 1);
    const referenceGrams = grams(referenceCharacters, i + 1);
    let common = 0;
    for (const [gram, count] of candidateGrams) common += Math.min(count, referenceGrams.get(gram) ?? 0);
    const inReference = Math.max(0, referenceCharacters.length - i);
    return {
      candidate: inReference === 0 ? 0 : Math.max(0, candidateCharacters.length - i),
      reference: inReference,
      common,
    };
  });
}

function grams(characters: readonly string[], length: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + length <= characters.length; i++) {
    const gram = characters.slice(i, i + length).join('');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

function fScore(counts: GramCounts): number {
  const usable = counts.filter(({ candidate, reference }) => candidate > 0 && reference > 0);
  if (usable.length === 0) return 0;
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const precision = mean(usable.map(({ candidate, common }) => common / candidate));
  const recall = mean(usable.map(({ reference, common }) => common / reference));
  if (precision + recall === 0) return 0;
  return (100 * (1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall);
}
