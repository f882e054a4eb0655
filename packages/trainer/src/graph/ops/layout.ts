// Ops that move elements without computing: reshape, transpose, concat, slice, expand, gather.
import { positiveAxis, type Shape, sameShape, showShape, sizeOf } from '../../tensor/shape.js';
import { GraphError } from '../errors.js';
import type { Graph, Value } from '../graph.js';
import { isOpen, openPart } from '../open-sizes.js';

const indices = (graph: Graph, numbers: readonly number[]): Value =>
  graph.constant(BigInt64Array.from(numbers, BigInt), [numbers.length]);

/** A shape as a value: a constant, or put together at each run where a size is open. */
function sizesOf(graph: Graph, shape: Shape): Value {
  if (!isOpen(shape)) return indices(graph, shape);
  const parts = shape.map((dimension) => {
    const open = openPart(dimension);
    if (!open) return indices(graph, [dimension]);
    if (open.extra > 0) throw new GraphError('Expand', `${showShape(shape)} has a row appended to an open size`);
    const factors = [open.size, ...open.others].map((size) => graph.openSize(size));
    return factors.reduce(
      (product, size) => graph.node('Mul', [product, size], 'int64', [1]),
      indices(graph, [open.factor]),
    );
  });
  return concat(parts, 0);
}

export function reshape(x: Value, shape: Shape): Value {
  if (sizeOf(shape) !== sizeOf(x.shape)) {
    throw new GraphError('Reshape', `${showShape(x.shape)} does not fit into ${showShape(shape)}`);
  }
  if (sameShape(shape, x.shape)) return x;
  const open = shape.filter((dimension) => openPart(dimension));
  if (open.length > 1) return x.graph.node('Reshape', [x, sizesOf(x.graph, shape)], x.dtype, shape);
  const sizes = shape.map((dimension) => (openPart(dimension) ? -1 : dimension));
  return x.graph.node('Reshape', [x, indices(x.graph, sizes)], x.dtype, shape);
}

/** Axis i of the result is axis `permutation[i]` of x. */
export function transpose(x: Value, permutation: readonly number[]): Value {
  const sorted = [...permutation].sort((a, b) => a - b);
  if (permutation.length !== x.shape.length || sorted.some((axis, i) => axis !== i)) {
    throw new GraphError('Transpose', `${showShape(permutation)} does not permute the axes of ${showShape(x.shape)}`);
  }
  const shape = permutation.map((axis) => x.shape[axis]!);
  return x.graph.node('Transpose', [x], x.dtype, shape, { perm: permutation });
}

export function concat(parts: readonly Value[], axis: number): Value {
  const first = parts[0];
  if (!first) throw new GraphError('Concat', 'needs at least one part');
  const at = positiveAxis(axis, first.shape.length, 'Concat');
  for (const part of parts) {
    if (part.shape.length !== first.shape.length || part.shape.some((n, i) => i !== at && n !== first.shape[i])) {
      throw new GraphError('Concat', `${showShape(part.shape)} and ${showShape(first.shape)} differ beside axis ${at}`);
    }
  }
  const shape = [...first.shape];
  shape[at] = parts.reduce((sum, part) => sum + part.shape[at]!, 0);
  return first.graph.node('Concat', parts, first.dtype, shape, { axis: at });
}

/** Elements `start` … `end` − 1 along one axis. */
export function slice(x: Value, axis: number, start: number, end: number): Value {
  const at = positiveAxis(axis, x.shape.length, 'Slice');
  if (!(start >= 0 && start < end && end <= x.shape[at]!)) {
    throw new GraphError('Slice', `${start}…${end} is not inside axis ${at} of ${showShape(x.shape)}`);
  }
  const shape = x.shape.map((n, i) => (i === at ? end - start : n));
  const inputs = [x, ...[[start], [end], [at]].map((list) => indices(x.graph, list))];
  return x.graph.node('Slice', inputs, x.dtype, shape, {});
}

export function expand(x: Value, shape: Shape): Value {
  const lead = shape.length - x.shape.length;
  if (lead < 0 || x.shape.some((n, i) => n !== 1 && n !== shape[lead + i])) {
    throw new GraphError('Expand', `${showShape(x.shape)} does not expand to ${showShape(shape)}`);
  }
  if (sameShape(x.shape, shape)) return x;
  return x.graph.node('Expand', [x, sizesOf(x.graph, shape)], x.dtype, shape);
}

/**
 * Rows of a table [n, …] by index (int32 or int64, any shape) → [...index shape, …]. It has no backward rule on purpose: a scatter
 * with duplicate ids is a race in the runtime. Embeddings take the gradient at this value and add rows in the optimizer.
 */
export function gatherRows(table: Value, index: Value): Value {
  if (index.dtype !== 'int32' && index.dtype !== 'int64') {
    throw new GraphError('Gather', `the index is ${index.dtype}, not an integer`);
  }
  return table.graph.node('Gather', [table, index], table.dtype, [...index.shape, ...table.shape.slice(1)], {
    axis: 0,
  });
}

/**
 * Some rows of x [n, d] → [m, d], differentiable without a scatter: `inverse` [n] gives for each row of x its place in
 * `index` [m], or m where the row is not selected. Rows of `index` beyond the selected ones may repeat any row, as long as
 * no `inverse` points at them.
 */
export function selectRows(x: Value, index: Value, inverse: Value): Value {
  const width = x.shape[1]!;
  const selected = gatherRows(x, index);
  return x.graph.customGradient(selected, {
    inputs: [x],
    backward: (gradient) => {
      const zero = x.graph.constant(new Float32Array(width), [1, width]);
      return [gatherRows(concat([gradient, zero], 0), inverse)];
    },
  });
}

/** x[i, index[i, j]] for x [n, d], index [n, m] (int32) → [n, m]. No backward rule; see `crossEntropy`. */
export function gatherElements(x: Value, index: Value): Value {
  if (index.dtype !== 'int32') throw new GraphError('GatherElements', `the index is ${index.dtype}, not int32`);
  return x.graph.node('GatherElements', [x, index], x.dtype, index.shape, { axis: 1 });
}

/**
 * x [n, d] with `updates` [n, 1] added at the column that `index` [n, 1] (int32) names in each row. A row is updated once, so the
 * scatter has no duplicates to race for. No backward rule; see `crossEntropy`.
 */
export function addElements(x: Value, index: Value, updates: Value): Value {
  if (index.dtype !== 'int32') throw new GraphError('ScatterElements', `the index is ${index.dtype}, not int32`);
  return x.graph.node('ScatterElements', [x, index, updates], x.dtype, x.shape, { axis: 1, reduction: 'add' });
}
