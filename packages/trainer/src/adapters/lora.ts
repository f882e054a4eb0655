// Low-rank adapters (LoRA, 2106.09685): y = W x + s · B A dropout(x), with W frozen.
import type { Value } from '../graph/graph.js';
import { mul } from '../graph/ops/elementwise.js';
import { linear } from '../graph/ops/product.js';
import type { LoraSettings } from '../settings.js';

/** s = α/r, or α/√r where rank-stabilised (2312.03732). */
export function loraScale({
  rank,
  alpha,
  rankStabilized,
}: Pick<LoraSettings, 'rank' | 'alpha' | 'rankStabilized'>): number {
  return alpha / (rankStabilized ? Math.sqrt(rank) : rank);
}

/** What an adapter adds to its layer's output: x [n, in], a [r, in], b [out, r] → [n, out]. */
export function loraOutput(x: Value, a: Value, b: Value, scale: number): Value {
  return linear(mul(linear(x, a), scale), b);
}
