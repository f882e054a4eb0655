// The kinds of tokenizers that encoders (WordPiece) and Gemma (SentencePiece's unigrams) have.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { tokenizeLabelled, tokenizeWhole } from '../data/tokenize-labelled.js';
import { DataError } from '../errors.js';
import { TextTokenizer } from './tokenizer.js';

const folder = fileURLToPath(new URL('../../../../goldens/models/tokenizers', import.meta.url));
const golden = JSON.parse(readFileSync(`${folder}/golden.json`, 'utf8'));

describe.each(['wordpiece', 'unigram'])('a %s tokenizer', (kind) => {
  const tokenizer = TextTokenizer.load(`${folder}/${kind}`);

  test.each<{ text: string; ids: number[]; bare: number[]; decoded: string }>(golden[kind].texts)(
    'agrees with Transformers on «$text»',
    ({ text, ids, bare, decoded }) => {
      expect(tokenizer.encode(text)).toEqual(ids);
      expect(tokenizer.encode(text, { addSpecialTokens: false })).toEqual(bare);
      expect(tokenizer.decode(ids)).toBe(decoded);
      expect(tokenizeWhole(text, tokenizer, 100).ids).toEqual(ids);
    },
  );

  test('knows what is put around a text', () => {
    expect(tokenizer.vocabSize).toBe(golden[kind].vocab_size);
    expect(tokenizer.startTokenIds).toEqual([2]);
    expect(tokenizer.endTokenIds).toEqual(kind === 'wordpiece' ? [3] : []);
  });
});

describe('a text with a label', () => {
  const tokenizer = TextTokenizer.load(`${folder}/wordpiece`);
  const labels = ['late', 'lost'];
  const read = (completion: string, maxLength = 20) =>
    tokenizeLabelled({ prompt: 'my card was late\n', completion }, tokenizer, { labels, maxLength, name: 'row 3' });

  test('is its tokens, and its class behind them', () => {
    expect(read('lost')).toEqual({
      ids: Int32Array.of(2, 5, 6, 7, 8, 3, 1),
      supervised: Uint8Array.of(0, 0, 0, 0, 0, 0, 1),
      supervisedBytes: 4,
      truncatedTokens: 0,
    });
  });

  test('is cut from the right, what is around it stays', () => {
    expect(read(' late', 4)).toMatchObject({ ids: Int32Array.of(2, 5, 6, 3, 0), truncatedTokens: 2 });
  });

  test('of no known class is refused', () => {
    expect(() => read('stolen')).toThrow(DataError);
    expect(() => read('stolen')).toThrow(/row 3 has the label «stolen».*late, lost/);
  });
});
