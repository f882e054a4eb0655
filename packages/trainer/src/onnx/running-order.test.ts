import { expect, it } from 'vitest';
import { Graph } from '../graph/graph.js';
import { openSizes } from '../graph/open-sizes.js';
import { add, exp, mul } from '../graph/ops/elementwise.js';
import { gemm } from '../graph/ops/product.js';
import { writtenNodes } from './encode.js';
import { peakBytes, runningOrder } from './running-order.js';

it('runs what the last result needs first, and of a node the operand made last', () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [2, 2]);
  const [early, late] = [exp(x), gemm(x, x)];
  graph.output('first', mul(exp(early), late));
  graph.output('second', gemm(early, early));
  const order = runningOrder(writtenNodes(graph)).map(({ op }) => op);
  // The first output comes out of the graph first, so it is written last and runs first.
  expect(order).toEqual(['Exp', 'Exp', 'Gemm', 'Mul', 'Gemm']);
});

it('counts what is alive at once: operands until their last read, results in place where that is possible, outputs to the end', () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [openSizes.tokens, 4]);
  const w = graph.input('w', 'float32', [4, 4]);
  const a = gemm(x, w);
  const b = exp(a);
  const c = gemm(b, w);
  graph.output('c', c);
  graph.output('d', add(b, mul(c, c)));
  const nodes = runningOrder(writtenNodes(graph));
  const array = 4 * 10 * 4;
  // a becomes b; then b and c, and c · c beside them, over which d is written.
  expect(peakBytes(nodes, graph.outputs.values(), { tokens: 10 })).toBe(3 * array);
  expect(peakBytes(nodes, graph.outputs.values(), { tokens: 20 })).toBe(6 * array);
});
