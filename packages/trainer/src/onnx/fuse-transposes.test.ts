import { expect, it } from 'vitest';
import { Graph, type Value } from '../graph/graph.js';
import { add } from '../graph/ops/elementwise.js';
import { transpose } from '../graph/ops/layout.js';
import { matmul } from '../graph/ops/product.js';
import { Executable } from '../runtime/session.js';
import { nodesOnCpu, writtenNodes } from './encode.js';

const a = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i));
const b = Float32Array.from({ length: 12 }, (_, i) => Math.cos(2 * i));
const turned = (x: Value) => transpose(x, [0, 2, 1]);

/** [2, 2, 3] and [2, 2, 3], and what is made of them. */
function graphOf(made: (a: Value, b: Value) => Record<string, Value>): Graph {
  const graph = new Graph();
  const outputs = made(graph.input('a', 'float32', [2, 2, 3]), graph.input('b', 'float32', [2, 2, 3]));
  for (const [name, value] of Object.entries(outputs)) graph.output(name, value);
  return graph;
}
const opsOf = (graph: Graph) => nodesOnCpu(graph).map(({ op, attributes: { transA, transB } }) => [op, transA, transB]);

it('reads matrices as they are where their transposes are multiplied, with the same results', async () => {
  const graph = graphOf((x, y) => ({ left: matmul(turned(x), y), right: matmul(x, turned(y)) }));
  expect(writtenNodes(graph)).toHaveLength(4);
  expect(opsOf(graph).sort()).toEqual([
    ['FusedMatMul', 0, 1],
    ['FusedMatMul', 1, 0],
  ]);
  const executable = await Executable.compile(graph);
  const { left, right } = await executable.run({ a, b });
  await executable.release();
  const at = (x: Float32Array, batch: number, i: number, j: number) => x[6 * batch + 3 * i + j]!;
  for (const batch of [0, 1]) {
    for (const i of [0, 1, 2]) {
      for (const j of [0, 1, 2]) {
        const sum = at(a, batch, 0, i) * at(b, batch, 0, j) + at(a, batch, 1, i) * at(b, batch, 1, j);
        expect(left![9 * batch + 3 * i + j]).toBeCloseTo(sum, 5);
      }
    }
    for (const i of [0, 1]) {
      for (const j of [0, 1]) {
        const sum = [0, 1, 2].reduce((total, k) => total + at(a, batch, i, k) * at(b, batch, j, k), 0);
        expect(right![4 * batch + 2 * i + j]).toBeCloseTo(sum, 5);
      }
    }
  }
});

it('leaves transposes that something else reads, and those of other axes', () => {
  const read = graphOf((x, y) => {
    const other = turned(y);
    return { product: matmul(x, other), other };
  });
  expect(opsOf(read).map(([op]) => op)).toEqual(['Transpose', 'MatMul']);
  const batches = graphOf((x, y) => ({ product: matmul(transpose(x, [1, 0, 2]), transpose(y, [1, 2, 0])) }));
  expect(opsOf(batches).map(([op]) => op)).toEqual(['Transpose', 'Transpose', 'MatMul']);
});

it('keeps the order in which nodes that nothing reads are run', () => {
  const graph = graphOf((x, y) => ({ first: matmul(turned(x), y), second: matmul(x, turned(y)), third: add(x, y) }));
  const unread = (nodes: readonly { outputs: readonly Value[] }[]) =>
    nodes.map(({ outputs }) => outputs[0]).filter((value) => [...graph.outputs.values()].includes(value!));
  expect(unread(nodesOnCpu(graph))).toEqual(unread(writtenNodes(graph)));
  expect(unread(nodesOnCpu(graph))).toEqual([...graph.outputs.values()].reverse());
});
