import { expect, it } from 'vitest';
import { Graph } from '../graph/graph.js';
import { openSizes } from '../graph/open-sizes.js';
import { add, exp, mul, sigmoid } from '../graph/ops/elementwise.js';
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

it('counts how far the heap grows: operands until their last read, results in place where that is possible, outputs to the end', () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [openSizes.tokens, 4]);
  const w = graph.input('w', 'float32', [4, 4]);
  const a = gemm(x, w);
  const b = sigmoid(a);
  const c = exp(b);
  graph.output('c', c);
  graph.output('d', add(c, mul(c, c)));
  const nodes = runningOrder(writtenNodes(graph));
  const array = 4 * 1000 * 4;
  // a becomes b; c behind it, c · c behind that, as the place of b is no larger than itself; then d.
  expect(peakBytes(nodes, graph.outputs.values(), { tokens: 1000 })).toBe(4 * array);
  expect(peakBytes(nodes, graph.outputs.values(), { tokens: 2000 })).toBe(8 * array);
});
