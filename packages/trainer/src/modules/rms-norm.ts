// Root-mean-square layer normalisation (1910.07467), from primitives: fused kernels differ between devices in what they save.
import type { Value } from '../graph/graph.js';
import { add, mul, reciprocal, sqrt } from '../graph/ops/elementwise.js';
import { reduceMean } from '../graph/ops/reduce.js';
import type { ModuleContext } from './context.js';

/**
 * x / √(mean(x²) + ε) · weight, over the last axis: x [n, d], weight [d] → [n, d].
 * @param offset added to the weight: 1 in Gemma, whose weights are stored as differences from 1
 */
export function rmsNorm(context: ModuleContext, name: string, x: Value, epsilon: number, offset = 0): Value {
  const weight = context.weight(`${name}.weight`, x.shape.slice(-1));
  const meanSquare = reduceMean(mul(x, x), [-1], true);
  const normalized = mul(x, reciprocal(sqrt(add(meanSquare, epsilon))));
  return mul(normalized, offset === 0 ? weight : add(weight, offset));
}
