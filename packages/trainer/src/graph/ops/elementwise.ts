// Elementwise ops; operands broadcast as in NumPy.
import { broadcastShapes, showShape } from '../../tensor/shape.js';
import { GraphError } from '../errors.js';
import type { Value } from '../graph.js';

type Operand = Value | number;

function binary(op: string, a: Operand, b: Operand): Value {
  const graph = typeof a === 'number' ? (b as Value).graph : a.graph;
  const left = typeof a === 'number' ? graph.scalar(a) : a;
  const right = typeof b === 'number' ? graph.scalar(b) : b;
  if (left.dtype !== right.dtype) throw new GraphError(op, `${left.dtype} and ${right.dtype} do not mix`);
  return graph.node(op, [left, right], left.dtype, broadcastShapes(left.shape, right.shape, op));
}

function unary(op: string, x: Value): Value {
  if (x.dtype !== 'float32') throw new GraphError(op, `expects float32, got ${x.dtype} ${showShape(x.shape)}`);
  return x.graph.node(op, [x], x.dtype, x.shape);
}

export const add = (a: Operand, b: Operand): Value => binary('Add', a, b);
export const sub = (a: Operand, b: Operand): Value => binary('Sub', a, b);
export const mul = (a: Operand, b: Operand): Value => binary('Mul', a, b);
export const div = (a: Operand, b: Operand): Value => binary('Div', a, b);
/** The larger of each two. No backward rule: used only where its gradient cancels, as in `crossEntropy`. */
export const maximum = (a: Operand, b: Operand): Value => binary('Max', a, b);
export const neg = (x: Value): Value => unary('Neg', x);
export const exp = (x: Value): Value => unary('Exp', x);
export const log = (x: Value): Value => unary('Log', x);
export const sqrt = (x: Value): Value => unary('Sqrt', x);
export const reciprocal = (x: Value): Value => unary('Reciprocal', x);
export const sigmoid = (x: Value): Value => unary('Sigmoid', x);
export const tanh = (x: Value): Value => unary('Tanh', x);
export const erf = (x: Value): Value => unary('Erf', x);

/** x·σ(x), in one kernel (the runtime's QuickGelu with alpha 1). */
export function silu(x: Value): Value {
  return x.graph.node('QuickGelu', [x], x.dtype, x.shape, { alpha: { float: 1 } }, 'com.microsoft');
}

/** max(x, 0). */
export const relu = (x: Value): Value => unary('Relu', x);

/** x·Φ(x), with the normal distribution's own Φ. */
export function gelu(x: Value): Value {
  return x.graph.node('Gelu', [x], x.dtype, x.shape, {}, 'com.microsoft');
}

/** GELU by tanh (1606.08415): x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))). */
export function tanhGelu(x: Value): Value {
  return x.graph.node('FastGelu', [x], x.dtype, x.shape, {}, 'com.microsoft');
}

/** c·tanh(x / c), within ±c; without a cap the identity. */
export function softcap(x: Value, cap?: number): Value {
  return cap === undefined ? x : mul(tanh(div(x, cap)), cap);
}

/** Elements of `a` where `condition` (bool) holds, else of `b`. */
export function where(condition: Value, a: Operand, b: Operand): Value {
  const graph = condition.graph;
  const [yes, no] = [a, b].map((x) => (typeof x === 'number' ? graph.scalar(x) : x)) as [Value, Value];
  if (condition.dtype !== 'bool') throw new GraphError('Where', `the condition is ${condition.dtype}, not bool`);
  if (yes.dtype !== no.dtype) throw new GraphError('Where', `${yes.dtype} and ${no.dtype} do not mix`);
  const shape = broadcastShapes(broadcastShapes(yes.shape, no.shape, 'Where'), condition.shape, 'Where');
  return graph.node('Where', [condition, yes, no], yes.dtype, shape);
}

export function equal(a: Value, b: Value): Value {
  if (a.dtype !== b.dtype) throw new GraphError('Equal', `${a.dtype} and ${b.dtype} do not mix`);
  return a.graph.node('Equal', [a, b], 'bool', broadcastShapes(a.shape, b.shape, 'Equal'));
}

/** Whether a < b. */
export function less(a: Value, b: Value): Value {
  if (a.dtype !== b.dtype) throw new GraphError('Less', `${a.dtype} and ${b.dtype} do not mix`);
  return a.graph.node('Less', [a, b], 'bool', broadcastShapes(a.shape, b.shape, 'Less'));
}

/** The same numbers as float32. */
export function toFloat(x: Value): Value {
  return x.graph.node('Cast', [x], 'float32', x.shape, { to: 1 });
}
