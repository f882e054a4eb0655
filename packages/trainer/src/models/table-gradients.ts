// Whole gradients of embedding tables, for devices on which the optimizer takes no rows.
import type { Graph, Value } from '../graph/graph.js';
import { openSizes } from '../graph/open-sizes.js';
import { expand } from '../graph/ops/layout.js';
import { gemm } from '../graph/ops/product.js';
import type { LookupKey } from '../modules/context.js';
import type { Shape } from '../tensor/shape.js';

/** How many different rows of a table a batch looks up. */
const lookedUp: Readonly<Record<LookupKey, number>> = {
  token: openSizes.distinctTokens,
  position: openSizes.distinctPositions,
  first: 1,
};

/**
 * Adds the gradients at the embeddings' sum, [tokens, width], to the rows of a table that were looked up. Tokens that share a row are summed
 * by a product with the 0-1 matrix `rowSums.<key>` [rows, tokens], so that the scatter to `rowIds.<key>` [rows, 1] meets no row twice:
 * additions that race for one would round differently each time.
 *
 * @param dense the table's other gradient, where it is the output layer too
 */
export function tableGradient(rows: Value, key: LookupKey, shape: Shape, dense?: Value): Value {
  const { graph } = rows;
  const count = lookedUp[key];
  const ids = shared(graph, `rowIds.${key}`, () => graph.input(`rowIds.${key}`, 'int64', [count, 1]));
  const sums = shared(graph, `rowSums.${key}`, () => graph.input(`rowSums.${key}`, 'float32', [count, rows.shape[0]!]));
  const start = dense ?? expand(graph.scalar(0), shape);
  return graph.node('ScatterND', [start, ids, gemm(sums, rows)], 'float32', shape, { reduction: 'add' });
}

const shared = (graph: Graph, name: string, make: () => Value): Value =>
  graph.inputs.find((input) => input.name === name) ?? make();
