// Ends differentiation at a value.
import type { Value } from '../graph.js';

/** The same value; gradients reach it but go no further. */
export function stopGradient(x: Value): Value {
  return x.graph.customGradient(x, { inputs: [], backward: () => [] });
}
