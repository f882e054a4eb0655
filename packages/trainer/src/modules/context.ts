// What a module needs to build itself into a graph, apart from its input.
import type { Graph, Value } from '../graph/graph.js';

export interface ModuleContext {
  readonly graph: Graph;
  /** Rows of the batch, and tokens a row (padding included). */
  readonly rows: number;
  readonly tokens: number;
  /** Position of each token in its own text, [rows, tokens] (int64). */
  readonly positions: Value;
  /** Added to the attention scores, [rows, 1, 1, tokens, keys]: 0 where a token may look, −1e9 where not. */
  readonly attentionBias: Value;
  /** A weight by its Hugging Face name: fed where it is trained, a mapped constant where it is frozen. */
  weight(name: string): Value;
  /** The linear layer of that name (without `.weight`), with its adapter where it carries one: [n, in] → [n, out]. */
  linear(name: string, x: Value, hasBias: boolean): Value;
  /** Zeroes elements with the run's dropout probability and scales the others; the identity outside training. */
  dropout(x: Value): Value;
}
