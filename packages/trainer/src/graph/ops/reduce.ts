// Sums, means and maxima along axes, and softmax.
import { positiveAxis } from '../../tensor/shape.js';
import type { Value } from '../graph.js';

function reduce(op: string, x: Value, axes: readonly number[], keepDimensions: boolean): Value {
  const positive = axes.map((axis) => positiveAxis(axis, x.shape.length, op));
  const shape = keepDimensions
    ? x.shape.map((n, i) => (positive.includes(i) ? 1 : n))
    : x.shape.filter((_, i) => !positive.includes(i));
  const list = x.graph.constant(BigInt64Array.from(positive, BigInt), [positive.length]);
  return x.graph.node(op, [x, list], x.dtype, shape, { keepdims: keepDimensions ? 1 : 0 });
}

export const reduceSum = (x: Value, axes: readonly number[], keepDimensions = false): Value =>
  reduce('ReduceSum', x, axes, keepDimensions);
export const reduceMean = (x: Value, axes: readonly number[], keepDimensions = false): Value =>
  reduce('ReduceMean', x, axes, keepDimensions);
/** No backward rule: used only where its gradient cancels (the shift inside a softmax). */
export const reduceMax = (x: Value, axes: readonly number[], keepDimensions = false): Value =>
  reduce('ReduceMax', x, axes, keepDimensions);

/** The sum of all elements, a scalar. */
export const sumAll = (x: Value): Value =>
  reduceSum(
    x,
    x.shape.map((_, i) => i),
  );

/** Softmax along the last axis. */
export function softmax(x: Value): Value {
  return x.graph.node('Softmax', [x], x.dtype, x.shape, { axis: -1 });
}
