// Layer normalisation (1607.06450), from primitives like `rmsNorm`.
import type { Value } from '../graph/graph.js';
import { add, mul, reciprocal, sqrt, sub } from '../graph/ops/elementwise.js';
import { reduceMean } from '../graph/ops/reduce.js';
import type { ModuleContext } from './context.js';

/** (x − mean) / √(variance + ε) · weight + bias, over the last axis: x [n, d], weight and bias [d] → [n, d]. */
export function layerNorm(context: ModuleContext, name: string, x: Value, epsilon: number, hasBias = true): Value {
  const width = x.shape.slice(-1);
  const centred = sub(x, reduceMean(x, [-1], true));
  const variance = reduceMean(mul(centred, centred), [-1], true);
  const normalized = mul(centred, reciprocal(sqrt(add(variance, epsilon))));
  const scaled = mul(normalized, context.weight(`${name}.weight`, width));
  return hasBias ? add(scaled, context.weight(`${name}.bias`, width)) : scaled;
}
