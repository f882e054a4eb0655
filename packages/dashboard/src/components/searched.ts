// What is searched, in words.
import type { Searched } from '@goldilocks/protocol/page';
import { list, param } from '../format.js';
import { text } from '../text.js';

/** `1e-5 to 1e-3`, or `8, 16 and 32`. */
export function searchedText(searched: Searched): string {
  if ('choices' in searched) return list(searched.choices.map(param));
  return text.start.range(param(searched.low), param(searched.high));
}
