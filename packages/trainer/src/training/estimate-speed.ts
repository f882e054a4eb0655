// How fast training will go on this machine, from the time that the model's own matrix products take here.
import { Graph } from '../graph/graph.js';
import { matmul } from '../graph/ops/product.js';
import type { BaseModel } from '../models/base-model.js';
import type { LinearLayer } from '../models/inventory.js';
import { Executable } from '../runtime/session.js';
import type { TrainingSettings } from '../settings.js';

/** Tokens of the step that is timed: enough for products to run at their full speed. */
const stepTokens = 256;
/** Of a step with a completion-only loss, about so many tokens predict. */
const completionShare = 1 / 4;
/** A whole step takes so much longer than its products alone: 1.2 times in SmolLM2-135M, 1.44 in goldilocks-base. */
const beside = 1.3;
/** Each product is timed so often, the first time not counted. */
const timings = 3;

interface Product {
  rows: number;
  inner: number;
  columns: number;
}

type Timed = (product: Product) => Promise<number>;

/**
 * Tokens a second of training with these settings on this machine's processor, of the steps alone. Takes about a second, and the memory of the largest
 * product; no weight is read.
 * @param secondsOf how long a product takes; default: tried out
 */
export async function estimateSpeed(
  base: Pick<BaseModel, 'config' | 'inventory'>,
  settings: TrainingSettings,
  secondsOf: Timed = timed,
): Promise<number> {
  let seconds = 0;
  for (const [product, count] of counted(stepProducts(base, settings))) seconds += count * (await secondsOf(product));
  return stepTokens / (beside * seconds);
}

/** The products of linear layers in a step. Layers below the lowest trained one are computed once for all steps, and left out. */
function stepProducts(
  { config, inventory }: Pick<BaseModel, 'config' | 'inventory'>,
  settings: TrainingSettings,
): Product[] {
  const lowest = settings.freezing.layers;
  const predicting = settings.lossOn === 'all' ? stepTokens : stepTokens * completionShare;
  const passes = settings.method === 'lora' ? 2 : 3;
  const linears = [...inventory.linears.values()].filter(({ depth }) => depth >= lowest);
  const tied = inventory.tables.filter(({ isHead }) => isHead);
  return [
    ...linears.flatMap((layer) => passesOf(layer, layer.depth < inventory.layers ? stepTokens : predicting, passes)),
    ...tied.flatMap(() => passesOf({ in: config.hiddenSize, out: config.vocabSize }, predicting, passes)),
  ];
}

/** Forward, the gradient of the input, and, where the weight itself trains, its gradient. */
function passesOf(layer: Pick<LinearLayer, 'in' | 'out'>, tokens: number, passes: number): Product[] {
  return [
    { rows: tokens, inner: layer.in, columns: layer.out },
    { rows: tokens, inner: layer.out, columns: layer.in },
    { rows: layer.in, inner: tokens, columns: layer.out },
  ].slice(0, passes);
}

/** Each product once, with how often it is made. */
function counted(products: readonly Product[]): [Product, number][] {
  const found = new Map<string, [Product, number]>();
  for (const product of products) {
    const key = Object.values(product).join();
    found.set(key, [product, (found.get(key)?.[1] ?? 0) + 1]);
  }
  return [...found.values()];
}

async function timed({ rows, inner, columns }: Product): Promise<number> {
  const graph = new Graph();
  const left = graph.input('left', 'float32', [rows, inner]);
  const right = graph.input('right', 'float32', [inner, columns]);
  graph.output('product', matmul(left, right));
  const executable = await Executable.compile(graph);
  const feeds = { left: new Float32Array(rows * inner).fill(0.5), right: new Float32Array(inner * columns).fill(0.5) };
  const seconds: number[] = [];
  for (let run = 0; run <= timings; run++) {
    const started = performance.now();
    await executable.run(feeds);
    seconds.push((performance.now() - started) / 1000);
  }
  await executable.release();
  return Math.min(...seconds.slice(1));
}
