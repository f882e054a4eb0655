// Causal self-attention with grouped queries (2305.13245) and rotary positions.
import type { Value } from '../graph/graph.js';
import { add } from '../graph/ops/elementwise.js';
import { concat, reshape, transpose } from '../graph/ops/layout.js';
import { matmul, rotary } from '../graph/ops/product.js';
import { softmax } from '../graph/ops/reduce.js';
import type { ModuleContext } from './context.js';
import type { RopeTables } from './rope.js';

export interface AttentionShape {
  heads: number;
  kvHeads: number;
  headDim: number;
  qkvBias: boolean;
  outputBias: boolean;
}

/** Keys and values of earlier tokens, each [rows, kvHeads, past, headDim]; keys are already rotated. */
export interface KeyValues {
  keys: Value;
  values: Value;
}

/**
 * x [rows·tokens, d] → [rows·tokens, d], and the keys and values of these tokens for a cache. Queries of one group share their keys: they are
 * laid side by side, so keys and values are never repeated.
 */
export function attention(
  context: ModuleContext,
  name: string,
  x: Value,
  shape: AttentionShape,
  rope: RopeTables,
  past?: KeyValues,
): { output: Value; present: KeyValues } {
  const { rows, tokens, positions } = context;
  const { heads, kvHeads, headDim } = shape;
  const groups = heads / kvHeads;
  const project = (part: string, count: number) =>
    reshape(context.linear(`${name}.${part}`, x, shape.qkvBias), [rows, tokens, count * headDim]);

  const rotatedQueries = rotary(project('q_proj', heads), positions, rope.cos, rope.sin);
  const rotatedKeys = rotary(project('k_proj', kvHeads), positions, rope.cos, rope.sin);
  const perHead = (y: Value) => transpose(reshape(y, [rows, tokens, kvHeads, headDim]), [0, 2, 1, 3]);

  const queries = reshape(
    transpose(reshape(rotatedQueries, [rows, tokens, kvHeads, groups, headDim]), [0, 2, 3, 1, 4]),
    [rows, kvHeads, groups * tokens, headDim],
  );
  const present = { keys: perHead(rotatedKeys), values: perHead(project('v_proj', kvHeads)) };
  const keys = past ? concat([past.keys, present.keys], 2) : present.keys; // [rows, kvHeads, seen, headDim]
  const values = past ? concat([past.values, present.values], 2) : present.values;
  const seen = keys.shape[2]!;

  const scores = reshape(matmul(queries, transpose(keys, [0, 1, 3, 2])), [rows, kvHeads, groups, tokens, seen]);
  const weights = reshape(softmax(add(scores, context.attentionBias)), [rows, kvHeads, groups * tokens, seen]);
  const mixed = reshape(matmul(weights, values), [rows, kvHeads, groups, tokens, headDim]);
  const joined = reshape(transpose(mixed, [0, 3, 1, 2, 4]), [rows * tokens, heads * headDim]);
  return { output: context.linear(`${name}.o_proj`, joined, shape.outputBias), present };
}
