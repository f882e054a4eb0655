import { expect, it } from 'vitest';
import { Graph } from '../graph/graph.js';
import { add, mul, silu } from '../graph/ops/elementwise.js';
import { transpose } from '../graph/ops/layout.js';
import { linear, matmul } from '../graph/ops/product.js';
import { softmax, sumAll } from '../graph/ops/reduce.js';
import { Executable } from '../runtime/session.js';
import { gradients } from './gradients.js';

/** Attention and a gated product over four tokens of width 8, with the gradient of what goes in. */
function build(recompute: boolean) {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [4, 8]);
  const w = graph.input('w', 'float32', [8, 8]);
  const bias = graph.input('bias', 'float32', [4, 4]);
  const projected = linear(x, w);
  const weights = softmax(add(matmul(projected, transpose(x, [1, 0])), bias));
  const gated = mul(silu(linear(matmul(weights, x), w)), projected);
  const forward = graph.nodes.length;
  const loss = sumAll(mul(gated, gated));
  const found = gradients(loss, [x, w], { recompute });
  graph.output('x gradient', found[0]!);
  graph.output('w gradient', found[1]!);
  return { graph, forward, large: new Set([weights, gated, weights.producer!.inputs[0]!]) };
}

it('gives the same gradients to the last bit, without keeping what is cheap to compute again', async () => {
  const random = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898) / 2);
  const feeds = { x: random(32), w: random(64), bias: random(16) };
  const results = [];
  for (const recompute of [false, true]) {
    const executable = await Executable.compile(build(recompute).graph);
    results.push(await executable.run(feeds));
    await executable.release();
  }
  expect(results[1]).toEqual(results[0]);
  const readLate = ({ graph, forward, large }: ReturnType<typeof build>) =>
    graph.nodes.slice(forward + 2).some(({ inputs }) => inputs.some((input) => input && large.has(input)));
  expect(readLate(build(false))).toBe(true);
  expect(readLate(build(true))).toBe(false);
});
