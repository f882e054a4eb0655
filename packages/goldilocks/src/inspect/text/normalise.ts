// Text reduced to what makes it the same or nearly the same as another, and hashes of it.
import { createHash } from 'node:crypto';

/** For exact duplicates: Unicode composition and white space do not count, letters' case does. */
export function normalise(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}

/** For near duplicates and words: compatibility forms, case and punctuation do not count either. */
export function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}

/** Scripts written without spaces count each character as a word. */
const wordPattern =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]+/gu;

/** Words of a text, folded. */
export function words(text: string): string[] {
  return fold(text).match(wordPattern) ?? [];
}

export function sha256(...parts: string[]): string {
  const hash = createHash('sha256');
  // The length before each part keeps ("ab", "c") and ("a", "bc") apart.
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}

/** A number in [0, 1) that depends only on the text, uniform over texts. */
export function uniformOf(text: string): number {
  return Number.parseInt(sha256('split', text).slice(0, 13), 16) / 2 ** 52;
}
