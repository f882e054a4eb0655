import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { TextError } from '../errors.js';
import { TextTokenizer } from '../text/tokenizer.js';
import type { Example, TokenizedExample } from './example.js';
import { NothingToLearnError, type TokenizeOptions, tokenizeExample } from './tokenize.js';

const goldenFolder = fileURLToPath(new URL('../../../../goldens', import.meta.url));

const byteLevel = TextTokenizer.load(`${goldenFolder}/io/byte-level`);
const metaspace = TextTokenizer.load(`${goldenFolder}/io/metaspace`);
const goldens = JSON.parse(readFileSync(`${goldenFolder}/io/text.json`, 'utf8'));
const plain: TokenizeOptions = { maxLength: 512, lossOn: 'completion', template: 'plain' };
const chat: TokenizeOptions = { ...plain, template: 'chat' };

/** Runs of supervised tokens, as text. */
function supervisedText({ ids, supervised }: TokenizedExample, tokenizer: TextTokenizer): string[] {
  const runs: number[][] = [];
  ids.forEach((id, i) => {
    if (supervised[i] && !supervised[i - 1]) runs.push([]);
    if (supervised[i]) runs.at(-1)!.push(id);
  });
  return runs.map((run) => tokenizer.decode(run, { skipSpecialTokens: false }));
}

const pair = { prompt: 'why was my card declined?\n', completion: 'the fee' };

describe('plain', () => {
  test('prompt, completion and end are tokenized one by one; completion and end count', () => {
    const found = tokenizeExample(pair, byteLevel, plain);
    const [p, c] = [byteLevel.encode(pair.prompt), byteLevel.encode(pair.completion)];
    expect([...found.ids]).toEqual([...p, ...c, byteLevel.eosTokenId]);
    expect([...found.supervised]).toEqual([...p.map(() => 0), ...c.map(() => 1), 1]);
    expect(found).toMatchObject({ supervisedBytes: 7, truncatedTokens: 0 });
  });

  test('the start token comes once', () => {
    const found = tokenizeExample(pair, metaspace, plain);
    expect([...found.ids].filter((id) => id === metaspace.bosTokenId)).toEqual([found.ids[0]]);
    expect(supervisedText(found, metaspace)).toEqual(['the fee</s>']);
  });

  test('on the whole text all but the first token count', () => {
    const found = tokenizeExample(pair, byteLevel, { ...plain, lossOn: 'all' });
    expect([...found.supervised]).toEqual([0, ...Array(found.ids.length - 1).fill(1)]);
    const first = byteLevel.byteLength([found.ids[0]!]);
    expect(found.supervisedBytes).toBe(pair.prompt.length + pair.completion.length - first);
  });

  test('without a prompt the first token cannot be predicted, except after a start token', () => {
    const text = { prompt: '', completion: 'the fee' };
    expect(tokenizeExample(text, byteLevel, plain).supervised[0]).toBe(0);
    expect([...tokenizeExample(text, metaspace, plain).supervised.slice(0, 2)]).toEqual([0, 1]);
  });

  test('conversations too: each answer counts, and its end', () => {
    const messages = goldens['byte-level'].chats[1].messages;
    const found = tokenizeExample({ messages }, byteLevel, plain);
    expect(supervisedText(found, byteLevel)).toEqual(['The dog.<|im_end|>', 'not yet<|im_end|>']);
    expect(found.supervisedBytes).toBe('The dog.not yet'.length);
  });
});

describe('chat', () => {
  test.each([
    ['byte-level', byteLevel, ['The dog.<|im_end|>', 'not yet<|im_end|>']],
    ['metaspace', metaspace, [' The dog. </s>', ' not yet </s>']],
  ] as const)('%s: ids of the whole text; each assistant turn counts up to its end token', (kind, tokenizer, runs) => {
    const { messages, ids } = goldens[kind].chats[1];
    const found = tokenizeExample({ messages }, tokenizer, chat);
    expect([...found.ids]).toEqual(ids.slice(0, found.ids.length));
    expect(supervisedText(found, tokenizer).map((text) => text.trim())).toEqual(runs.map((text) => text.trim()));
  });

  test('a pair is a conversation of two', () => {
    const found = tokenizeExample({ prompt: 'why was my card declined?', completion: 'the fee' }, byteLevel, chat);
    expect([...found.ids]).toEqual(goldens['byte-level'].chats[0].ids.slice(0, found.ids.length));
    expect(supervisedText(found, byteLevel)).toEqual(['the fee<|im_end|>']);
  });

  test('roles that the template refuses are an error with its words', () => {
    const messages = [{ role: 'assistant', content: 'hello' }] as const;
    expect(() => tokenizeExample({ messages: [...messages] }, metaspace, chat)).toThrow(/Roles must alternate/);
  });

  const folder = mkdtempSync(join(tmpdir(), 'templates-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const withTemplate = (source: string) => {
    cpSync(`${goldenFolder}/io/byte-level`, folder, { recursive: true });
    writeFileSync(join(folder, 'chat_template.jinja'), source);
    return TextTokenizer.load(folder);
  };

  test('a template without end tokens gets one after the last answer', () => {
    const tokenizer = withTemplate(
      "{% for m in messages %}{{ m.role + ': ' + m.content + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}",
    );
    const { messages } = goldens['byte-level'].chats[0];
    expect(supervisedText(tokenizeExample({ messages }, tokenizer, chat), tokenizer)[0]).toMatch(
      /the fee\n<\|im_end\|>$/,
    );
  });

  test('a template that rewrites earlier turns is refused', () => {
    const tokenizer = withTemplate('{{ messages | length }}{% for m in messages %}{{ m.content }}{% endfor %}');
    const { messages } = goldens['byte-level'].chats[1];
    expect(() => tokenizeExample({ messages }, tokenizer, chat)).toThrow(/changes earlier turns/);
  });
});

describe('too long', () => {
  const long = { prompt: 'The quick brown fox jumps over the lazy dog.\n', completion: 'my card was declined' };
  const whole = tokenizeExample(long, byteLevel, plain);
  const completionTokens = whole.supervised.reduce((a, b) => a + b, 0);

  test('the prompt is cut from the left', () => {
    const found = tokenizeExample(long, byteLevel, { ...plain, maxLength: completionTokens + 3 });
    expect([...found.ids]).toEqual([...whole.ids.slice(-completionTokens - 3)]);
    expect(found.truncatedTokens).toBe(whole.ids.length - completionTokens - 3);
    expect(supervisedText(found, byteLevel)).toEqual(['my card was declined<|im_end|>']);
  });

  test('then the completion from the right; one token is kept to predict from', () => {
    const found = tokenizeExample(long, byteLevel, { ...plain, maxLength: 4 });
    const promptTokens = whole.ids.length - completionTokens;
    expect([...found.ids]).toEqual([...whole.ids.slice(promptTokens - 1, promptTokens + 3)]);
    expect([...found.supervised]).toEqual([0, 1, 1, 1]);
    expect(found.truncatedTokens).toBe(whole.ids.length - 4);
  });

  test('the start token stays', () => {
    const found = tokenizeExample(long, metaspace, { ...plain, maxLength: 6 });
    expect(found.ids[0]).toBe(metaspace.bosTokenId);
    expect(found.supervised[1]).toBe(1);
  });

  test('never longer than asked, never without something to learn', () => {
    const text = fc.string({ maxLength: 40 });
    fc.assert(
      fc.property(
        text,
        text,
        fc.integer({ min: 2, max: 30 }),
        fc.constantFrom(plain, chat),
        (prompt, completion, maxLength, options) => {
          const { ids, supervised } = tokenizeExample({ prompt: `a${prompt}`, completion }, byteLevel, {
            ...options,
            maxLength,
          });
          expect(ids.length).toBeLessThanOrEqual(maxLength);
          expect(supervised.length).toBe(ids.length);
          expect(supervised[0]).toBe(0);
          expect(supervised.at(-1)).toBe(1);
        },
      ),
    );
  });
});

test.each<[string, Example, Partial<TokenizeOptions>]>([
  ['no text at all', { prompt: '', completion: '' }, {}],
  ['no answer', { messages: [{ role: 'user', content: 'hello' }] }, {}],
  ['room for one token only', pair, { maxLength: 1 }],
])('%s is an error that names the example', (_, example, extra) => {
  const attempt = () => tokenizeExample(example, byteLevel, { ...plain, ...extra, name: 'Row 12' });
  expect(attempt).toThrow(NothingToLearnError);
  expect(attempt).toThrow(/^Row 12/);
});

test('a model without a template cannot chat', () => {
  const folder = mkdtempSync(join(tmpdir(), 'no-template-'));
  cpSync(`${goldenFolder}/io/byte-level`, folder, { recursive: true });
  rmSync(join(folder, 'chat_template.jinja'));
  expect(() => tokenizeExample(pair, TextTokenizer.load(folder), chat)).toThrow(TextError);
  rmSync(folder, { recursive: true });
});

const smol = fileURLToPath(new URL('../../../../../shared/models/smollm2-135m-instruct', import.meta.url));

test.skipIf(!existsSync(smol))('SmolLM2: the ids and labels that PyTorch was trained on', () => {
  const { batch } = JSON.parse(readFileSync(`${smol}/golden.json`, 'utf8'));
  const tokenizer = TextTokenizer.load(smol);
  const found = tokenizeExample({ prompt: 'Please change my PIN.\n', completion: 'change_pin' }, tokenizer, plain);
  const length = batch.attention_mask[2].reduce((a: number, b: number) => a + b, 0);
  expect([...found.ids]).toEqual(batch.input_ids[2].slice(0, length));
  expect([...found.supervised]).toEqual(batch.labels[2].slice(0, length).map((label: number) => (label >= 0 ? 1 : 0)));
});
