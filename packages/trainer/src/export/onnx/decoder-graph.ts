// A decoder with a cache of keys and values as one graph whose batch and lengths are open, with the inputs and outputs that
// transformers.js and onnxruntime-genai expect.
import { GraphError } from '../../graph/errors.js';
import { Graph, type Value } from '../../graph/graph.js';
import { openSizes } from '../../graph/open-sizes.js';
import { toFloat, where } from '../../graph/ops/elementwise.js';
import { gatherRows, reshape, slice } from '../../graph/ops/layout.js';
import { gemm } from '../../graph/ops/product.js';
import { type Architecture, runLayers } from '../../models/architecture.js';
import type { LookupKey, ModuleContext } from '../../modules/context.js';
import { type Shape, sameShape } from '../../tensor/shape.js';

const {
  batch_size: batch,
  sequence_length: tokens,
  past_sequence_length: past,
  total_sequence_length: total,
} = openSizes;

/** A tensor of the model as a constant of the graph. */
export type Constant = (graph: Graph, name: string, shape: Shape) => Value;

const masked = -1e9;

/**
 * Inputs: `input_ids`, `position_ids` [batch, sequence], `attention_mask` [batch, past + sequence] (int64; 0 is padding),
 * `past_key_values.N.key` and `.value` [batch, kv heads, past, head]. Outputs: `logits` [batch, sequence, vocabulary], `present.N.key`
 * and `.value` with the new tokens behind the old.
 * @throws GraphError where a size of the model is one that stands for an open size
 */
export function decoderGraph(architecture: Architecture, constant: Constant): Graph {
  const { config } = architecture;
  const graph = new Graph();
  const ids = graph.input('input_ids', 'int64', [batch, tokens]);
  const mask = graph.input('attention_mask', 'int64', [batch, total]);
  const positions = graph.input('position_ids', 'int64', [batch, tokens]);
  const cached = Array.from({ length: config.layers }, (_, layer) => {
    const part = (kind: string) =>
      graph.input(`past_key_values.${layer}.${kind}`, 'float32', [batch, config.kvHeads, past, config.headDim]);
    return { keys: part('key'), values: part('value') };
  });
  computeSizes(graph, ids, cached[0]!.keys);
  const context = contextOf(graph, { ids, mask, positions, longest: config.maxPositions, constant });
  const summed = architecture.embed(context);
  const embedded = architecture.afterEmbedding?.(context, summed) ?? summed;
  const { hidden, present } = runLayers(context, architecture, embedded, { from: 0, to: config.layers, past: cached });
  const logits = architecture.head(context, hidden);
  graph.output('logits', reshape(logits, [batch, tokens, config.vocabSize]));
  present.forEach(({ keys, values }, layer) => {
    graph.output(`present.${layer}.key`, behind(cached[layer]!.keys, keys));
    graph.output(`present.${layer}.value`, behind(cached[layer]!.values, values));
  });
  return graph;
}

const behind = (old: Value, fresh: Value): Value =>
  old.graph.node('Concat', [old, fresh], 'float32', [batch, old.shape[1]!, total, old.shape[3]!], { axis: 2 });

/** The open sizes, read from the shapes of what is fed. */
function computeSizes(graph: Graph, ids: Value, keys: Value): void {
  const shapeOf = (x: Value) => graph.node('Shape', [x], 'int64', [x.shape.length]);
  const [idsShape, keysShape] = [shapeOf(ids), shapeOf(keys)];
  const sequence = slice(idsShape, 0, 1, 2);
  const earlier = slice(keysShape, 0, 2, 3);
  graph.sizeInputs.set('batch_size', slice(idsShape, 0, 0, 1));
  graph.sizeInputs.set('sequence_length', sequence);
  graph.sizeInputs.set('past_sequence_length', earlier);
  graph.sizeInputs.set('total_sequence_length', graph.node('Add', [earlier, sequence], 'int64', [1]));
}

interface ContextParts {
  ids: Value;
  mask: Value;
  positions: Value;
  longest: number;
  constant: Constant;
}

function contextOf(graph: Graph, { ids, mask, positions, longest, constant }: ContextParts): ModuleContext {
  const made = new Map<unknown, Value>();
  const shared = (key: unknown, make: () => Value): Value => {
    const value = made.get(key) ?? make();
    made.set(key, value);
    return value;
  };
  const weight = (name: string, shape: Shape): Value => {
    const value = shared(`weight ${name}`, () => constant(graph, name, shape));
    if (sameShape(value.shape, shape)) return value;
    throw new GraphError('weight', `${name} is asked for with the shapes [${value.shape}] and [${shape}]`);
  };
  const flat = (x: Value) => reshape(x, [batch * tokens]);
  const rowsOf = (table: Value, key: LookupKey): Value =>
    key === 'first' ? slice(table, 0, 0, 1) : gatherRows(table, flat(key === 'token' ? ids : positions));
  return {
    graph,
    rows: batch,
    tokens,
    past,
    longest,
    positions,
    toRows: (x) => x,
    fromRows: (x) => x,
    attentionBias: causalBias(graph, mask),
    distancesFrom: placesInText(graph, mask),
    weight,
    lookup: (name, shape, key) => rowsOf(weight(name, shape), key),
    linear: (name, x, out, { bias = false, transposed = false } = {}) => {
      const width = x.shape[1]!;
      const matrix = weight(`${name}.weight`, transposed ? [width, out] : [out, width]);
      return gemm(x, matrix, { transposeB: !transposed, bias: bias ? weight(`${name}.bias`, [out]) : undefined });
    },
    dropout: (x) => x,
    shared,
  };
}

/** 0 where a token may look: at itself and before, padding left out. [batch, 1, 1, sequence, total] */
function causalBias(graph: Graph, mask: Value): Value {
  const number = (size: 'past_sequence_length' | 'total_sequence_length') =>
    graph.node('Squeeze', [graph.openSize(size)], 'int64', []);
  const constant = (value: bigint) => graph.constant(BigInt64Array.of(value), []);
  const end = number('total_sequence_length');
  const range = (start: Value, length: number) => graph.node('Range', [start, end, constant(1n)], 'int64', [length]);
  const keys = range(constant(0n), total);
  const queries = reshape(range(number('past_sequence_length'), tokens), [tokens, 1]);
  const reached = graph.node('LessOrEqual', [keys, queries], 'bool', [tokens, total]);
  const real = graph.node('Cast', [reshape(mask, [batch, 1, 1, 1, total])], 'bool', [batch, 1, 1, 1, total], { to: 9 });
  return where(graph.node('And', [real, reached], 'bool', [batch, 1, 1, tokens, total]), graph.scalar(0), masked);
}

/**
 * Places among what is no padding, of all keys [batch, total] and of the new tokens [batch, sequence] (float32). `position_ids` would not do
 * for the latter: transformers.js begins those of Gemma 3 at 1.
 */
function placesInText(graph: Graph, mask: Value): { queries: Value; keys: Value } {
  const axis = graph.constant(BigInt64Array.of(1n), []);
  const counted = toFloat(graph.node('CumSum', [mask, axis], 'int64', mask.shape));
  const bounds = [graph.openSize('past_sequence_length'), graph.openSize('total_sequence_length')];
  const columns = graph.constant(BigInt64Array.of(1n), [1]);
  return { keys: counted, queries: graph.node('Slice', [counted, ...bounds, columns], 'float32', [batch, tokens]) };
}
