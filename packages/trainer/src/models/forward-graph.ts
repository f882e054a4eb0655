// Builds the graph of a batch: forward to the losses of its targets, and, in training, back to the gradients.
import { loraNames, loraScale, withLora } from '../adapters/lora.js';
import type { BatchShape } from '../data/segments.js';
import { gradients } from '../gradient/gradients.js';
import { GraphError } from '../graph/errors.js';
import { Graph, type Value } from '../graph/graph.js';
import { mul, where } from '../graph/ops/elementwise.js';
import { selectRows } from '../graph/ops/layout.js';
import { linear } from '../graph/ops/product.js';
import { sumAll } from '../graph/ops/reduce.js';
import { stopGradient } from '../graph/ops/stop-gradient.js';
import { effectiveDropout } from '../kernels/dropout-masks.js';
import { crossEntropy } from '../losses/cross-entropy.js';
import type { ModuleContext } from '../modules/context.js';
import type { LoraSettings } from '../settings.js';
import type { MappedWeights } from '../weights/mapped.js';
import type { LlamaConfig } from './config.js';
import { embed, embeddingName, layers, logits } from './llama.js';

/** Which weights a graph is fed at every run; all others are constants, mapped from the base model's file. */
export interface FedWeights {
  /** Shape by name: base tensors under their Hugging Face names, adapters under `….lora_A.weight`, `….lora_B.weight`. */
  shapes: ReadonlyMap<string, readonly number[]>;
  lora?: LoraSettings;
}

export interface ContextOptions {
  config: LlamaConfig;
  /** Where the weights lie that are not fed; not needed where all are. */
  mapped?: MappedWeights;
  fed: FedWeights;
  rows: number;
  tokens: number;
  /** Keys each token may see: `tokens`, or more with a cache of earlier ones. */
  keys?: number;
  /** Dropout probability; 0 outside training. */
  dropout?: number;
}

/** A module context over a new graph, and the sizes of the dropout masks its modules asked for. */
export function makeContext({ config, mapped, fed, rows, tokens, keys = tokens, dropout = 0 }: ContextOptions) {
  const graph = new Graph();
  const weights = new Map<string, Value>();
  const maskSizes: number[] = [];
  const masked = (x: Value): Value => {
    if (dropout === 0) return x;
    const mask = graph.input(`dropout.${maskSizes.length}`, 'bool', x.shape);
    maskSizes.push(x.shape.reduce((product, n) => product * n, 1));
    return where(mask, mul(x, 1 / (1 - effectiveDropout(dropout))), 0);
  };
  const constantOf = (graph: Graph, name: string): Value => {
    if (!mapped) throw new GraphError('makeContext', `${name} is not fed, and there are no mapped weights`);
    return mapped.constant(graph, name);
  };
  const weight = (name: string): Value => {
    let value = weights.get(name);
    if (!value) {
      const shape = fed.shapes.get(name);
      value = shape ? graph.input(name, 'float32', shape) : constantOf(graph, name);
      weights.set(name, value);
    }
    return value;
  };
  const context: ModuleContext = {
    graph,
    rows,
    tokens,
    positions: graph.input('positions', 'int64', [rows, tokens]),
    attentionBias: graph.input('attentionBias', 'float32', [rows, 1, 1, tokens, keys]),
    weight,
    linear: (name, x, hasBias) => {
      const base = linear(x, weight(`${name}.weight`), hasBias ? weight(`${name}.bias`) : undefined);
      const { a, b } = loraNames(name);
      if (!fed.lora || !fed.shapes.has(a)) return base;
      return withLora(base, masked(x), weight(a), weight(b), loraScale(fed.lora));
    },
    dropout: (x) => (fed.lora ? x : masked(x)),
  };
  return { context, maskSizes, weights, config };
}

export interface BatchGraphOptions extends Omit<ContextOptions, 'rows' | 'tokens' | 'keys'> {
  shape: BatchShape;
  /** Layers below are not in the graph: their output is fed as `hidden` [rows·tokens, hidden]. 0 = starts from token ids. */
  prefixDepth: number;
  /** Whether the graph also computes gradients. */
  training: boolean;
}

export interface BatchGraph {
  graph: Graph;
  /** Elements of each dropout mask to feed, `dropout.0` … */
  maskSizes: number[];
  /** Fed weights whose gradient comes out as `gradient.<name>`. */
  differentiated: string[];
  /** Whether `gradient.embedding` [rows·tokens, hidden] comes out, to be added to the embedding's rows by token id. */
  embeddingRows: boolean;
}

/** Outputs: `losses` [targets] (unweighted), and in training the gradients of Σ weight · loss. */
export function buildBatchGraph(options: BatchGraphOptions): BatchGraph {
  const { config, shape, prefixDepth, training } = options;
  const { context, maskSizes, weights } = makeContext({ ...options, rows: shape.rows, tokens: shape.tokens });
  const { graph } = context;
  const start =
    prefixDepth > 0
      ? graph.input('hidden', 'float32', [shape.rows * shape.tokens, config.hiddenSize])
      : stopGradient(embed(context, graph.input('ids', 'int32', [shape.rows, shape.tokens]), config));
  const { hidden } = layers(context, start, config, { from: prefixDepth, to: config.layers });

  const selected = selectRows(
    hidden,
    graph.input('selected', 'int32', [shape.targets]),
    graph.input('inverse', 'int32', [shape.rows * shape.tokens]),
  );
  const losses = crossEntropy(logits(context, selected, config), graph.input('labels', 'int32', [shape.targets]));
  graph.output('losses', losses);
  if (!training) return { graph, maskSizes, differentiated: [], embeddingRows: false };

  const loss = sumAll(mul(losses, graph.input('weights', 'float32', [shape.targets])));
  const embeddingRows = prefixDepth === 0 && options.fed.shapes.has(embeddingName);
  // An untied embedding is read by token id only: its whole gradient is in the rows.
  const differentiated = [...options.fed.shapes.keys()].filter(
    (name) => name !== embeddingName || config.tieWordEmbeddings,
  );
  const targets = differentiated.map((name) => weights.get(name)!);
  const found = gradients(loss, embeddingRows ? [...targets, start] : targets);
  differentiated.forEach((name, i) => {
    graph.output(`gradient.${name}`, found[i]!);
  });
  if (embeddingRows) graph.output('gradient.embedding', found.at(-1)!);
  return { graph, maskSizes, differentiated, embeddingRows };
}
