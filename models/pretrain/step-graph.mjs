// The graph of one pretraining step, built from the engine's modules: every token of every row is predicted.

import { gradients } from '../../packages/trainer/dist/gradient/gradients.js';
import { Graph } from '../../packages/trainer/dist/graph/graph.js';
import { mul } from '../../packages/trainer/dist/graph/ops/elementwise.js';
import { linear } from '../../packages/trainer/dist/graph/ops/product.js';
import { sumAll } from '../../packages/trainer/dist/graph/ops/reduce.js';
import { stopGradient } from '../../packages/trainer/dist/graph/ops/stop-gradient.js';
import { crossEntropy } from '../../packages/trainer/dist/losses/cross-entropy.js';
import { parseConfig } from '../../packages/trainer/dist/models/config.js';
import { embed, layers, logits } from '../../packages/trainer/dist/models/llama.js';
import { Executable } from '../../packages/trainer/dist/runtime/session.js';
import { config, EMBEDDING, tensorShapes } from './model-config.mjs';

const engineConfig = parseConfig(config);

function causalBias(tokens) {
  const bias = new Float32Array(tokens * tokens);
  for (let i = 0; i < tokens; i++) bias.fill(-1e9, i * tokens + i + 1, (i + 1) * tokens);
  return bias;
}

const gradientName = (weight) => `gradient.${weight}`;

/** Compiles the step for batches of `rows` × `tokens`; with `training` it also gives gradients. */
export async function compileStep(rows, tokens, training) {
  const graph = new Graph();
  const weights = new Map();
  for (const [name, shape] of tensorShapes()) weights.set(name, graph.input(name, 'float32', shape));
  const positions = BigInt64Array.from({ length: rows * tokens }, (_, i) => BigInt(i % tokens));
  const context = {
    graph,
    rows,
    tokens,
    positions: graph.constant(positions, [rows, tokens]),
    attentionBias: graph.constant(causalBias(tokens), [1, 1, 1, tokens, tokens]),
    weight: (name) => weights.get(name),
    linear: (name, x) => linear(x, weights.get(`${name}.weight`)),
    dropout: (x) => x,
  };
  const start = stopGradient(embed(context, graph.input('ids', 'int32', [rows, tokens]), engineConfig));
  const { hidden } = layers(context, start, engineConfig, { from: 0, to: engineConfig.layers });
  const losses = crossEntropy(logits(context, hidden, engineConfig), graph.input('labels', 'int32', [rows * tokens]));
  graph.output('losses', losses);
  if (training) {
    const mean = mul(sumAll(losses), 1 / (rows * tokens));
    const names = [...weights.keys()];
    const found = gradients(mean, [...weights.values(), start]);
    for (const [i, name] of names.entries()) graph.output(gradientName(name), found[i]);
    graph.output('gradient.rows', found.at(-1));
  }
  return { executable: await Executable.compile(graph), rows, tokens };
}

/**
 * Runs a batch; `ids` and `labels` [rows · tokens]. With an `optimizer` (and a step compiled for training) it is handed the gradients.
 * @returns {Promise<Float32Array>} the loss of each token in nats, [rows · tokens]
 */
export async function runStep({ executable }, weights, ids, labels, optimizer) {
  const results = await executable.run({ ...Object.fromEntries(weights), ids, labels });
  if (optimizer) {
    for (const name of weights.keys()) optimizer.accumulate(name, results[gradientName(name)]);
    // The embedding is tied to the output head: one part of its gradient comes from there, the other by token id.
    optimizer.accumulateRows(EMBEDDING, ids, results['gradient.rows'], config.hidden_size);
  }
  return results.losses;
}
