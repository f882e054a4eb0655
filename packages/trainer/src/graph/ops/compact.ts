// Products with frozen matrices that are kept in fewer bits.
import { blockSize, type CompactPrecision } from '../../weights/compact.js';
import type { Value } from '../graph.js';
import { add } from './elementwise.js';
import { reshape } from './layout.js';
import { gemm } from './product.js';

export interface CompactMatrix {
  readonly precision: CompactPrecision;
  readonly shape: readonly [rows: number, columns: number];
  /** bfloat16 [rows, columns]; int8 [blocks, 64]; two 4-bit codes a byte, uint8 [rows·columns / 2]. */
  readonly numbers: Value;
  /** [blocks]; none in bfloat16. */
  readonly scales?: Value;
}

export interface CompactProductOptions {
  /** The matrix is [in, out]; else [out, in]. */
  transposed?: boolean;
  /** [out] */
  bias?: Value;
}

/**
 * A linear layer: x [n, in] → [n, out]. The matrix is made wide for one product at a time, and anew in the backward pass, so that
 * it never stays in memory.
 */
export function compactProduct(x: Value, matrix: CompactMatrix, options: CompactProductOptions = {}): Value {
  const { transposed = false, bias } = options;
  const isDirect = matrix.precision === '4bit' && !transposed;
  const product = isDirect ? normalFloatProduct(x, matrix) : gemm(x, widen(matrix), { transposeB: !transposed });
  x.graph.customGradient(product, {
    inputs: [x],
    backward: (gradient) => [gemm(gradient, widen(matrix), { transposeB: transposed })],
  });
  return bias ? add(product, bias) : product;
}

/** The matrix in float32. */
export function widen({ precision, shape, numbers, scales }: CompactMatrix): Value {
  const { graph } = numbers;
  const [rows, columns] = shape;
  if (precision === 'bf16') return graph.node('Cast', [numbers], 'float32', shape, { to: 1 });
  if (precision === '8bit') {
    return reshape(graph.node('DequantizeLinear', [numbers, scales], 'float32', numbers.shape, { axis: 0 }), shape);
  }
  // A product with 1 is the matrix itself: the kernel has no other way to give it, and on the CPU its `transB` is not heeded.
  const one = graph.constant(Float32Array.of(1), [1, 1]);
  const count = rows * columns;
  return reshape(normalFloatProduct(one, { precision, shape: [count, 1], numbers, scales }), shape);
}

/** x [n, columns] → [n, rows], by the runtime's kernel for bitsandbytes' 4-bit formats. */
function normalFloatProduct(x: Value, { shape: [rows, columns], numbers, scales }: CompactMatrix): Value {
  const attributes = { K: columns, N: rows, block_size: blockSize, quant_type: 1 };
  return x.graph.node('MatMulBnb4', [x, numbers, scales], 'float32', [x.shape[0]!, rows], attributes, 'com.microsoft');
}

/** Whether a value follows from constants alone, such as a matrix that was made wide. */
export function isConstant(value: Value): boolean {
  const { graph, producer } = value;
  if (!producer) return graph.constants.has(value);
  return producer.inputs.every((input) => !input || isConstant(input));
}
