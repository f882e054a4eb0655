import { expect, test } from 'vitest';
import { expectClose } from '../../test/golden-model.js';
import { Graph, type Value } from '../graph/graph.js';
import { gemm } from '../graph/ops/product.js';
import { fillNormal } from '../random/fill.js';
import { Purpose } from '../random/philox.js';
import { Executable } from '../runtime/session.js';
import { applyMagnitudes, withDora } from './dora.js';

const [tokens, width, out, rank, scale] = [3, 5, 4, 2, 0.7];
const sizes = { x: tokens * width, dropped: tokens * width, w: out * width, bias: out, a: rank * width, b: out * rank };

function normals(count: number, counter: number): Float32Array {
  const values = new Float32Array(count);
  fillNormal(values, { seed: 5, purpose: Purpose.initialization, counter });
  return values;
}

/** Rows of x times the transpose of rows of m: [n, k] · [out, k]ᵀ. */
function product(x: ArrayLike<number>, m: ArrayLike<number>, k: number): number[][] {
  const rows = (values: ArrayLike<number>) =>
    Array.from({ length: values.length / k }, (_, i) => Array.from({ length: k }, (_, j) => values[i * k + j]!));
  return rows(x).map((row) => rows(m).map((each) => each.reduce((sum, value, j) => sum + value * row[j]!, 0)));
}

/** As in PEFT's forward pass: the frozen layer sees all of x, the change of it what dropout left. */
test.each([false, true])(
  'sees what dropout left, and reads matrices that are stored transposed: %s',
  async (transposed) => {
    const data = Object.fromEntries(
      Object.entries(sizes).map(([name, count], i) => [name, normals(count, i)]),
    ) as Record<keyof typeof sizes, Float32Array>;
    const magnitude = Float32Array.of(0.5, 1, 2, 3);
    const at = (i: number, j: number) => data.w[i * width + j]!;
    const turned = Float32Array.from({ length: out * width }, (_, i) => at(i % out, Math.floor(i / out)));

    const graph = new Graph();
    const input = (name: string, shape: number[]) => graph.input(name, 'float32', shape);
    const [x, dropped] = [input('x', [tokens, width]), input('dropped', [tokens, width])];
    const matrix = input('w', transposed ? [width, out] : [out, width]);
    const inputs = {
      product: (rows: Value, bias?: Value) => gemm(rows, matrix, { transposeB: !transposed, bias }),
      ...{ matrix, transposed, bias: input('bias', [out]) },
      ...{ a: input('a', [rank, width]), b: input('b', [out, rank]), magnitude: input('m', [out]), scale },
    };
    graph.output('y', withDora(x, dropped, inputs));
    const executable = await Executable.compile(graph, { threads: 1 });
    const { y } = await executable.run({ ...data, w: transposed ? turned : data.w, m: magnitude });
    await executable.release();

    const changed = Float32Array.from(data.w, (value, i) => {
      const [row, column] = [Math.floor(i / width), i % width];
      let sum = 0;
      for (let k = 0; k < rank; k++) sum += data.b[row * rank + k]! * data.a[k * width + column]!;
      return value + scale * sum;
    });
    applyMagnitudes(changed, magnitude, false);
    const [base, left, whole] = [
      product(data.x, data.w, width),
      product(data.dropped, data.w, width),
      product(data.dropped, changed, width),
    ];
    const wanted = base.flatMap((row, i) =>
      row.map((value, j) => value + whole[i]![j]! - left[i]![j]! + data.bias[j]!),
    );
    expectClose(y!, wanted, 1e-6);
    expect(wanted.every(Number.isFinite)).toBe(true);
  },
);
