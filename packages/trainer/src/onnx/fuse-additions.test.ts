import { describe, expect, it } from 'vitest';
import { Graph } from '../graph/graph.js';
import { add } from '../graph/ops/elementwise.js';
import { gemm } from '../graph/ops/product.js';
import { Executable } from '../runtime/session.js';
import { fuseAdditions } from './fuse-additions.js';

function example() {
  const graph = new Graph();
  const a = graph.input('a', 'float32', [2, 3]);
  const b = graph.input('b', 'float32', [3, 2]);
  const c = graph.input('c', 'float32', [2, 2]);
  return { graph, a, b, c };
}

const opsOf = (graph: Graph) =>
  fuseAdditions(graph.nodes, graph.outputs.values()).map(({ op, inputs }) => `${op}${inputs.length}`);

describe('additions to products', () => {
  it('become part of them, in either order, and of one product where both operands are', () => {
    const { graph, a, b, c } = example();
    graph.output('sum', add(add(gemm(a, b), c), add(c, gemm(b, a, { transposeA: true, transposeB: true }))));
    expect(opsOf(graph)).toEqual(['Gemm3', 'Gemm3', 'Add2']);
    const both = example();
    both.graph.output('sum', add(gemm(both.a, both.b), gemm(both.a, both.b)));
    expect(opsOf(both.graph)).toEqual(['Gemm2', 'Gemm3']);
  });

  it('stay where something else reads the product, where it has an addend already, and where shapes differ', () => {
    const read = example();
    const product = gemm(read.a, read.b);
    read.graph.output('product', product);
    read.graph.output('sum', add(product, read.c));
    expect(opsOf(read.graph)).toEqual(['Gemm2', 'Add2']);
    const { graph, a, b, c } = example();
    graph.output('sum', add(gemm(a, b, { bias: c }), c));
    graph.output('wide', add(gemm(a, b), graph.input('d', 'float32', [2, 2, 2])));
    expect(opsOf(graph)).toEqual(['Gemm3', 'Add2', 'Gemm2', 'Add2']);
  });

  it('give the same numbers', async () => {
    const { graph, a, b, c } = example();
    graph.output('sum', add(c, gemm(a, b)));
    const executable = await Executable.compile(graph);
    const feeds = {
      a: Float32Array.of(1, 2, 3, 4, 5, 6),
      b: Float32Array.of(1, 0, 0, 1, 2, -1),
      c: Float32Array.of(10, 20, 30, 40),
    };
    expect([...(await executable.run(feeds)).sum!]).toEqual([17, 19, 46, 39]);
    await executable.release();
  });
});
