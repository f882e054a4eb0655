// Who may look at whom, beyond what the batch says: windows of local attention.
import type { Value } from '../graph/graph.js';
import { less, sub, toFloat, where } from '../graph/ops/elementwise.js';
import { concat, expand, reshape } from '../graph/ops/layout.js';
import type { ModuleContext } from './context.js';

export interface Window {
  /** A token sees this many tokens of its own text before itself, itself included. */
  before: number;
  /** The same for those after it, where the text is seen both ways. */
  after?: number;
}

const masked = -1e9;

/** The batch's bias, and within a window only what is near enough by position: [rows, 1, 1, tokens, past + tokens]. */
export function attentionBias(context: ModuleContext, window?: Window): Value {
  const reach = context.longest ?? context.past + context.tokens;
  if (!window || (window.before >= reach && (window.after ?? reach) >= reach)) return context.attentionBias;
  return context.shared(`window ${window.before} ${window.after}`, () => windowBias(context, window));
}

function windowBias(context: ModuleContext, { before, after }: Window): Value {
  const { rows, tokens, past, graph } = context;
  const own = context.distancesFrom?.queries ?? toFloat(context.positions);
  const seen = context.distancesFrom?.keys ?? placesOfKeys(context, own);
  const distance = sub(reshape(own, [rows, 1, 1, tokens, 1]), reshape(seen, [rows, 1, 1, 1, past + tokens]));
  const near = where(less(distance, graph.scalar(before)), context.attentionBias, masked);
  return after === undefined ? near : where(less(sub(0, distance), graph.scalar(after)), near, masked);
}

/** Positions of keys that are cached in the order of their places, then those of the tokens: [rows, past + tokens]. */
function placesOfKeys({ graph, rows, past }: ModuleContext, own: Value): Value {
  if (past === 0) return own;
  const places = Float32Array.from({ length: past }, (_, i) => i);
  return concat([expand(graph.constant(places, [1, past]), [rows, past]), own], 1);
}
