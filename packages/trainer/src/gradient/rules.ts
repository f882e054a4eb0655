// The backward rule of every differentiable op, as one table: gradients of a node's inputs from that of its output.
import type { Node, Value } from '../graph/graph.js';
import { add, div, erf, exp, less, mul, neg, sigmoid, sub, tanh, where } from '../graph/ops/elementwise.js';
import { concat, expand, reshape, slice, transpose } from '../graph/ops/layout.js';
import { gemm, matmul, rotary } from '../graph/ops/product.js';
import { reduceSum } from '../graph/ops/reduce.js';
import { type Shape, sameShape, sizeOf } from '../tensor/shape.js';

/** `needed[i]` says whether the gradient of input i is wanted; unwanted ones may be left undefined. */
export type BackwardRule = (gradient: Value, node: Node, needed: readonly boolean[]) => (Value | undefined)[];

/** Sums what broadcasting repeated, so that the result has the operand's shape. */
export function sumTo(gradient: Value, shape: Shape): Value {
  if (sameShape(gradient.shape, shape)) return gradient;
  const lead = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((n, i) => (i < lead || (shape[i - lead] === 1 && n !== 1) ? [i] : []));
  return reshape(axes.length > 0 ? reduceSum(gradient, axes) : gradient, shape);
}

const swapLast = (x: Value): Value => {
  const axes = x.shape.map((_, i) => i);
  axes.push(axes.splice(-2, 1)[0]!);
  return transpose(x, axes);
};

const operands = (node: Node) => node.inputs as [Value, Value];
const operand = (node: Node) => node.inputs[0] as Value;
const result = (node: Node) => node.outputs[0]!;

/** Gives a reduced gradient its lost axes back, so that it broadcasts against the input. */
function restoreAxes(gradient: Value, node: Node): Value {
  const [x, axes] = operands(node);
  const reduced = new Set(x.graph.integersOf(axes));
  return reshape(
    gradient,
    x.shape.map((n, i) => (reduced.has(i) ? 1 : n)),
  );
}

export const backwardRules: Record<string, BackwardRule> = {
  Add: (g, node) => operands(node).map((x) => sumTo(g, x.shape)),
  Sub: (g, node, needed) => {
    const [a, b] = operands(node);
    return [needed[0] ? sumTo(g, a.shape) : undefined, needed[1] ? neg(sumTo(g, b.shape)) : undefined];
  },
  Mul: (g, node, needed) => {
    const [a, b] = operands(node);
    return [needed[0] ? sumTo(mul(g, b), a.shape) : undefined, needed[1] ? sumTo(mul(g, a), b.shape) : undefined];
  },
  Div: (g, node, needed) => {
    const [a, b] = operands(node);
    const scaled = div(g, b);
    return [
      needed[0] ? sumTo(scaled, a.shape) : undefined,
      needed[1] ? neg(sumTo(mul(scaled, result(node)), b.shape)) : undefined,
    ];
  },
  Neg: (g) => [neg(g)],
  Exp: (g, node) => [mul(g, result(node))],
  Log: (g, node) => [div(g, operand(node))],
  Sqrt: (g, node) => [div(mul(g, 0.5), result(node))],
  Reciprocal: (g, node) => [neg(mul(g, mul(result(node), result(node))))],
  Sigmoid: (g, node) => [mul(g, mul(result(node), sub(1, result(node))))],
  Tanh: (g, node) => [mul(g, sub(1, mul(result(node), result(node))))],
  Erf: (g, node) => {
    const x = operand(node);
    return [mul(g, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)))];
  },
  // SiLU: d(x·σ)/dx = σ + y·(1 − σ); σ is recomputed, as keeping it costs more than it saves.
  QuickGelu: (g, node) => {
    const s = sigmoid(operand(node));
    return [mul(g, add(s, mul(result(node), sub(1, s))))];
  },
  // d(x·Φ)/dx = Φ + x·φ.
  Gelu: (g, node) => {
    const x = operand(node);
    const density = mul(exp(mul(mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return [mul(g, add(mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5), mul(x, density)))];
  },
  FastGelu: (g, node) => {
    const x = operand(node);
    const [slope, cubic] = [Math.sqrt(2 / Math.PI), 0.044715];
    const square = mul(x, x);
    const t = tanh(mul(mul(x, add(mul(square, cubic), 1)), slope));
    const inner = mul(add(mul(square, 3 * cubic), 1), slope);
    return [mul(g, mul(add(add(t, 1), mul(mul(x, sub(1, mul(t, t))), inner)), 0.5))];
  },
  Relu: (g, node) => [where(less(g.graph.scalar(0), operand(node)), g, 0)],
  Where: (g, node, needed) => {
    const [condition, a, b] = node.inputs as [Value, Value, Value];
    return [
      undefined,
      needed[1] ? sumTo(where(condition, g, 0), a.shape) : undefined,
      needed[2] ? sumTo(where(condition, 0, g), b.shape) : undefined,
    ];
  },
  Reshape: (g, node) => [reshape(g, operand(node).shape)],
  Transpose: (g, node) => {
    const permutation = node.attributes.perm as number[];
    return [
      transpose(
        g,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
    ];
  },
  Concat: (g, node) => {
    const axis = node.attributes.axis as number;
    let start = 0;
    return (node.inputs as Value[]).map((part) => {
      const from = start;
      start += part.shape[axis]!;
      return slice(g, axis, from, start);
    });
  },
  Slice: (g, node) => {
    const x = operand(node);
    const [start, end, axis] = node.inputs.slice(1).flatMap((list) => x.graph.integersOf(list!)) as [
      number,
      number,
      number,
    ];
    const zeros = (n: number): Value[] => {
      const shape = x.shape.map((size, i) => (i === axis ? n : size));
      return n > 0 ? [expand(x.graph.scalar(0), shape)] : [];
    };
    return [concat([...zeros(start), g, ...zeros(x.shape[axis]! - end)], axis)];
  },
  Expand: (g, node) => [sumTo(g, operand(node).shape)],
  ReduceSum: (g, node) => [expand(restoreAxes(g, node), operand(node).shape)],
  ReduceMean: (g, node) => {
    const x = operand(node);
    return [expand(mul(restoreAxes(g, node), sizeOf(g.shape) / sizeOf(x.shape)), x.shape)];
  },
  Softmax: (g, node) => {
    const y = result(node);
    const weighted = mul(g, y);
    return [sub(weighted, mul(y, reduceSum(weighted, [-1], true)))];
  },
  MatMul: (g, node, needed) => {
    const [a, b] = operands(node);
    return [
      needed[0] ? sumTo(matmul(g, swapLast(b)), a.shape) : undefined,
      needed[1] ? sumTo(matmul(swapLast(a), g), b.shape) : undefined,
    ];
  },
  Gemm: (g, node, needed) => {
    const [a, b, bias] = node.inputs as [Value, Value, Value | undefined];
    const [ta, tb] = [node.attributes.transA === 1, node.attributes.transB === 1];
    const da = () => (ta ? gemm(b, g, { transposeA: tb, transposeB: true }) : gemm(g, b, { transposeB: !tb }));
    const db = () => (tb ? gemm(g, a, { transposeA: true, transposeB: ta }) : gemm(a, g, { transposeA: !ta }));
    return [
      needed[0] ? da() : undefined,
      needed[1] ? db() : undefined,
      bias && needed[2] ? sumTo(g, bias.shape) : undefined,
    ];
  },
  // A rotation's transpose turns the other way: the same op with the sine negated.
  RotaryEmbedding: (g, node) => {
    const [, positions, cos, sin] = node.inputs as [Value, Value, Value, Value];
    return [
      rotary(g, positions, cos, neg(sin), node.attributes.num_heads as number | undefined),
      undefined,
      undefined,
      undefined,
    ];
  },
};
