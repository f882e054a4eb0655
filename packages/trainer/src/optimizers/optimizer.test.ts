import { describe, expect, test } from 'vitest';
import { ParameterMemory } from '../kernels/memory.js';
import { fillNormal } from '../random/fill.js';
import { Purpose } from '../random/philox.js';
import { AdamW } from './adamw.js';
import { Optimizer } from './optimizer.js';

/** Largest difference, relative to the reference's largest element. */
function difference(actual: Float32Array, expected: number[]): number {
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!))) / largest;
}

function tensors(optimizer: Optimizer): Map<string, Float32Array> {
  return new Map(optimizer.state().tensors.map(({ name, data }) => [name, data.slice()]));
}

function single(size: number, decay = true): { optimizer: Optimizer; parameter: Float32Array } {
  const rule = new AdamW({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
  const room = { count: size, state: rule.stateOf({ shape: [size] }) };
  const memory = new ParameterMemory([room]);
  const parameter = memory.allocate(room);
  fillNormal(parameter, { seed: 1, purpose: Purpose.initialization, counter: 0 });
  const optimizer = new Optimizer(memory, rule, 0.01);
  optimizer.addParameter({ name: 'w', parameter, ...vector(size), decay });
  return { optimizer, parameter };
}

const vector = (size: number) => ({ shape: [size], hiddenMatrix: false, decay: true, rateScale: 1 });

function gradient(size: number, counter: number): Float32Array {
  const out = new Float32Array(size);
  fillNormal(out, { seed: 2, purpose: Purpose.initialization, counter });
  return out;
}

describe('Optimizer', () => {
  const size = 40_000; // three pieces of staging, the last one partial
  const options = { learningRate: 0.01, maxGradientNorm: 1 };

  test('the gradient that was borrowed and the one that was copied give equal bits', async () => {
    const [borrowed, copied] = [single(size), single(size)];
    for (let step = 0; step < 3; step++) {
      borrowed.optimizer.accumulate('w', gradient(size, step));
      copied.optimizer.accumulate('w', gradient(size, step), 1, true);
      expect(await borrowed.optimizer.step(options)).toEqual(await copied.optimizer.step(options));
    }
    expect(borrowed.parameter).toEqual(copied.parameter);
  });

  test('a loss scale changes nothing but rounding', async () => {
    const [plain, scaled] = [single(size), single(size)];
    plain.optimizer.accumulate('w', gradient(size, 0));
    scaled.optimizer.accumulate(
      'w',
      gradient(size, 0).map((x) => 1024 * x),
    );
    const { gradientNorm: norm } = await plain.optimizer.step(options);
    expect((await scaled.optimizer.step({ ...options, lossScale: 1024 })).gradientNorm).toBeCloseTo(norm, 8);
    expect(difference(scaled.parameter, [...plain.parameter])).toBeLessThan(1e-6);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    '%f in a gradient: nothing changes, and the next step is as if it had not been',
    async (bad) => {
      const [hit, spared] = [single(size), single(size)];
      for (const { optimizer } of [hit, spared]) {
        optimizer.accumulate('w', gradient(size, 0));
        await optimizer.step(options);
      }
      const before = tensors(hit.optimizer);
      const broken = gradient(size, 1);
      broken[size - 1] = bad;
      hit.optimizer.accumulate('w', broken);
      expect(await hit.optimizer.step(options)).toEqual({ gradientNorm: bad, applied: false });
      expect(tensors(hit.optimizer)).toEqual(before);
      for (const { optimizer } of [hit, spared]) {
        optimizer.accumulate('w', gradient(size, 2));
        await optimizer.step(options);
      }
      expect(tensors(hit.optimizer)).toEqual(tensors(spared.optimizer));
    },
  );

  test('a parameter without a gradient stays, moments and all', async () => {
    const { optimizer } = single(size);
    optimizer.accumulate('w', gradient(size, 0));
    await optimizer.step(options);
    const before = tensors(optimizer);
    expect(await optimizer.step(options)).toEqual({ gradientNorm: 0, applied: true });
    expect(tensors(optimizer)).toEqual(before);
    expect(optimizer.state().steps).toEqual({ w: 1 });
  });

  test('rows alone are a gradient that is zero elsewhere; int64 ids are taken too', async () => {
    const [rows, dense] = [single(40), single(40)];
    rows.optimizer.accumulateRows(
      'w',
      BigInt64Array.of(3n, 0n, 3n),
      Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
      4,
    );
    const whole = new Float32Array(40);
    whole.set([5, 6, 7, 8], 0);
    whole.set([10, 12, 14, 16], 12);
    dense.optimizer.accumulate('w', whole);
    expect(rows.optimizer.gradientNorms()).toEqual(dense.optimizer.gradientNorms());
    await rows.optimizer.step(options);
    await dense.optimizer.step(options);
    expect(rows.parameter).toEqual(dense.parameter);
  });

  test('a restored optimizer goes on bit for bit', async () => {
    const { optimizer, parameter } = single(size);
    optimizer.accumulate('w', gradient(size, 0));
    await optimizer.step(options);
    const saved = tensors(optimizer);
    const other = single(size);
    other.optimizer.restore({ w: 1 }, (name) => saved.get(name));
    for (const each of [optimizer, other.optimizer]) {
      each.accumulate('w', gradient(size, 1));
      await each.step(options);
    }
    expect(other.parameter).toEqual(parameter);
  });

  test('says what is wrong', async () => {
    const { optimizer, parameter } = single(40);
    expect(() => optimizer.accumulate('x', new Float32Array(40))).toThrow('There is no optimised parameter x');
    expect(() => optimizer.accumulate('w', new Float32Array(39))).toThrow('has 39 elements, the parameter 40');
    expect(() => optimizer.accumulateRows('w', Int32Array.of(10), new Float32Array(4), 4)).toThrow(
      'id 10 is outside 0 … 9',
    );
    expect(() => optimizer.addParameter({ name: 'w', parameter, ...vector(40) })).toThrow('already');
    expect(() => optimizer.addParameter({ name: 'y', parameter: parameter.slice(), ...vector(40) })).toThrow(
      'was not allocated',
    );
    expect(() => optimizer.restore({ w: 1, z: 1 }, () => undefined)).toThrow('z, which is not trained');
    expect(() => optimizer.restore({ w: 1 }, () => undefined)).toThrow('w has no elements, not 40');
  });

  test('converges on a least-squares problem', async () => {
    const { optimizer, parameter } = single(16, false);
    const target = gradient(16, 9);
    for (let step = 0; step < 400; step++) {
      optimizer.accumulate(
        'w',
        parameter.map((x, i) => x - target[i]!),
      );
      await optimizer.step({ learningRate: 0.05 * (1 - step / 400), maxGradientNorm: 0 });
    }
    expect(difference(parameter, [...target])).toBeLessThan(1e-3);
  });
});
