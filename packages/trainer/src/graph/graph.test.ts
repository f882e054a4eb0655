import { describe, expect, it } from 'vitest';
import { Executable, FeedError } from '../runtime/session.js';
import { Graph } from './graph.js';
import { add, equal, mul, where } from './ops/elementwise.js';
import { concat, expand, gatherElements, gatherRows, reshape, slice, transpose } from './ops/layout.js';
import { gemm, matmul, rotary } from './ops/product.js';
import { reduceSum } from './ops/reduce.js';

const graph = new Graph();
const x = graph.input('x', 'float32', [2, 3]);
const ids = graph.input('ids', 'int32', [4]);

describe('shape errors name the op and the shapes', () => {
  it.each([
    ['Add: shapes [2, 3] and [4] do not broadcast', () => add(x, graph.constant(new Float32Array(4), [4]))],
    ['Mul: float32 and int32 do not mix', () => mul(x, ids)],
    ['Equal: float32 and int32', () => equal(x, ids)],
    ['Where: the condition is float32, not bool', () => where(x, x, x)],
    ['Reshape: [2, 3] does not fit into [4]', () => reshape(x, [4])],
    ['Transpose: [0, 0] does not permute the axes of [2, 3]', () => transpose(x, [0, 0])],
    ['Concat: [3, 2] and [2, 3] differ beside axis 0', () => concat([x, transpose(x, [1, 0])], 0)],
    ['Slice: 2…4 is not inside axis 1 of [2, 3]', () => slice(x, 1, 2, 4)],
    ['Expand: [2, 3] does not expand to [2, 4]', () => expand(x, [2, 4])],
    ['Gather: the index is float32, not an integer', () => gatherRows(x, x)],
    ['GatherElements: the index is float32', () => gatherElements(x, x)],
    ['MatMul: [2, 3] × [2, 3] do not multiply', () => matmul(x, x)],
    ['Gemm: [2, 3] × [2, 3] do not multiply', () => gemm(x, x)],
    ['Gemm: [2, 3]ᵀ × [2, 3]ᵀ do not multiply', () => gemm(x, x, { transposeA: true, transposeB: true })],
    ['RotaryEmbedding: [2, 3] is not made of heads of width 6', () => rotary(x, ids, x, x)],
    ['ReduceSum: axis 2 does not exist in a tensor of rank 2', () => reduceSum(x, [2])],
    ['constant: 3 elements do not fill shape [2]', () => graph.constant(new Float32Array(3), [2])],
    ['input: ', () => graph.input('x', 'float32', [1])],
  ])('%s', (message, build) => {
    expect(build).toThrow(message === 'input: ' ? 'the name x is already used' : message);
  });
});

it('one value may be several outputs, and unreachable nodes are left out', async () => {
  const small = new Graph();
  const a = small.input('a', 'float32', [2]);
  const sum = add(a, 1);
  mul(sum, 3);
  small.output('first', sum);
  small.output('second', sum);
  const executable = await Executable.compile(small);
  const results = await executable.run({ a: Float32Array.of(1, 2) });
  expect([...results.first!, ...results.second!]).toEqual([2, 3, 2, 3]);
  await expect(executable.run({})).rejects.toThrow(FeedError);
  await expect(executable.run({ a: new Float32Array(3) })).rejects.toThrow(
    'input a has shape [2], but 3 elements were fed',
  );
  await executable.release();
});
