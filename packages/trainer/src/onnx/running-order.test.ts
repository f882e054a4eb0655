import { expect, it } from 'vitest';
import { Graph } from '../graph/graph.js';
import { exp, mul } from '../graph/ops/elementwise.js';
import { gemm } from '../graph/ops/product.js';
import { writtenNodes } from './encode.js';
import { runningOrder } from './running-order.js';

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
