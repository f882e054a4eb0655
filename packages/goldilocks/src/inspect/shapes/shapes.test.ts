import { describe, expect, it } from 'vitest';
import { inspect } from '../inspect.js';
import { dataFile, jsonLines, sentence } from '../testing/data-file.js';
import type { InspectOptions } from '../types.js';

const make = (row: (i: number) => unknown, count = 40): unknown[] => Array.from({ length: count }, (_, i) => row(i));

async function shapeOf(rows: readonly unknown[], options: InspectOptions = {}) {
  const data = await inspect(dataFile('a.jsonl', jsonLines(rows)), options);
  return { ...data, first: data.rows[1]! };
}

describe('shapes', () => {
  it.each<[string, (i: number) => unknown, object]>([
    [
      'text',
      (i) => ({ text: sentence(i) }),
      { shape: 'text', task: 'text', example: { prompt: '', completion: sentence(1) } },
    ],
    [
      'prompt and completion',
      (i) => ({ prompt: sentence(i), completion: `done ${i}` }),
      { shape: 'prompt-completion', task: 'generation', example: { prompt: `${sentence(1)}\n`, completion: 'done 1' } },
    ],
    [
      'a completion that brings its own space',
      (i) => ({ prompt: sentence(i), completion: ` done ${i}` }),
      { task: 'generation', example: { prompt: sentence(1), completion: ' done 1' } },
    ],
    [
      'question and answer',
      (i) => ({ id: i, Question: sentence(i), Answer: `done ${i}` }),
      { shape: 'prompt-completion', columns: { input: ['Question'], target: ['Answer'] } },
    ],
    [
      'query and response',
      (i) => ({ query: sentence(i), response: `done ${i}` }),
      { columns: { input: ['query'], target: ['response'] } },
    ],
    [
      'text and summary',
      (i) => ({ article: sentence(i), summary: `done ${i}` }),
      { columns: { input: ['article'], target: ['summary'] } },
    ],
    [
      'Alpaca',
      (i) => ({ instruction: 'Shorten.', input: sentence(i), output: `done ${i}` }),
      {
        shape: 'alpaca',
        task: 'generation',
        example: { prompt: `Shorten.\n\n${sentence(1)}\n`, completion: 'done 1' },
      },
    ],
    [
      'Alpaca without input',
      (i) => ({ instruction: sentence(i), input: '', output: `done ${i}` }),
      { shape: 'alpaca', example: { prompt: `${sentence(1)}\n`, completion: 'done 1' } },
    ],
    [
      'text and label',
      (i) => ({ text: sentence(i), label: i % 2 }),
      {
        shape: 'text-label',
        task: 'classification',
        labels: ['0', '1'],
        example: { prompt: `${sentence(1)}\n`, completion: '1' },
      },
    ],
    [
      'review and sentiment',
      (i) => ({ review: sentence(i), sentiment: i % 2 ? 'good' : 'bad' }),
      { shape: 'text-label', columns: { input: ['review'], target: ['sentiment'] } },
    ],
    [
      'topic and sentiment together',
      (i) => ({ text: sentence(i), topic: i % 2 ? 'a' : 'b', sentiment: i % 4 < 2 ? 'x' : 'y' }),
      { labels: ['a, x', 'a, y', 'b, x', 'b, y'], example: { prompt: `${sentence(1)}\n`, completion: 'a, x' } },
    ],
    [
      'few different completions are labels',
      (i) => ({ prompt: sentence(i), completion: i % 2 ? ' yes' : ' no' }),
      {
        shape: 'prompt-completion',
        task: 'classification',
        labels: ['no', 'yes'],
        example: { prompt: `${sentence(1)}\n`, completion: 'yes' },
      },
    ],
    [
      'two sentences and a label',
      (i) => ({ premise: sentence(i), hypothesis: sentence(i + 400), label: i % 2 }),
      { example: { prompt: `${sentence(1)}\n\n${sentence(401)}\n`, completion: '1' } },
    ],
    [
      'names I do not know',
      (i) => ({ nr: i, aussage: sentence(i), klasse: i % 2 ? 'ja' : 'nein' }),
      { shape: 'other', task: 'classification', columns: { input: ['aussage'], target: ['klasse'] } },
    ],
  ])('%s', async (_, row, expected) => {
    const { first, ...data } = await shapeOf(make(row));
    expect({ ...data, example: first.example }).toMatchObject(expected);
  });

  it.each([
    [
      'messages',
      (i: number) => ({
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: sentence(i) },
          { role: 'assistant', content: `a ${i}` },
        ],
      }),
    ],
    [
      'conversations',
      (i: number) => ({
        conversations: [
          { from: 'system', value: 'Be brief.' },
          { from: 'human', value: sentence(i) },
          { from: 'gpt', value: `a ${i}` },
        ],
      }),
    ],
    [
      'messages',
      (i: number) => ({
        messages: JSON.stringify([
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: [{ type: 'text', text: sentence(i) }] },
          { role: 'assistant', content: `a ${i}` },
        ]),
      }),
    ],
  ])('chat in %s', async (column, row) => {
    const { first, shape, task } = await shapeOf(make(row));
    expect({ shape, task }).toEqual({ shape: column === 'messages' ? 'chat' : 'sharegpt', task: 'generation' });
    const [system, user, assistant] = ['Be brief.', sentence(1), 'a 1'];
    expect(first.example).toEqual({
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: user },
        { role: 'assistant', content: assistant },
      ],
    });
    expect([first.text, first.target]).toEqual([`${system}\n${user}`, assistant]);
  });

  it('a chat without an answer, and one with an unknown role, are named', async () => {
    const good = make(
      (i) => ({
        messages: [
          { role: 'user', content: sentence(i) },
          { role: 'assistant', content: 'a' },
        ],
      }),
      12,
    );
    await expect(shapeOf([...good, { messages: [{ role: 'user', content: 'x' }] }])).rejects.toThrow(
      /a\.jsonl:13 \(no answer/,
    );
    await expect(shapeOf([...good, { messages: [{ role: 'wizard', content: 'x' }] }])).rejects.toThrow(
      /a\.jsonl:13 \(message 1 has no role/,
    );
  });
});

describe('options', () => {
  const rows = make((i) => ({ text: sentence(i), note: `remark ${i}`, label: i % 2, mood: i % 4 < 2 ? 'x' : 'y' }));

  it('override the guess', async () => {
    expect((await shapeOf(rows)).columns).toEqual({ input: ['text'], target: ['label'] });
    expect((await shapeOf(rows, { labelColumn: 'mood' })).columns).toEqual({ input: ['text'], target: ['mood'] });
    expect((await shapeOf(rows, { textColumn: 'note', labelColumn: 'Mood' })).columns).toEqual({
      input: ['note'],
      target: ['mood'],
    });
    expect((await shapeOf(rows, { promptColumn: 'text', completionColumn: 'note' })).task).toBe('generation');
    expect((await shapeOf(rows, { labelColumns: ['mood', 'label'] })).labels).toEqual(['x, 0', 'x, 1', 'y, 0', 'y, 1']);
    expect((await shapeOf(rows, { task: 'generation' })).labels).toBeUndefined();
  });

  it('the guess says what was taken for what, and why', async () => {
    const { guess } = await shapeOf(rows);
    expect(guess).toContain('"text" is the input and "label" the label, recognised by name; with 2 different labels');
    const unknown = await shapeOf(make((i) => ({ nr: i, aussage: sentence(i), klasse: i % 2 ? 'ja' : 'nein' })));
    expect(unknown.guess).toMatch(/guessed from their values.*--text-column/);
  });
});
