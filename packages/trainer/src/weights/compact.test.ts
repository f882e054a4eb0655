import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { examplesOf, expectSteps, type GoldenSteps, numbered, settingsOf } from '../../test/golden-model.js';
import { BaseModel } from '../models/base-model.js';
import type { TrainingSettings } from '../settings.js';
import { Learner } from '../training/learner.js';
import { type CompactPrecision, compact, normalFloats } from './compact.js';
import { SafetensorsFile } from './safetensors.js';

type Steps = GoldenSteps & { final: Record<string, number[]> };

const cacheDirectory = mkdtempSync(join(tmpdir(), 'goldilocks-compact-'));
afterAll(() => rmSync(cacheDirectory, { recursive: true }));
const goldens = fileURLToPath(new URL('../../../../goldens', import.meta.url));
const json = (path: string) => JSON.parse(readFileSync(join(goldens, path), 'utf8'));
const golden = json('llama/tied/golden.json');
const quantized: { levels: number[] } & Record<CompactPrecision, Steps> = json('llama/tied/quantized.json');
const examples = examplesOf(golden);
const lora: TrainingSettings['lora'] = {
  rank: golden.lora.rank,
  alpha: golden.lora.alpha,
  targets: golden.lora.targets,
  rankStabilized: false,
};

describe('frozen matrices in fewer bits', () => {
  it.each(['bf16', '8bit', '4bit'] as const)(
    'take the same ten LoRA steps as PEFT over a model rounded so: %s, also with layers computed again',
    async (basePrecision) => {
      const start = new Map<string, Float32Array>();
      const file = SafetensorsFile.open(join(goldens, 'llama/tied/lora-start.safetensors'));
      for (const name of file.names()) start.set(name, file.read(name));
      const steps = quantized[basePrecision];
      const base = await BaseModel.load(join(goldens, 'llama/tied'), { cacheDirectory });
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
