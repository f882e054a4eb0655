// The graph of one pretraining step, built from the engine's modules: every token of every row is predicted.

import { gradients } from '../../packages/trainer/dist/gradient/gradients.js';
import { Graph } from '../../packages/trainer/dist/graph/graph.js';
import { mul } from '../../packages/trainer/dist/graph/ops/elementwise.js';
import { linear } from '../../packages/trainer/dist/graph/ops/product.js';
import { sumAll } from '../../packages/trainer/dist/graph/ops/reduce.js';
import { stopGradient } from '../../packages/trainer/dist/graph/ops/stop-gradient.js';
import { crossEntropy } from '../../packages/trainer/dist/losses/cross-entropy.js';
import { embed, layers, logits } from '../../packages/trainer/dist/models/llama.js';
import { Executable } from '../../packages/trainer/dist/runtime/session.js';
import { config, EMBEDDING, tensorShapes } from './model-config.mjs';

const engineConfig = {
  hiddenSize: config.hidden_size,
  layers: config.num_hidden_layers,
  heads: config.num_attention_heads,
  kvHeads: config.num_key_value_heads,
  headDim: config.head_dim,
  rmsNormEps: config.rms_norm_eps,
  tieWordEmbeddings: true,
  attentionBias: false,
  mlpBias: false,
  ropeTheta: config.rope_theta,
  rope: { type: 'default', theta: config.rope_theta },
  maxPositions: config.max_position_embeddings,
};

function causalBias(tokens) {
  const bias = new Float32Array(tokens * tokens);
  for (let i = 0; i < tokens; i++) bias.fill(-1e9, i * tokens + i + 1, (i + 1) * tokens);
  return bias;
}

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
    for (const [i, name] of names.entries()) graph.output(name.replace(/^model/, 'gradient'), found[i]);
    graph.output('gradient.rows', found.at(-1));
  }
  return { executable: await Executable.compile(graph), rows, tokens };
}

/** Runs a batch; `ids` and `labels` [rows · tokens]. @returns losses [rows · tokens] in nats, and gradients by name when training */
export async function runStep({ executable }, weights, ids, labels) {
  const results = await executable.run({ ...Object.fromEntries(weights), ids, labels });
  const gradientOf = new Map();
  for (const name of weights.keys()) gradientOf.set(name, results[name.replace(/^model/, 'gradient')]);
  if (results['gradient.rows']) addRows(gradientOf.get(EMBEDDING), results['gradient.rows'], ids);
  return { losses: results.losses, gradientOf };
}

/** Adds each token's gradient to its row of the embedding, after the output head's part (the two are tied). */
function addRows(gradient, rows, ids) {
  const width = config.hidden_size;
  for (let i = 0; i < ids.length; i++) {
    for (let j = 0, to = ids[i] * width, from = i * width; j < width; j++) gradient[to + j] += rows[from + j];
  }
}
