import { expect, it } from 'vitest';
import { Graph } from '../graph/graph.js';
import { openSizes } from '../graph/open-sizes.js';
import { add, exp, mul, sigmoid } from '../graph/ops/elementwise.js';
import { gemm } from '../graph/ops/product.js';
import { reduceSum } from '../graph/ops/reduce.js';
import { writtenNodes } from './encode.js';
import { peakBytes } from './peak-bytes.js';
import { runningOrder } from './running-order.js';

it('counts how far the heap grows: results in place where that is possible, blocks kept for equal shapes, outputs to the end', () => {
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
  // a becomes b, whose block waits for the next result of its shape, c · c; c and d are outputs.
  expect(peakBytes(nodes, graph.outputs.values(), { tokens: 1000 })).toBe(3 * array);
  expect(peakBytes(nodes, graph.outputs.values(), { tokens: 2000 })).toBe(6 * array);
});

it('counts what waits for a later result of its shape as taken', () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [openSizes.tokens, 4]);
  const y = graph.input('y', 'float32', [openSizes.tokens, 8]);
  // Whichever of the two wide ones runs first, its block waits for the other one, while the narrow ones are taken.
  const narrow = exp(reduceSum(exp(y), [1], true));
  graph.output('all', add(reduceSum(exp(y), [1], true), add(narrow, reduceSum(exp(x), [1], true))));
  const nodes = runningOrder(writtenNodes(graph));
  const [wide, half, column] = [8, 4, 1].map((width) => 4 * 1000 * width) as [number, number, number];
  const peak = peakBytes(nodes, graph.outputs.values(), { tokens: 1000 });
  expect(peak).toBeGreaterThanOrEqual(wide + half);
  expect(peak).toBeLessThan(wide + half + 6 * column);
});
