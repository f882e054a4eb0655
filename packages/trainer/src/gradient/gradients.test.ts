import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Graph, type Value } from '../graph/graph.js';
import * as e from '../graph/ops/elementwise.js';
import { concat, expand, gatherRows, reshape, selectRows, slice, transpose } from '../graph/ops/layout.js';
import { gemm, linear, matmul, rotary } from '../graph/ops/product.js';
import { reduceMax, reduceMean, reduceSum, softmax, sumAll } from '../graph/ops/reduce.js';
import { crossEntropy } from '../losses/cross-entropy.js';
import { Executable } from '../runtime/session.js';
import { gradients } from './gradients.js';
import { backwardRules } from './rules.js';

interface Dump {
  shape: number[];
  data: number[];
}
interface Case {
  inputs: Record<string, Dump>;
  output: Dump;
  seed: Dump;
  gradients: Record<string, Dump>;
}
const golden: { cases: Record<string, Case> } = JSON.parse(
  readFileSync(new URL('../../../../goldens/ops/ops.json', import.meta.url), 'utf8'),
);

type Builder = (...inputs: [Value, Value, Value]) => Value;
const ints = (graph: Graph, data: number[], shape = [data.length]) => graph.constant(Int32Array.from(data), shape);

function rotate(x: Value, heads?: number): Value {
  const angles = Array.from({ length: 6 }, (_, p) => [p, p * 10000 ** -0.5]).flat();
  const table = (f: (angle: number) => number) => x.graph.constant(Float32Array.from(angles, f), [6, 2]);
  const positions = x.graph.constant(BigInt64Array.of(0n, 2n, 5n, 1n, 1n, 4n), [2, 3]);
  return rotary(x, positions, table(Math.cos), table(Math.sin), heads);
}

const builders: Record<string, Builder> = {
  add: e.add,
  'add broadcast': e.add,
  'sub broadcast': e.sub,
  'mul broadcast': e.mul,
  'div broadcast': e.div,
  neg: e.neg,
  exp: e.exp,
  log: e.log,
  sqrt: e.sqrt,
  reciprocal: e.reciprocal,
  sigmoid: e.sigmoid,
  tanh: e.tanh,
  erf: e.erf,
  silu: e.silu,
  relu: e.relu,
  gelu: e.gelu,
  tanhGelu: e.tanhGelu,
  softcap: (x) => e.softcap(x, 2),
  where: (a, b) => e.where(a.graph.constant(Uint8Array.of(1, 0, 1), [3, 1]), a, b),
  reshape: (x) => reshape(x, [4, 6]),
  transpose: (x) => transpose(x, [2, 0, 3, 1]),
  concat: (a, b) => concat([a, b], 1),
  slice: (x) => slice(x, 1, 1, 4),
  expand: (x) => expand(x, [2, 3, 4]),
  reduceSum: (x) => reduceSum(x, [0, 2]),
  'reduceSum keep': (x) => reduceSum(x, [-1], true),
  'reduceMean keep': (x) => reduceMean(x, [-1], true),
  softmax,
  matmul,
  'matmul broadcast': matmul,
  'gemm nn': (a, b) => gemm(a, b),
  'gemm nt': (a, b) => gemm(a, b, { transposeB: true }),
  'gemm tn': (a, b) => gemm(a, b, { transposeA: true }),
  'gemm tt': (a, b) => gemm(a, b, { transposeA: true, transposeB: true }),
  'linear bias': linear,
  rotary: (x) => rotate(x),
  'rotary partial': (x) => rotate(x, 2),
  selectRows: (x) => selectRows(x, ints(x.graph, [1, 4, 3]), ints(x.graph, [3, 0, 3, 2, 1])),
  'crossEntropy smoothed': (x) => crossEntropy(x, ints(x.graph, [2, 0, 6, 2]), 0.1),
  crossEntropy: (x) => crossEntropy(x, ints(x.graph, [2, 0, 6, 2])),
};

async function compute(example: Case, build: Builder): Promise<Record<string, Float32Array>> {
  const graph = new Graph();
  const leaves = Object.entries(example.inputs).map(([name, { shape }]) => graph.input(name, 'float32', shape));
  const seed = graph.input('seed', 'float32', example.seed.shape);
  const output = build(...(leaves as [Value, Value, Value]));
  expect(output.shape).toEqual(example.output.shape);
  graph.output('out', output);
  const found = gradients(sumAll(e.mul(output, seed)), leaves);
  for (const [i, leaf] of leaves.entries()) {
    expect(found[i]!.shape).toEqual(leaf.shape);
    graph.output(`gradient ${leaf.name}`, found[i]!);
  }
  const executable = await Executable.compile(graph, { threads: 1 });
  const feeds = { ...example.inputs, seed: example.seed };
  const results = await executable.run(
    Object.fromEntries(Object.entries(feeds).map(([name, { data }]) => [name, Float32Array.from(data)])),
  );
  await executable.release();
  return results;
}

function expectClose(actual: Float32Array, wanted: number[]): void {
  const scale = Math.max(1e-3, ...wanted.map(Math.abs));
  wanted.forEach((value, i) => {
    expect(Math.abs(actual[i]! - value) / scale).toBeLessThan(2e-6);
  });
}

describe('every op, forward and backward, against PyTorch', () => {
  it.each(Object.keys(golden.cases))('%s', async (name) => {
    const example = golden.cases[name]!;
    const results = await compute(example, builders[name]!);
    expectClose(results.out!, example.output.data);
    for (const [leaf, { data }] of Object.entries(example.gradients)) expectClose(results[`gradient ${leaf}`]!, data);
  });

  it('notices a wrong gradient', async () => {
    const example = golden.cases.sigmoid!;
    const wrong = await compute(example, (x) => e.tanh(x));
    expect(() => expectClose(wrong['gradient input']!, example.gradients.input!.data)).toThrow();
  });

  it('covers every backward rule', async () => {
    const covered = new Set<string>();
    for (const [name, example] of Object.entries(golden.cases)) {
      const graph = new Graph();
      const leaves = Object.entries(example.inputs).map(([leaf, { shape }]) => graph.input(leaf, 'float32', shape));
      builders[name]!(...(leaves as [Value, Value, Value]));
      for (const node of graph.nodes) covered.add(node.op);
    }
    expect(Object.keys(backwardRules).filter((op) => !covered.has(op))).toEqual([]);
  });
});

describe('gradients', () => {
  it('adds no nodes for what is frozen', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2, 3]);
    const frozen = linear(
      e.silu(linear(x, graph.input('w1', 'float32', [3, 3]))),
      graph.input('w2', 'float32', [3, 3]),
    );
    const weight = graph.input('w3', 'float32', [4, 3]);
    const loss = sumAll(linear(frozen, weight));
    const before = graph.nodes.length;
    gradients(loss, [weight]);
    expect(graph.nodes.slice(before).map(({ op }) => op)).toEqual(['Reshape', 'Expand', 'Gemm']);
  });

  it('reaches inner values, and sums over several uses', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [3]);
    const y = e.mul(x, x);
    graph.output('dy', gradients(sumAll(e.add(e.mul(y, y), y)), [y])[0]!);
    const executable = await Executable.compile(graph);
    const { dy } = await executable.run({ x: Float32Array.of(1, 2, 3) });
    expect(Array.from(dy!)).toEqual([3, 9, 19]); // 2y + 1
  });

  it('names the op that cannot be differentiated', () => {
    const graph = new Graph();
    const table = graph.input('table', 'float32', [3, 2]);
    const rows = gatherRows(table, graph.input('ids', 'int32', [4]));
    expect(() => gradients(sumAll(rows), [table])).toThrow('Gather: has no backward rule');
    expect(() => gradients(sumAll(reduceMax(table, [0])), [table])).toThrow('ReduceMax: has no backward rule');
  });

  it('refuses a loss that is no scalar or does not depend on the target', () => {
    const graph = new Graph();
    const [a, b] = [graph.input('a', 'float32', [2]), graph.input('b', 'float32', [2])];
    expect(() => gradients(a, [a])).toThrow('not a scalar');
    expect(() => gradients(sumAll(a), [b])).toThrow('does not depend on b');
  });
});
