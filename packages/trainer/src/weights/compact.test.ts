import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import {
  examplesOf,
  expectClose,
  expectSteps,
  type GoldenSteps,
  numbered,
  settingsOf,
} from '../../test/golden-model.js';
import { evaluateLoss } from '../evaluation/evaluate-loss.js';
import { mergedTensor } from '../export/merge.js';
import { Decoder } from '../generation/decoder.js';
import { BaseModel } from '../models/base-model.js';
import type { Model, WeightTensor } from '../models/model.js';
import type { TrainingSettings } from '../settings.js';
import { Learner } from '../training/learner.js';
import { type CompactPrecision, compact, normalFloats } from './compact.js';
import { SafetensorsFile } from './safetensors.js';

type Steps = GoldenSteps & Record<'final' | 'merged', Record<string, number[]>>;

const cacheDirectory = mkdtempSync(join(tmpdir(), 'goldilocks-compact-'));
afterAll(() => rmSync(cacheDirectory, { recursive: true }));
const goldens = fileURLToPath(new URL('../../../../goldens', import.meta.url));
const json = (path: string) => JSON.parse(readFileSync(join(goldens, path), 'utf8'));
const golden = json('llama/tied/golden.json');
type Quantized = { levels: number[]; dora: Steps & { magnitudes: Record<string, number[]> } } & Record<
  CompactPrecision,
  Steps
>;
const quantized: Quantized = json('llama/tied/quantized.json');
const examples = examplesOf(golden);
const lora: TrainingSettings['lora'] = {
  rank: golden.lora.rank,
  alpha: golden.lora.alpha,
  targets: golden.lora.targets,
  rankStabilized: false,
};

const start = new Map<string, Float32Array>();
const file = SafetensorsFile.open(join(goldens, 'llama/tied/lora-start.safetensors'));
for (const name of file.names()) start.set(name, file.read(name));
const open = () => BaseModel.load(join(goldens, 'llama/tied'), { cacheDirectory });

/** A model with the adapters that PEFT ended with. */
async function ended(basePrecision: CompactPrecision, { final }: Steps, dora = false): Promise<Model> {
  const base = await open();
  const settings = settingsOf(quantized['4bit'], { method: 'lora', lora: { ...lora!, dora }, basePrecision });
  const { weights } = new Learner({ base, settings, train: examples, validation: [], cacheDirectory });
  for (const [name, { data }] of weights.tensors) data.set(final[name]!);
  return { base, tuned: weights };
}

/** A merged model needs nothing of what it was made from. */
function whole(model: Model): Model {
  const tensors = [...model.base.shapes].map(([name, shape]): [string, WeightTensor] => [
    name,
    { shape: [...shape], data: mergedTensor(model, name) },
  ]);
  return { base: model.base, tuned: { method: 'full', tensors: new Map(tensors) } };
}

describe('frozen matrices in fewer bits', () => {
  it.each(['bf16', '8bit', '4bit'] as const)(
    'take the same ten LoRA steps as PEFT over a model rounded so: %s, also with layers computed again',
    async (basePrecision) => {
      const steps = quantized[basePrecision];
      const base = await open();
      for (const gradientCheckpointing of [false, true]) {
        const settings = settingsOf(steps, { method: 'lora', lora, basePrecision, gradientCheckpointing });
        await expectSteps(
          { base, examples, settings, cacheDirectory },
          steps,
          new Map(Object.entries(steps.final)),
          start,
        );
      }
    },
  );

  it('take the same ten DoRA steps as PEFT, magnitudes beginning at the norms of the rounded matrices', async () => {
    const { magnitudes, ...steps } = quantized.dora;
    const base = await open();
    const settings = settingsOf(steps, { method: 'lora', lora: { ...lora!, dora: true }, basePrecision: '4bit' });
    const { tensors } = new Learner({ base, settings, train: examples, validation: [], cacheDirectory }).weights;
    for (const [name, wanted] of Object.entries(magnitudes)) expectClose(tensors.get(name)!.data, wanted, 1e-6, name);
    await expectSteps(
      { base, examples, settings, cacheDirectory },
      steps,
      new Map(Object.entries(steps.final)),
      new Map([
        ...start,
        ...Object.entries(magnitudes).map(([name, values]) => [name, Float32Array.from(values)] as const),
      ]),
    );
  });

  it.each([
    ['bf16', quantized.bf16, false],
    ['8bit', quantized['8bit'], false],
    ['4bit', quantized['4bit'], false],
    ['4bit', quantized.dora, true],
  ] as const)('are what is measured, written on with and merged as PEFT merges: %s', async (precision, steps, dora) => {
    const model = await ended(precision, steps, dora);
    const merged = whole(model);
    for (const [name, wanted] of Object.entries(steps.merged)) {
      expectClose(merged.tuned!.tensors.get(name)!.data, wanted, 1e-6, name);
    }
    const measured = await evaluateLoss(model, examples);
    expectClose(measured.perExample, (await evaluateLoss(merged, examples)).perExample, 1e-5);
    const overWhole = await evaluateLoss({ ...model, tuned: { ...model.tuned!, basePrecision: 'f32' } }, examples);
    expect(Math.abs(overWhole.loss - measured.loss)).toBeGreaterThan(1e-4);
    const logits = async (each: Model) => {
      const decoder = new Decoder(each, 1, 16);
      const [row] = await decoder.prefill([examples[0]!.ids.subarray(0, 3)]);
      await decoder.release();
      return row!;
    };
    expectClose(await logits(model), await logits(merged), 1e-5);
  });

  it('are as small as said, and matrices stored the other way round are read so', async () => {
    const base = await BaseModel.load(join(goldens, 'models/gpt2'), { cacheDirectory });
    const lossWith = async (basePrecision: TrainingSettings['basePrecision']) => {
      const settings = settingsOf(quantized['4bit'], { method: 'lora', lora, basePrecision });
      const learner = new Learner({ base, settings, train: examples, validation: [], cacheDirectory });
      await learner.moveTo(0);
      const { loss, gradientNorm } = await learner.step(numbered(examples), 0, 0);
      await learner.release();
      return { loss, gradientNorm };
    };
    const whole = await lossWith('f32');
    for (const [precision, share] of [
      ['bf16', 0.01],
      ['8bit', 0.01],
      ['4bit', 0.1],
    ] as const) {
      const { loss, gradientNorm } = await lossWith(precision);
      expect(loss).not.toBe(whole.loss);
      expect(Math.abs(loss / whole.loss - 1)).toBeLessThan(share);
      expect(Math.abs(gradientNorm / whole.gradientNorm - 1)).toBeLessThan(3 * share);
    }
    const sizeOf = (extension: string) =>
      Math.max(
        ...readdirSync(cacheDirectory).flatMap((name) =>
          name.endsWith(extension) ? statSync(join(cacheDirectory, name)).size : [],
        ),
      );
    expect(sizeOf('.4bit')).toBeLessThan(sizeOf('.8bit'));
    expect(sizeOf('.8bit')).toBeLessThan(sizeOf('.bf16'));
  });

  it('have the values of NF4, each number the nearest one, and zeros where a block is zero', () => {
    expect([...normalFloats]).toEqual(quantized.levels.map(Math.fround));
    const values = Float32Array.from({ length: 128 }, (_, i) => (i < 64 ? 3 * Math.sin(i * i) : 0));
    const { numbers, scales } = compact(values, '4bit');
    const codeOf = (i: number) => (i % 2 === 0 ? numbers[i >> 1]! >> 4 : numbers[i >> 1]! & 15);
    values.forEach((value, i) => {
      const errors = [...normalFloats].map((level) => Math.abs(level * scales![i >> 6]! - value));
      expect(errors[codeOf(i)]).toBe(Math.min(...errors));
    });
  });
});
