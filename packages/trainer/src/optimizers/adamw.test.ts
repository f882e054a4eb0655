import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ParameterMemory } from '../kernels/memory.js';
import { AdamW } from './adamw.js';
import { Optimizer } from './optimizer.js';

interface Golden {
  settings: { beta1: number; beta2: number; epsilon: number; weightDecay: number };
  groups: { name: string; shape: number[]; decay: boolean; rateScale: number; joins: number }[];
  initial: Record<string, number[]>;
  steps: {
    learningRate: number;
    maxGradientNorm: number;
    micro: { weight: number; gradients: Record<string, number[]>; ids: number[]; rows: number[] }[];
    norm: number;
    parameters: Record<string, number[]>;
  }[];
  moments: Record<string, { first: number[]; second: number[] }>;
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../../goldens/numerics/adamw.json', import.meta.url), 'utf8'),
);

/** Largest difference, relative to the reference's largest element. */
function difference(actual: Float32Array, expected: number[]): number {
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!))) / largest;
}

async function run(more: boolean, afterStep?: (optimizer: Optimizer, step: number) => void): Promise<Optimizer> {
  const memory = new ParameterMemory();
  const rule = new AdamW(golden.settings);
  const optimizer = new Optimizer(memory, rule, golden.settings.weightDecay);
  for (const [step, { learningRate, maxGradientNorm, micro, norm }] of golden.steps.entries()) {
    for (const { joins, ...group } of golden.groups) {
      if (joins !== step) continue;
      const initial = golden.initial[group.name]!;
      const parameter = memory.allocate({ count: initial.length, state: rule.stateOf(group) });
      parameter.set(initial);
      optimizer.addParameter({ ...group, parameter, hiddenMatrix: false });
    }
    for (const { weight, gradients, ids, rows } of micro) {
      for (const [name, values] of Object.entries(gradients)) {
        optimizer.accumulate(name, Float32Array.from(values), weight, more);
      }
      optimizer.accumulateRows('embedding', Int32Array.from(ids), Float32Array.from(rows), 4, weight);
    }
    const result = await optimizer.step({ learningRate, maxGradientNorm });
    expect(result.applied).toBe(true);
    expect(Math.abs(result.gradientNorm / norm - 1)).toBeLessThan(1e-6);
    afterStep?.(optimizer, step);
  }
  return optimizer;
}

function tensors(optimizer: Optimizer): Map<string, Float32Array> {
  return new Map(optimizer.state().tensors.map(({ name, data }) => [name, data.slice()]));
}

describe('AdamW against torch.optim.AdamW', () => {
  test.each([false, true])(
    'twelve steps: clipping, accumulation, decay groups, rows, a late parameter (more: %s)',
    async (more) => {
      const optimizer = await run(more, (current, step) => {
        const now = tensors(current);
        for (const [name, expected] of Object.entries(golden.steps[step]!.parameters)) {
          expect(difference(now.get(name)!, expected), `${name} after step ${step}`).toBeLessThan(1e-6);
        }
      });
      const end = tensors(optimizer);
      for (const [name, { first, second }] of Object.entries(golden.moments)) {
        expect(difference(end.get(`${name}.first_moment`)!, first)).toBeLessThan(1e-6);
        expect(difference(end.get(`${name}.second_moment`)!, second)).toBeLessThan(1e-6);
      }
      expect(optimizer.state().steps).toEqual({ weight: 12, bias: 12, embedding: 12, late: 8 });
    },
  );

  test('equal calls give equal bits', async () => {
    expect(tensors(await run(false))).toEqual(tensors(await run(false)));
  });
});
