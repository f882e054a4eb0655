import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { TextError, TrainerError } from '../errors.js';
import { TextTokenizer } from './tokenizer.js';

const goldenFolder = fileURLToPath(new URL('../../../../goldens', import.meta.url));

const goldens = JSON.parse(readFileSync(`${goldenFolder}/io/text.json`, 'utf8'));

describe.each(['byte-level', 'metaspace'])('the %s tokenizer', (kind) => {
  const golden = goldens[kind];
  const tokenizer = TextTokenizer.load(`${goldenFolder}/io/${kind}`);

  test('knows its special tokens and its size', () => {
    expect(tokenizer.vocabSize).toBe(golden.vocab_size);
    expect(tokenizer.eosTokenId).toBe(golden.eos);
    expect(tokenizer.bosTokenId).toBe(golden.bos);
    expect(tokenizer.startTokenIds).toEqual(kind === 'metaspace' ? [golden.bos] : []);
  });

  test.each<{ text: string; ids: number[]; bare: number[]; decoded: string; whole: string }>(golden.texts)(
    'agrees with Transformers on $text',
    ({ text, ids, bare, decoded, whole }) => {
      expect(tokenizer.encode(text)).toEqual(ids);
      expect(tokenizer.encode(text, { addSpecialTokens: false })).toEqual(bare);
      expect(tokenizer.countTokens(text)).toBe(ids.length);
      expect(tokenizer.decode(ids)).toBe(decoded);
      expect(tokenizer.decode(ids, { skipSpecialTokens: false })).toBe(whole);
    },
  );

  test('lays conversations out like Transformers', () => {
    for (const { messages, text, ids, prompt } of golden.chats) {
      expect(tokenizer.chatTemplate!.render(messages)).toBe(text);
      expect(tokenizer.encode(text, { addSpecialTokens: false })).toEqual(ids);
      expect(tokenizer.chatTemplate!.render(messages.slice(0, -1), { addGenerationPrompt: true })).toBe(prompt);
    }
  });

  test('counts the bytes of its tokens', () => {
    const prefix = kind === 'metaspace' ? 1 : 0; // the space that is put before every text
    for (const { text, bare } of golden.texts) {
      if (text === '' || text === '<|im_end|>') continue;
      expect(tokenizer.byteLength(bare)).toBe(Buffer.byteLength(text) + prefix);
    }
  });

  test('any text comes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        if (/<\/?[su|]/.test(text)) return;
        const ids = tokenizer.encode(text, { addSpecialTokens: false });
        expect(tokenizer.decode(ids)).toBe(text);
      }),
    );
  });

  test('refuses an embedding with fewer rows than it has tokens', () => {
    tokenizer.checkFits(golden.vocab_size);
    expect(() => tokenizer.checkFits(golden.vocab_size - 1)).toThrow(/only \d+ rows/);
  });

  test('refuses to decode an id it does not have', () => {
    expect(() => tokenizer.decode([golden.vocab_size])).toThrow(TextError);
  });
});

describe('a damaged tokenizer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokenizer-'));
  const file = join(folder, 'tokenizer.json');
  cpSync(`${goldenFolder}/io/byte-level`, folder, { recursive: true });
  const sound = readFileSync(file);
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is missing', () => {
    expect(() => TextTokenizer.load(tmpdir())).toThrow(/tokenizer.json is missing/);
  });

  test.each([['{'], ['[]'], ['{}'], ['{"model":null}'], ['{"model":{"type":"Magic"}}'], ['{"model":{"type":"BPE"}}']])(
    'is %s',
    (text) => {
      writeFileSync(file, text);
      expect(() => TextTokenizer.load(folder)).toThrow(TrainerError);
    },
  );

  test.each(['1E9', '-1', '0.5', '"7"', 'null'])('has the token id %s', (id) => {
    writeFileSync(file, sound.toString().replace(': 117,', `: ${id},`));
    expect(() => TextTokenizer.load(folder)).toThrow(/impossible token id/);
  });

  test('has no token for what a text holds', () => {
    const model = { type: 'WordLevel', vocab: { a: 0 }, unk_token: 'none' };
    writeFileSync(file, JSON.stringify({ ...JSON.parse(sound.toString()), model, added_tokens: [] }));
    expect(() => TextTokenizer.load(folder).encode('my card')).toThrow(/has no token for "m/);
  });

  test('has any bytes changed: it loads and encodes, or is refused', () => {
    const change = fc.record({ at: fc.nat(sound.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const bytes = Buffer.from(sound);
        for (const { at, to } of changes) bytes[at] = to;
        writeFileSync(file, bytes);
        try {
          TextTokenizer.load(folder).encode('my card');
        } catch (error) {
          expect(error).toBeInstanceOf(TrainerError);
        }
      }),
      { numRuns: 100 },
    );
  });
});

const smol = fileURLToPath(new URL('../../../../../shared/models/smollm2-135m-instruct', import.meta.url));

describe.skipIf(!existsSync(smol))('SmolLM2', () => {
  const golden = JSON.parse(existsSync(smol) ? readFileSync(`${smol}/golden.json`, 'utf8') : '{}');

  test('token ids and chat text as in Transformers', () => {
    const tokenizer = TextTokenizer.load(smol);
    for (const { text, ids } of golden.forward) {
      expect(tokenizer.encode(text)).toEqual(ids);
      expect(tokenizer.decode(ids)).toBe(text);
    }
    expect(tokenizer.chatTemplate!.render(golden.chat.messages)).toBe(golden.chat.text);
  });
});
