// Turns texts with labels into token ids for an encoder.
import { DataError } from '../errors.js';
import type { TextTokenizer } from '../text/tokenizer.js';
import type { Example, TokenizedExample } from './example.js';

export interface LabelledOptions {
  /** The classes, in the order of the model's outputs. */
  labels: readonly string[];
  /** Most tokens a text keeps, what the tokenizer puts around it included: it is cut from the right. */
  maxLength: number;
  /** Names the example in errors, such as `row 12`. */
  name?: string;
}

/** A text as an encoder reads it, `[CLS] … [SEP]`, cut to `maxLength`. */
export function tokenizeWhole(text: string, tokenizer: TextTokenizer, maxLength: number) {
  const { startTokenIds: start, endTokenIds: end } = tokenizer;
  const bare = tokenizer.encode(text, { addSpecialTokens: false });
  const kept = bare.slice(0, Math.max(0, maxLength - start.length - end.length));
  return { ids: [...start, ...kept, ...end], truncatedTokens: bare.length - kept.length };
}

/** The text of an example without its label. @throws DataError where it is a conversation */
export function textOf(example: Example, name = 'An example'): string {
  if ('messages' in example) {
    throw new DataError(
      `${name} is a conversation, but an encoder classifies single texts. Give it texts with labels.`,
    );
  }
  return example.prompt.trim();
}

/** The prompt is the text, the completion its label. @throws DataError where it is none of the labels, or a conversation */
export function tokenizeLabelled(
  example: Example,
  tokenizer: TextTokenizer,
  { labels, maxLength, name = 'An example' }: LabelledOptions,
): TokenizedExample {
  const text = textOf(example, name);
  const label = 'completion' in example ? example.completion.trim() : '';
  const number = labels.findIndex((each) => each.trim() === label);
  if (number < 0) {
    const shown = labels.slice(0, 10).join(', ');
    throw new DataError(`${name} has the label «${label}», which is none of the model's: ${shown}.`);
  }
  const { ids, truncatedTokens } = tokenizeWhole(text, tokenizer, maxLength);
  const supervised = new Uint8Array(ids.length + 1);
  supervised[ids.length] = 1;
  return {
    ids: Int32Array.from([...ids, number]),
    supervised,
    supervisedBytes: Buffer.byteLength(label),
    truncatedTokens,
  };
}
