// Builds the graph of a batch: forward to the losses of its targets, and, in training, back to the gradients.
import { gradients } from '../gradient/gradients.js';
import { Recomputer } from '../gradient/recompute.js';
import type { Graph, Value } from '../graph/graph.js';
import { openSizes } from '../graph/open-sizes.js';
import { add, mul } from '../graph/ops/elementwise.js';
import { sumAll } from '../graph/ops/reduce.js';
import { stopGradient } from '../graph/ops/stop-gradient.js';
import { crossEntropy, negativeLogLikelihoods } from '../losses/cross-entropy.js';
import type { LookupKey, ModuleContext } from '../modules/context.js';
import { type Architecture, runLayers } from './architecture.js';
import { type ChunkedLossOptions, chunkedLoss } from './chunked-loss.js';
import { type ContextOptions, makeContext } from './graph-context.js';
import type { Inventory } from './inventory.js';
import { tableGradient } from './table-gradients.js';

export interface BatchGraphOptions extends Omit<ContextOptions, 'rows' | 'tokens' | 'packed' | 'targets' | 'past'> {
  inventory: Inventory;
  /** Places a row; all other sizes of a batch are open. */
  rowTokens: number;
  /** Layers below are not in the graph: their output is fed as `hidden` [tokens, hidden]. 0 = starts from token ids. */
  prefixDepth: number;
  /** Whether the graph also computes gradients. */
  training: boolean;
  /** In training, in how many chunks the loss is computed (`chunksFor`), one or more; the number of targets is a multiple of it. Default 1. */
  chunks?: number;
  /** In training, each layer is computed again in the backward pass, from what goes into it; default false. */
  gradientCheckpointing?: boolean;
  /** Embedding tables have their whole gradients, as for any tensor, in place of `gradient.embedding`; see `tableGradient`. */
  wholeTables?: boolean;
  /** In training, see `crossEntropy`; default 0. */
  labelSmoothing?: number;
  /** In training, whether `embeddingNoise` [tokens, hidden] is fed and added to the embeddings; default false. */
  noisy?: boolean;
}

export interface BatchGraph {
  graph: Graph;
  /** Elements of each dropout mask to feed, `dropout.0` …, with open sizes. */
  maskSizes: number[];
  /** Fed weights whose gradient comes out as `gradient.<name>`. */
  differentiated: string[];
  /** Whether `gradient.embedding` [tokens, hidden] comes out, to be added to the rows of the embedding tables. */
  embeddingRows: boolean;
  /** Keys of tables whose rows are fed; see `tableGradient`. */
  rowKeys: readonly LookupKey[];
}

/** In longer rows attention's scores outweigh all else that is kept for the backward pass. */
const longRow = 256;

/** Outputs: `losses` [predictions] (unweighted), and in training, where each token predicts once, the gradients of Σ weight · loss. */
export function buildBatchGraph(options: BatchGraphOptions): BatchGraph {
  const { architecture, inventory, fed, rowTokens, prefixDepth, training, chunks = 1 } = options;
  const { rows, tokens, predictions } = openSizes;
  const targets = chunks * openSizes.targets;
  const { layers, hiddenSize } = architecture.config;
  const { context, maskSizes, weights } = makeContext({
    ...options,
    rows,
    tokens: rowTokens,
    packed: tokens,
    targets,
  });
  const { graph } = context;
  const start =
    prefixDepth > 0
      ? graph.input('hidden', 'float32', [tokens, hiddenSize])
      : stopGradient(architecture.embed(context));
  const embedded = prefixDepth > 0 ? start : afterEmbedding(context, architecture, start, options.noisy);
  const { hidden, before } = runLayers(context, architecture, embedded, { from: prefixDepth, to: layers });

  // Without a layer of its own the graph is given all tokens.
  const selected = prefixDepth < layers ? hidden : context.selection!.select(hidden);
  const head = (x: Value) => architecture.head(context, x);
  if (!training) {
    const targetOfPrediction = graph.input('targetOfPrediction', 'int32', [predictions]);
    const labels = graph.input('labels', 'int32', [predictions]);
    graph.output('losses', negativeLogLikelihoods(head(selected), targetOfPrediction, labels));
    return { graph, maskSizes, differentiated: [], embeddingRows: false, rowKeys: [] };
  }
  const { inRows, differentiated } = trainedTensors(fed.shapes, inventory);
  const embeddingRows = prefixDepth === 0 && inRows;
  const given = {
    head,
    labels: graph.input('labels', 'int32', [targets]),
    weights: graph.input('weights', 'float32', [targets]),
    smoothing: options.labelSmoothing,
  };
  const inHead = differentiated.filter((name) => isInHead(name, inventory));
  const trainedInHead = inHead.map((name) => context.weight(name, fed.shapes.get(name)!));
  const { losses, loss } =
    chunks > 1 ? chunkedLoss(selected, { ...given, chunks, trained: trainedInHead }) : wholeLoss(selected, given);
  graph.output('losses', losses);
  const trained: Value[] = differentiated.map((name) => weights.get(name)!);
  const recomputer = options.gradientCheckpointing
    ? Recomputer.ofLayers(graph, [...before, hidden])
    : rowTokens > longRow
      ? Recomputer.ofCheap()
      : undefined;
  const found = gradients(loss, embeddingRows ? [...trained, start] : trained, { recomputer });
  const gradientOf = new Map(differentiated.map((name, i) => [name, found[i]!]));
  const whole = embeddingRows && options.wholeTables ? inventory.tables.filter(({ name }) => fed.shapes.has(name)) : [];
  for (const { name, key } of whole) {
    gradientOf.set(name, tableGradient(found.at(-1)!, key, fed.shapes.get(name)!, gradientOf.get(name)));
  }
  if (embeddingRows && !options.wholeTables) gradientOf.set('embedding', found.at(-1)!);
  for (const [name, gradient] of gradientOf) graph.output(`gradient.${name}`, gradient);
  const rowKeys = [...new Set(whole.map(({ key }) => key))];
  return { graph, maskSizes, differentiated, embeddingRows, rowKeys };
}

/** Noise is added where Hugging Face adds it: to Gemma's scaled embeddings, and below the norm of an encoder's. */
function afterEmbedding(context: ModuleContext, architecture: Architecture, summed: Value, noisy = false): Value {
  const after = (x: Value) => architecture.afterEmbedding?.(context, x) ?? x;
  if (!noisy) return after(summed);
  const noise = context.graph.input('embeddingNoise', 'float32', summed.shape);
  return architecture.task === 'classification' ? after(add(summed, noise)) : add(after(summed), noise);
}

/** The same as `chunkedLoss` in one go. */
function wholeLoss(hidden: Value, options: Omit<ChunkedLossOptions, 'chunks' | 'trained'>) {
  const { head, labels, weights, smoothing } = options;
  const losses = crossEntropy(head(hidden), labels, smoothing);
  return { losses, loss: sumAll(mul(losses, weights)) };
}

const isInHead = (name: string, inventory: Inventory): boolean =>
  inventory.depthOf(name) === inventory.layers || inventory.tables.some((table) => table.name === name && table.isHead);

/** A table that is only looked up has its whole gradient in the rows; one that is the output layer too, in both. */
function trainedTensors(fed: ReadonlyMap<string, unknown>, { tables }: Inventory) {
  const lookedUp = new Set(tables.filter(({ isHead }) => !isHead).map(({ name }) => name));
  return {
    inRows: tables.some(({ name }) => fed.has(name)),
    differentiated: [...fed.keys()].filter((name) => !lookedUp.has(name)),
  };
}
