// Attention with its projections, as most decoders name them.
import type { Value } from '../graph/graph.js';
import { reshape } from '../graph/ops/layout.js';
import { type Attended, type AttentionOptions, attend, type KeyValues } from './attention.js';
import type { ModuleContext } from './context.js';

export interface SelfAttentionOptions extends AttentionOptions {
  qkvBias?: boolean;
  outputBias?: boolean;
  /** Normalises queries and keys before they are rotated: part `q_norm` or `k_norm`, x [n, heads·headDim]. */
  normalize?: (part: string, x: Value) => Value;
}

/** `q_proj`, `k_proj`, `v_proj`, attention, `o_proj`: x [n, d] → [n, d]. */
export function selfAttention(
  context: ModuleContext,
  name: string,
  x: Value,
  options: SelfAttentionOptions,
  past?: KeyValues,
): Attended {
  const { heads, kvHeads, headDim, qkvBias: bias, outputBias, normalize = (_, y) => y } = options;
  const project = (part: string, count: number) => context.linear(`${name}.${part}`, x, count * headDim, { bias });
  const queries = normalize(`${name}.q_norm`, project('q_proj', heads));
  const keys = normalize(`${name}.k_norm`, project('k_proj', kvHeads));
  const attended = attend(context, { queries, keys, values: project('v_proj', kvHeads) }, options, past);
  const output = context.linear(`${name}.o_proj`, attended.output, x.shape[1]!, { bias: outputBias });
  return { ...attended, output };
}

/** Applies a norm to each head on its own: x [n, heads·headDim] → the same. */
export function perHead(x: Value, headDim: number, norm: (heads: Value) => Value): Value {
  const count = (x.shape[0]! * x.shape[1]!) / headDim;
  return reshape(norm(reshape(x, [count, headDim])), x.shape);
}
