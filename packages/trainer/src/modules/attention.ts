// Self-attention with grouped queries (2305.13245), rotary positions and windows.
import type { Value } from '../graph/graph.js';
import { add, mul, softcap } from '../graph/ops/elementwise.js';
import { concat, reshape, transpose } from '../graph/ops/layout.js';
import { matmul, rotary } from '../graph/ops/product.js';
import { softmax } from '../graph/ops/reduce.js';
import { attentionBias, type Window } from './attention-mask.js';
import type { ModuleContext } from './context.js';
import { type Rope, ropeTables } from './rope.js';

export interface AttentionOptions {
  heads: number;
  kvHeads: number;
  headDim: number;
  /** How positions turn queries and keys; none where the model knows positions otherwise, or not at all. */
  rope?: Rope;
  /** Factor on the scores; default headDim^−½. */
  scale?: number;
  /** Local attention; none sees everything that the batch allows. */
  window?: Window;
  /** c of c·tanh(score / c), which bounds the scores (Gemma 2). */
  scoreCap?: number;
}

/** What is projected from the tokens: queries [n, heads·headDim], keys and values [n, kvHeads·headDim]. */
export interface Projections {
  queries: Value;
  keys: Value;
  values: Value;
}

/** Keys and values of earlier tokens, each [rows, kvHeads, past, headDim]; keys are already rotated. */
export interface KeyValues {
  keys: Value;
  values: Value;
}

export interface Attended {
  /** [n, width] */
  output: Value;
  /** Keys and values of these tokens, for a cache. */
  present: KeyValues;
}

/**
 * Mixes the values by the scores of queries and keys: → [n, heads·headDim]. Queries of one group share their keys: they are laid
 * side by side, so keys and values are never repeated.
 */
export function attend(
  context: ModuleContext,
  projected: Projections,
  options: AttentionOptions,
  past?: KeyValues,
): Attended {
  const { rows, tokens } = context;
  const { heads, kvHeads, headDim } = options;
  const groups = heads / kvHeads;
  const { queries: rotatedQueries, keys: rotatedKeys } = position(context, projected, options);
  const perHead = (y: Value) => transpose(reshape(y, [rows, tokens, kvHeads, headDim]), [0, 2, 1, 3]);

  const queries = reshape(
    transpose(reshape(rotatedQueries, [rows, tokens, kvHeads, groups, headDim]), [0, 2, 3, 1, 4]),
    [rows, kvHeads, groups * tokens, headDim],
  );
  const present = { keys: perHead(rotatedKeys), values: perHead(context.toRows(projected.values)) };
  const keys = past ? concat([past.keys, present.keys], 2) : present.keys; // [rows, kvHeads, seen, headDim]
  const values = past ? concat([past.values, present.values], 2) : present.values;
  const seen = keys.shape[2]!;

  const products = matmul(queries, transpose(keys, [0, 1, 3, 2]));
  const scores = reshape(softcap(products, options.scoreCap), [rows, kvHeads, groups, tokens, seen]);
  const bias = attentionBias(context, options.window);
  const weights = reshape(softmax(add(scores, bias)), [rows, kvHeads, groups * tokens, seen]);
  const mixed = reshape(matmul(weights, values), [rows, kvHeads, groups, tokens, headDim]);
  const inRows = reshape(transpose(mixed, [0, 3, 1, 2, 4]), [rows * tokens, heads * headDim]);
  return { output: context.fromRows(inRows), present };
}

/** Queries and keys in rows, turned by their positions, and scaled: by the tables, where these turn every coordinate. */
function position(context: ModuleContext, { queries, keys }: Projections, options: AttentionOptions) {
  const { rope, heads, kvHeads, headDim, scale = headDim ** -0.5 } = options;
  const isWhole = rope?.dimensions === headDim;
  const tables = rope && ropeTables(context, rope, isWhole ? Math.sqrt(scale) : 1);
  const turn = (projected: Value, count: number) => {
    const x = context.toRows(projected);
    if (!tables) return x;
    const inRows = reshape(x, [context.rows, context.tokens, count * headDim]);
    return rotary(inRows, tables.places, tables.cos, tables.sin, isWhole ? undefined : count);
  };
  const turned = { queries: turn(queries, heads), keys: turn(keys, kvHeads) };
  return isWhole ? turned : { ...turned, queries: mul(turned.queries, scale) };
}
