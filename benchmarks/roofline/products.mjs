// Times the matrix products of one training step alone, each in a graph of its own. usage: node products.mjs CONFIG TOKENS
import { Graph } from '../../packages/trainer/dist/graph/graph.js';
import { matmul } from '../../packages/trainer/dist/graph/ops/product.js';
import { Executable } from '../../packages/trainer/dist/runtime/session.js';
import { median } from '../alternate.mjs';

/**
 * The linear layers' products of a step on so many tokens: forward, gradient of the input, gradient of the weight. Attention's own products are left out.
 * @returns {{rows: number, inner: number, columns: number, count: number}[]}
 */
function stepProducts({ hiddenSize, intermediateSize, heads, kvHeads, headDim, layers, vocabSize }, tokens) {
  const linear = [
    [hiddenSize, heads * headDim, layers],
    [hiddenSize, kvHeads * headDim, 2 * layers],
    [heads * headDim, hiddenSize, layers],
    [hiddenSize, intermediateSize, 2 * layers],
    [intermediateSize, hiddenSize, layers],
    [hiddenSize, vocabSize, 1],
  ];
  return linear.flatMap(([input, output, count]) => [
    { rows: tokens, inner: input, columns: output, count },
    { rows: tokens, inner: output, columns: input, count },
    { rows: input, inner: tokens, columns: output, count },
  ]);
}

/** @returns {Promise<number>} seconds of one such product, the median of several */
async function secondsOf({ rows, inner, columns }) {
  const graph = new Graph();
  const left = graph.input('left', 'float32', [rows, inner]);
  const right = graph.input('right', 'float32', [inner, columns]);
  graph.output('product', matmul(left, right));
  const executable = await Executable.compile(graph);
  const feeds = { left: filled(rows * inner), right: filled(inner * columns) };
  const seconds = [];
  for (let run = 0; run < 7; run++) {
    const started = performance.now();
    await executable.run(feeds);
    seconds.push((performance.now() - started) / 1000);
  }
  await executable.release();
  return median(seconds.slice(2));
}

const filled = (count) => Float32Array.from({ length: count }, (_, i) => ((i * 37) % 101) / 101 - 0.5);

const [config, tokens] = process.argv.slice(2);
let [seconds, operations] = [0, 0];
for (const product of stepProducts(JSON.parse(config), Number(tokens))) {
  seconds += product.count * (await secondsOf(product));
  operations += 2 * product.count * product.rows * product.inner * product.columns;
}
console.log(JSON.stringify({ seconds, operations }));
