// Feed-forward blocks.
import type { Value } from '../graph/graph.js';
import { gelu, mul, silu, tanhGelu } from '../graph/ops/elementwise.js';
import { slice } from '../graph/ops/layout.js';
import type { LinearOptions, ModuleContext } from './context.js';

export type Activation = (x: Value) => Value;

/** Activations by the names that configurations give them. */
export const activations: Readonly<Record<string, Activation>> = {
  silu,
  swish: silu,
  gelu,
  gelu_new: tanhGelu,
  gelu_fast: tanhGelu,
  gelu_pytorch_tanh: tanhGelu,
};

export interface MlpOptions {
  /** Width between the two layers. */
  width: number;
  activation: Activation;
  bias?: boolean;
}

/** down(activation(gate(x)) · up(x)): [n, d] → [n, d]. With SiLU it is SwiGLU, with GELU GEGLU (2002.05202). */
export function gatedMlp(context: ModuleContext, name: string, x: Value, options: MlpOptions): Value {
  const { width, activation, bias } = options;
  const gate = context.linear(`${name}.gate_proj`, x, width, { bias });
  const up = context.linear(`${name}.up_proj`, x, width, { bias });
  return context.linear(`${name}.down_proj`, mul(activation(gate), up), x.shape[1]!, { bias });
}

/** The same with gate and up as one layer, gate's columns first. */
export function fusedGatedMlp(
  context: ModuleContext,
  names: { gateUp: string; down: string },
  x: Value,
  { width, activation, bias }: MlpOptions,
): Value {
  const both = context.linear(names.gateUp, x, 2 * width, { bias });
  const gated = mul(activation(slice(both, 1, 0, width)), slice(both, 1, width, 2 * width));
  return context.linear(names.down, gated, x.shape[1]!, { bias });
}

/** down(activation(up(x))): [n, d] → [n, d], both layers with biases. */
export function plainMlp(
  context: ModuleContext,
  names: { up: string; down: string },
  x: Value,
  { width, activation }: MlpOptions,
  options: Pick<LinearOptions, 'transposed'> = {},
): Value {
  const inner = activation(context.linear(names.up, x, width, { bias: true, ...options }));
  return context.linear(names.down, inner, x.shape[1]!, { bias: true, ...options });
}
