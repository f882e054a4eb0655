// Every optimizer but AdamW against its reference (goldens/numerics/optimizers.py).
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectClose } from '../../test/golden-model.js';
import { ParameterMemory } from '../kernels/memory.js';
import type { OptimizerSettings } from '../settings.js';
import { sizeOf } from '../tensor/shape.js';
import { updateRuleOf } from './choose.js';
import { dynamicMap } from './dynamic-map.js';
import { Optimizer } from './optimizer.js';
import { stateElements } from './update-rule.js';

interface Golden {
  rate: number;
  decay: number;
  steps: number;
  adam: { beta1: number; beta2: number; epsilon: number };
  cases: Record<
    string,
    { optimizer: OptimizerSettings; tensors: { name: string; shape: number[] }[]; final: Record<string, number[]> }
  >;
  maps: { signed: number[]; unsigned: number[] };
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../../goldens/numerics/optimizers.json', import.meta.url), 'utf8'),
);

/** As in the golden's script. */
function gradientOf(count: number, step: number, index: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    return Math.sin(i * (1.3 + index) + step * 0.7) * Math.exp(3 * Math.cos(i * 0.37 + step * 0.11));
  });
}

type Case = Pick<Golden['cases'][string], 'optimizer' | 'tensors'>;

function open({ optimizer: settings, tensors }: Case) {
  const rule = updateRuleOf({ optimizer: settings, adam: golden.adam });
  const kinds = tensors.map((tensor) => ({ ...tensor, hiddenMatrix: tensor.shape.length === 2 }));
  const rooms = kinds.map((kind) => ({ count: sizeOf(kind.shape), state: rule.stateOf(kind) }));
  const memory = new ParameterMemory(rooms);
  const optimizer = new Optimizer(memory, rule, golden.decay);
  for (const [i, kind] of kinds.entries()) {
    const parameter = memory.allocate(rooms[i]!);
    parameter.set(gradientOf(parameter.length, 100, 0));
    optimizer.addParameter({ ...kind, parameter, decay: kind.hiddenMatrix, rateScale: 1 });
  }
  return optimizer;
}

/** @param parts the gradient comes in so many equal parts, each scaled down */
async function take(optimizer: Optimizer, { tensors }: Case, steps: readonly number[], parts = 1) {
  for (const step of steps) {
    for (const [index, { name, shape }] of tensors.entries()) {
      for (let part = 0; part < parts; part++) {
        const gradient = gradientOf(sizeOf(shape), step, index);
        optimizer.accumulate(name, gradient, 1 / parts, part < parts - 1);
      }
    }
    await optimizer.step({ learningRate: golden.rate * (1 - step / 15), maxGradientNorm: 0 });
  }
}

const tensorsOf = (optimizer: Optimizer) =>
  new Map(optimizer.state().tensors.map(({ name, data }) => [name, data.slice()]));
const bytesOf = (optimizer: Optimizer) =>
  optimizer.state().tensors.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
const all = Array.from({ length: golden.steps }, (_, step) => step);

/** In Newton–Schulz rounding grows fivefold each time; in 8 bits a number at the border of two entries falls to either. */
const tolerances: Record<string, number> = { muon: 2e-5, 'adamw-8bit': 2e-5 };

describe.each(Object.entries(golden.cases))('%s', (_, each) => {
  const tolerance = tolerances[each.optimizer.name] ?? 2e-6;

  test.each([1, 2])('takes the same twelve steps as its reference, gradients in %i parts', async (parts) => {
    const optimizer = open(each);
    await take(optimizer, each, all, parts);
    const tensors = tensorsOf(optimizer);
    for (const [name, wanted] of Object.entries(each.final)) expectClose(tensors.get(name)!, wanted, tolerance, name);
    await optimizer.release();
  });

  test('restored after five steps it goes on bit for bit', async () => {
    const [whole, first, second] = [open(each), open(each), open(each)];
    await take(whole, each, all);
    await take(first, each, all.slice(0, 5));
    const saved = tensorsOf(first);
    second.restore(first.state().steps, (name) => saved.get(name));
    await take(second, each, all.slice(5));
    expect(Buffer.concat(bytesOf(second)).equals(Buffer.concat(bytesOf(whole)))).toBe(true);
    for (const optimizer of [whole, first, second]) await optimizer.release();
  });
});

test('the dynamic maps are bitsandbytes’', () => {
  expectClose(dynamicMap(true), golden.maps.signed, 1e-7);
  expectClose(dynamicMap(false), golden.maps.unsigned, 1e-7);
});

test('a matrix wider than the staging area is factored like any other', async () => {
  const shape = [3, 20_000];
  const wide = { optimizer: { name: 'adafactor' as const }, tensors: [{ name: 'w', shape }] };
  const tall = { optimizer: wide.optimizer, tensors: [{ name: 'w', shape: [...shape].reverse() }] };
  const [a, b] = [open(wide), open(tall)];
  const transposed = (data: Float32Array) => data.map((_, i) => data[(i % 3) * 20_000 + Math.floor(i / 3)]!);
  const gradient = gradientOf(60_000, 1, 1);
  b.state().tensors[0]!.data.set(transposed(a.state().tensors[0]!.data));
  a.accumulate('w', gradient);
  b.accumulate('w', transposed(gradient));
  for (const optimizer of [a, b]) await optimizer.step({ learningRate: 0.1, maxGradientNorm: 1 });
  expectClose(tensorsOf(b).get('w')!, transposed(tensorsOf(a).get('w')!), 1e-6);
});

test('state in 8 bits takes a quarter', () => {
  const elements = (name: 'adamw' | 'adamw-8bit') =>
    stateElements(updateRuleOf({ optimizer: { name }, adam: golden.adam }), { shape: [256, 64], hiddenMatrix: true });
  expect(elements('adamw-8bit') / elements('adamw')).toBeCloseTo(1 / 4 + 1 / 256, 5);
});
