// Weight-decomposed adapters (DoRA, 2402.09353): y = m ⊙ (W + s · B A) x / ‖W + s · B A‖, a norm for each output.
import type { Value } from '../graph/graph.js';
import { add, div, mul, sqrt, sub } from '../graph/ops/elementwise.js';
import { gemm } from '../graph/ops/product.js';
import { reduceSum } from '../graph/ops/reduce.js';
import { stopGradient } from '../graph/ops/stop-gradient.js';
import type { BaseModel } from '../models/base-model.js';
import type { BasePrecision } from '../settings.js';
import { loraOutput } from './lora.js';
import { weightOfAdapter } from './names.js';

export interface DoraInputs {
  /** The frozen layer: [n, in] → [n, out]. */
  product(x: Value, bias?: Value): Value;
  /** Its weight, [out, in], or [in, out] where transposed. */
  matrix: Value;
  transposed: boolean;
  /** [out] */
  bias?: Value;
  /** [r, in], [out, r], [out] */
  a: Value;
  b: Value;
  magnitude: Value;
  scale: number;
}

/**
 * The layer's output as PEFT computes it, the norm without a gradient: x [n, in] → [n, out].
 * @param dropped x after dropout, which is all that the adapter and the change of magnitude see
 */
export function withDora(x: Value, dropped: Value, inputs: DoraInputs): Value {
  const { product, bias, a, b, magnitude, scale } = inputs;
  const factor = div(magnitude, stopGradient(norms(inputs)));
  const low = loraOutput(dropped, a, b, scale);
  if (dropped === x) {
    const output = mul(add(product(x), low), factor);
    return bias ? add(output, bias) : output;
  }
  const changed = add(mul(product(dropped), sub(factor, 1)), mul(low, factor));
  return add(product(x, bias), changed);
}

/** ‖W + s·B·A‖ by output, [out], without making B·A: ‖W‖² + 2s·Σ B ⊙ WAᵀ + s²·Σ B ⊙ BAAᵀ. */
function norms({ matrix, transposed, a, b, scale }: DoraInputs): Value {
  const squares = reduceSum(mul(matrix, matrix), [transposed ? 0 : 1]);
  const projected = gemm(matrix, a, { transposeA: transposed, transposeB: true });
  const gram = gemm(b, gemm(a, a, { transposeB: true }));
  const change = mul(b, add(mul(projected, 2 * scale), mul(gram, scale * scale)));
  return sqrt(add(squares, reduceSum(change, [1])));
}

/** Norm of the weight, as it is frozen, for each output, [out]: where magnitudes begin. @param name of the magnitudes */
export function weightMagnitudes(
  name: string,
  base: Pick<BaseModel, 'readFrozen' | 'inventory'>,
  precision?: BasePrecision,
): Float32Array {
  const weight = weightOfAdapter(name);
  const { transposed } = base.inventory.linears.get(weight.replace(/\.weight$/, ''))!;
  const [rows, columns] = base.inventory.shapes.get(weight) as [number, number];
  return norm(
    base.readFrozen(weight, precision),
    transposed ? { out: columns, in: rows, transposed } : { out: rows, in: columns, transposed },
  );
}

interface Layout {
  in: number;
  out: number;
  /** The matrix is [in, out]. */
  transposed: boolean;
}

/** Norms of a matrix by output, in float64 and rounded once. */
function norm(matrix: Float32Array, layout: Layout): Float32Array {
  const sums = new Float64Array(layout.out);
  const { transposed } = layout;
  for (let i = 0; i < matrix.length; i++) {
    sums[transposed ? i % layout.out : Math.floor(i / layout.in)]! += matrix[i]! ** 2;
  }
  return Float32Array.from(sums, Math.sqrt);
}

/** Brings each output of a matrix W + s·B·A, in place, to its magnitude. */
export function applyMagnitudes(matrix: Float32Array, magnitudes: Float32Array, transposed: boolean): void {
  const out = magnitudes.length;
  const layout = { out, in: matrix.length / out, transposed };
  const norms = norm(matrix, layout);
  for (let i = 0; i < matrix.length; i++) {
    const output = transposed ? i % out : Math.floor(i / layout.in);
    matrix[i] = (matrix[i]! * magnitudes[output]!) / norms[output]!;
  }
}
