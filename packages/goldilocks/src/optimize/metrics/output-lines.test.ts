import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../local/line-splitter.js';
import { outputReader, patternReader } from './output-lines.js';
import { numberOf } from './record.js';

/** Real output of the Hugging Face Trainer; see goldens/optimize/make.py. */
const trainer: Record<string, string> = JSON.parse(
  readFileSync(new URL('../../../../../goldens/optimize/trainer.json', import.meta.url), 'utf8'),
);

function records(output: string) {
  const lines = new LineSplitter();
  return [...lines.push(Buffer.from(output)), ...lines.end()]
    .map((line) => outputReader.read(line))
    .filter((record) => record !== null);
}

describe('output of the Hugging Face Trainer', () => {
  it.each(['quiet', 'bar'])('%s: each report once, whatever the progress bar draws', (name) => {
    const found = records(trainer[name]!);
    expect(found).toHaveLength(7);
    expect(found.filter((record) => record.eval_loss !== undefined)).toMatchObject([
      { eval_loss: 3.027, epoch: 1 },
      { eval_loss: 3.025, epoch: 2 },
    ]);
  });

  it('a diverged run reports NaN', () => {
    expect(
      records(trainer.diverged!)
        .filter((record) => 'eval_loss' in record)
        .map((record) => record.eval_loss),
    ).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('a line', () => {
  it.each<[string, Record<string, number> | null]>([
    ['{"loss": 0.5, "step": 10}', { loss: 0.5, step: 10 }],
    ['{"loss": NaN, "a": Infinity, "b": -Infinity}', { loss: Number.NaN, a: Infinity, b: -Infinity }],
    ['{"note": "NaN, maybe", "loss": 1}', { loss: 1 }],
    ['{"eval": {"loss": 0.25, "f1": "0.5"}, "name": "x", "ok": true}', { 'eval.loss': 0.25, 'eval.f1': 0.5 }],
    ['2026-11-25 10:00:00 INFO {"loss": 1e-3}', { loss: 1e-3 }],
    // Transformers 4 prints numbers, 5 prints them in quotes.
    ["{'eval_loss': 1.25, 'epoch': 1.0}", { eval_loss: 1.25, epoch: 1 }],
    ["{'eval_loss': '1.25', 'epoch': '1'}", { eval_loss: 1.25, epoch: 1 }],
    [
      "{'loss': nan, 'grad': inf, 'x': -inf, 'who': 'it\\'s', 'none': None}",
      { loss: Number.NaN, grad: Infinity, x: -Infinity },
    ],
    ["{'loss': np.float32(0.5), 'acc': tensor(0.75, device='cuda:0')}", { loss: 0.5, acc: 0.75 }],
    ["{'loss': [1, 2]}", null],
    ['{"loss": 0.5', null],
    ['loss: 0.5', null],
    ['{}', null],
    ['{"__proto__": 1}', { ['__proto__']: 1 }],
    ['[1, 2]', null],
    ['null', null],
  ])('%s', (line, expected) => {
    const record = outputReader.read(line);
    expect(record === null ? null : Object.entries(record)).toEqual(
      expected === null ? null : Object.entries(expected),
    );
  });

  it('never throws, and takes no long over nasty text', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('{', '}', "'", '"', ':', ',', ' ', 'a', '1', '\\', 'NaN', '('),
      maxLength: 400,
    });
    fc.assert(
      fc.property(nasty, (text) => {
        outputReader.read(`{${text}}`);
      }),
      { numRuns: 500 },
    );
    const began = performance.now();
    for (const part of [' ', "'a':", '[ ', "'", '(', 'NaN ,'])
      outputReader.read(`{${part.repeat(65_000 / part.length)}}`);
    expect(performance.now() - began).toBeLessThan(20_000); // hours, where a pattern goes wrong
  });
});

describe('patterns', () => {
  it('name metrics by their groups; what is no number is left out', () => {
    const reader = patternReader('epoch (?<epoch>\\d+): loss (?<loss>[-\\d.e+]+|nan)( on (?<device>\\w+))?');
    expect({ ...reader.read('epoch 3: loss 1.5e-2 on cuda') }).toEqual({ epoch: 3, loss: 0.015 });
    expect({ ...reader.read('epoch 3: loss nan') }).toEqual({ epoch: 3, loss: Number.NaN });
    expect(reader.read('nothing')).toBeNull();
  });
});

describe('numberOf', () => {
  it.each([
    ['1', 1],
    [' -1.5e-3 ', -0.0015],
    ['.5', 0.5],
    ['+inf', Infinity],
    ['-Infinity', -Infinity],
    ['', undefined],
    ['0x10', undefined],
    ['1,5', undefined],
    ['12%', undefined],
  ])('%j', (text, expected) => expect(numberOf(text)).toBe(expected));
});
