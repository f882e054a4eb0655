// The gated feed-forward block of Llama (SwiGLU, 2002.05202).
import type { Value } from '../graph/graph.js';
import { mul, silu } from '../graph/ops/elementwise.js';
import type { ModuleContext } from './context.js';

/** down(silu(gate(x)) · up(x)): [n, d] → [n, d]. */
export function gatedMlp(context: ModuleContext, name: string, x: Value, hasBias: boolean): Value {
  const gate = context.linear(`${name}.gate_proj`, x, hasBias);
  const up = context.linear(`${name}.up_proj`, x, hasBias);
  return context.linear(`${name}.down_proj`, mul(silu(gate), up), hasBias);
}
