// Matrix products and the rotary position embedding.
import { broadcastShapes, showShape } from '../../tensor/shape.js';
import { GraphError } from '../errors.js';
import type { Value } from '../graph.js';

/** Batched product [..., n, k] × [..., k, m] → [..., n, m]. */
export function matmul(a: Value, b: Value): Value {
  const [n, k] = a.shape.slice(-2) as [number, number];
  const [k2, m] = b.shape.slice(-2) as [number, number];
  if (a.shape.length < 2 || b.shape.length < 2 || k !== k2) {
    throw new GraphError('MatMul', `${showShape(a.shape)} × ${showShape(b.shape)} do not multiply`);
  }
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2), 'MatMul');
  return a.graph.node('MatMul', [a, b], 'float32', [...batch, n, m]);
}

export interface GemmOptions {
  transposeA?: boolean;
  transposeB?: boolean;
  /** Added to the product: [m] or [n, m]. */
  bias?: Value;
}

/** Product of two matrices, either one transposed first: [n, k] × [k, m] → [n, m]. */
export function gemm(a: Value, b: Value, { transposeA = false, transposeB = false, bias }: GemmOptions = {}): Value {
  const [n, k] = (transposeA ? [...a.shape].reverse() : a.shape) as [number, number];
  const [k2, m] = (transposeB ? [...b.shape].reverse() : b.shape) as [number, number];
  if (a.shape.length !== 2 || b.shape.length !== 2 || k !== k2) {
    const mark = (transposed: boolean) => (transposed ? 'ᵀ' : '');
    throw new GraphError(
      'Gemm',
      `${showShape(a.shape)}${mark(transposeA)} × ${showShape(b.shape)}${mark(transposeB)} do not multiply`,
    );
  }
  if (bias) broadcastShapes(bias.shape, [n, m], 'Gemm');
  const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 };
  return a.graph.node('Gemm', bias ? [a, b, bias] : [a, b], 'float32', [n, m], attributes);
}

/** A linear layer as PyTorch stores it: x [n, in], weight [out, in], bias [out] → [n, out]. */
export function linear(x: Value, weight: Value, bias?: Value): Value {
  return gemm(x, weight, { transposeB: true, bias });
}

/**
 * Rotates pairs (j, j + d/2) of each head by the angle of its position (RoFormer, 2104.09864).
 * x [batch, tokens, heads·d], positions [batch, tokens] (int64), cos and sin [positions, d/2].
 * @param heads where given, heads are wider than d, and only their first d coordinates turn
 */
export function rotary(x: Value, positions: Value, cos: Value, sin: Value, heads?: number): Value {
  const width = 2 * cos.shape[1]!;
  if (x.shape.length !== 3 || x.shape[2]! % (heads ?? width) !== 0) {
    throw new GraphError('RotaryEmbedding', `${showShape(x.shape)} is not made of heads of width ${width}`);
  }
  const partial: Record<string, number> = heads === undefined ? {} : { num_heads: heads, rotary_embedding_dim: width };
  return x.graph.node(
    'RotaryEmbedding',
    [x, positions, cos, sin],
    'float32',
    x.shape,
    { interleaved: 0, ...partial },
    'com.microsoft',
  );
}
