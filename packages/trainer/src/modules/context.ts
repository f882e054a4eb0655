// What a module needs to build itself into a graph, apart from its input.
import type { Graph, Value } from '../graph/graph.js';
import type { Shape } from '../tensor/shape.js';

/** What picks a row of an embedding table: the token, its position in its text, or nothing (the first row, for every token). */
export type LookupKey = 'token' | 'position' | 'first';

export interface LinearOptions {
  bias?: boolean;
  /** Its weight is stored [in, out], as in GPT-2's Conv1D; else [out, in]. */
  transposed?: boolean;
}

export interface ModuleContext {
  readonly graph: Graph;
  /** Rows in which attention sees the tokens, and places a row. */
  readonly rows: number;
  readonly tokens: number;
  /** What attention reads: the tokens [n, d], which lie one after the other, laid out in rows with padding, [rows·tokens, d]. */
  toRows(x: Value): Value;
  /** Back to the tokens: [rows·tokens, d] → [n, d]. */
  fromRows(x: Value): Value;
  /** Where of the last layer only some tokens' outputs are wanted: `fromRows` and tokens [n, d] → these tokens, [targets, d]. */
  readonly selection?: { targets: number; fromRows(x: Value): Value; select(x: Value): Value };
  /** Earlier tokens of each row whose keys and values are cached (unused places included); 0 without a cache. */
  readonly past: number;
  /** Tokens of the longest text, where a row's are not known while the graph is built. */
  readonly longest?: number;
  /**
   * What distances are measured by (float32), where cached keys are not in the order of their places and `positions` may begin anywhere:
   * [rows, tokens] and [rows, past + tokens].
   */
  readonly distancesFrom?: { queries: Value; keys: Value };
  /** Position of each token in its own text, [rows, tokens] (int64). */
  readonly positions: Value;
  /** Added to the attention scores, [rows, 1, 1, tokens, past + tokens]: 0 where a token may look, −1e9 where not. */
  readonly attentionBias: Value;
  /** A weight by its Hugging Face name: fed where it is trained, a mapped constant where it is frozen. */
  weight(name: string, shape: Shape): Value;
  /**
   * A row of the table [count, d] for each token, [n, d] or [1, d]. Tables are summed and given to `Architecture.embed`'s
   * caller: their gradients are added row by row in the optimizer.
   */
  lookup(name: string, shape: readonly [count: number, width: number], key: LookupKey): Value;
  /** The linear layer of that name (without `.weight`), with its adapter where it carries one: [n, in] → [n, out]. */
  linear(name: string, x: Value, out: number, options?: LinearOptions): Value;
  /** Zeroes elements with the run's dropout probability and scales the others; the identity outside training. */
  dropout(x: Value): Value;
  /** What is made once a graph, such as tables that every layer reads. */
  shared(key: unknown, make: () => Value): Value;
}
