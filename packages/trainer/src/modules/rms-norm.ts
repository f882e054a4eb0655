// Root-mean-square layer normalisation (1910.07467), from primitives: fused kernels differ between devices in what they save.
import type { Value } from '../graph/graph.js';
import { add, mul, reciprocal, sqrt } from '../graph/ops/elementwise.js';
import { reduceMean } from '../graph/ops/reduce.js';

/** x / √(mean(x²) + ε) · weight, over the last axis: x [n, d], weight [d] → [n, d]. */
export function rmsNorm(x: Value, weight: Value, epsilon: number): Value {
  const meanSquare = reduceMean(mul(x, x), [-1], true);
  return mul(mul(x, reciprocal(sqrt(add(meanSquare, epsilon)))), weight);
}
