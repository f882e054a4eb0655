import { expect, it } from 'vitest';
import { Graph, type Value } from '../graph/graph.js';
import { add, mul, silu } from '../graph/ops/elementwise.js';
import { reshape, transpose } from '../graph/ops/layout.js';
import { linear, matmul } from '../graph/ops/product.js';
import { softmax, sumAll } from '../graph/ops/reduce.js';
import { Executable } from '../runtime/session.js';
import { gradients } from './gradients.js';
import { Recomputer } from './recompute.js';

type Recompute = 'nothing' | 'cheap' | 'layers';

/** Two layers of attention and a gated product over four tokens of width 8, with the gradient of what goes in. */
function build(recompute: Recompute) {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [4, 8]);
  const w = graph.input('w', 'float32', [8, 8]);
  const bias = graph.input('bias', 'float32', [2, 2, 4]);
  const large: Value[] = [];
  const layer = (state: Value) => {
    const projected = linear(state, w);
    const scores = reshape(matmul(projected, transpose(state, [1, 0])), [2, 2, 4]);
    const weights = softmax(add(scores, bias));
    const gated = mul(silu(linear(matmul(reshape(weights, [4, 4]), state), w)), projected);
    large.push(projected, weights);
    return add(state, gated);
  };
  const states = [x];
  for (let i = 0; i < 2; i++) states.push(layer(states.at(-1)!));
  const last = states.at(-1)!;
  const forward = graph.nodes.length;
  const recomputer = { nothing: undefined, cheap: Recomputer.ofCheap(), layers: Recomputer.ofLayers(graph, states) };
  const found = gradients(sumAll(mul(last, last)), [x, w], { recomputer: recomputer[recompute] });
  graph.output('x gradient', found[0]!);
  graph.output('w gradient', found[1]!);
  const late = new Set(graph.nodes.slice(forward).flatMap(({ inputs }) => inputs));
  return { graph, readLate: large.map((value) => late.has(value)) };
}

it('gives the same gradients to the last bit, without keeping what is computed again', async () => {
  const random = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898) / 2);
  const feeds = { x: random(32), w: random(64), bias: random(16) };
  const results = [];
  for (const recompute of ['nothing', 'cheap', 'layers'] as const) {
    const executable = await Executable.compile(build(recompute).graph);
    results.push(await executable.run(feeds));
    await executable.release();
  }
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
  // Projection and attention weights of each layer.
  expect(build('nothing').readLate).toEqual([true, true, true, true]);
  expect(build('cheap').readLate).toEqual([true, false, true, false]);
  expect(build('layers').readLate).toEqual([false, false, false, false]);
});
