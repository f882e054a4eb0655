// Adafactor: of a matrix's mean squares only their means by row and by column are remembered.

import { type ParameterSlot, stagingCount } from '../kernels/memory.js';
import { sizeOf } from '../tensor/shape.js';
import type { ParameterKind, ParameterUpdate, UpdateRule } from './update-rule.js';

/** Added to squares, so that a row of zeros divides by something. */
const epsilon = 1e-30;
/** β₂ of step t is 1 − t to this power. */
const decayRate = -0.8;
/** Updates are scaled down to this root mean square. */
const largestUpdate = 1;
/** Squares of so many rows add up in float32 before they go on in float64. */
const rowsTogether = 256;

/**
 * Shazeer and Stern, 1804.04235, as in Transformers' Adafactor without momentum, with the learning rate given
 * (`relative_step`, `scale_parameter` and `warmup_init` off): an update is at most as large as AdamW's, so rates are alike.
 */
export class Adafactor implements UpdateRule {
  stateOf({ shape }: Pick<ParameterKind, 'shape'>): Record<string, number> {
    if (shape.length !== 2) return { second_moment: sizeOf(shape) };
    return { row_second_moment: shape[0]!, column_second_moment: shape[1]! };
  }

  update(update: ParameterUpdate): void {
    const keep = 1 - update.step ** decayRate;
    if (update.shape.length === 2) updateMatrix(update, keep);
    else updateVector(update, keep);
  }
}

/** v ← keep·v + (1 − keep)·(g² + ε); p ← p·(1 − rate·decay) − rate·u, u = g/√v scaled down to the largest update. */
function updateVector({ slot, gradient, gradientScale, learningRate, weightDecay }: ParameterUpdate, keep: number) {
  const { parameter, state } = slot;
  const second = state.get('second_moment')!;
  const direction = new Float64Array(parameter.length);
  let sum = 0;
  for (let i = 0; i < parameter.length; i++) {
    const g = gradient[i]! * gradientScale;
    second[i] = keep * second[i]! + (1 - keep) * (g * g + epsilon);
    direction[i] = g / Math.sqrt(second[i]!);
    sum += direction[i]! ** 2;
  }
  const rate = learningRate / clipping(sum, parameter.length);
  const shrink = 1 - learningRate * weightDecay;
  for (let i = 0; i < parameter.length; i++) parameter[i] = shrink * parameter[i]! - rate * direction[i]!;
}

/** The same with v[i, j] = row[i]·column[j] / mean(row). */
function updateMatrix(update: ParameterUpdate, keep: number): void {
  const { slot, shape, gradientScale, learningRate, weightDecay } = update;
  const { kernels } = slot.memory;
  const [rows, columns] = [slot.state.get('row_second_moment')!, slot.state.get('column_second_moment')!];
  remember(update, rows, columns, keep);
  const meanOfRows = rows.reduce((sum, value) => sum + value, 0) / rows.length;
  const rowFactors = Float64Array.from(rows, (value) => gradientScale * Math.sqrt(meanOfRows / value));
  const columnFactors = columns.map((value) => 1 / Math.sqrt(value));

  /** The gradient's part times the columns' factors, staged. */
  const scaledPart = (part: Part): number => {
    if (part.row === 0) slot.scratch.set(columnFactors.subarray(part.column, part.column + part.count));
    const address = stage(slot, update.gradient, part);
    kernels.multiply(address, slot.scratch.byteOffset, part.count);
    return address;
  };
  let sum = 0;
  forEachPart(shape, (part) => {
    sum += rowFactors[part.row]! ** 2 * kernels.sumOfSquares(scaledPart(part), part.count);
  });
  const rate = learningRate / clipping(sum, sizeOf(shape));
  forEachPart(shape, (part) => {
    const address = scaledPart(part);
    const target = slot.parameter.byteOffset + 4 * part.start;
    if (weightDecay > 0) kernels.scale(target, part.count, 1 - learningRate * weightDecay);
    kernels.addScaled(target, address, part.count, -rate * rowFactors[part.row]!);
  });
}

/** Takes a gradient's mean squares by row and by column into the running ones. */
function remember(
  { slot, shape, gradient, gradientScale }: ParameterUpdate,
  rows: Float32Array,
  columns: Float32Array,
  keep: number,
): void {
  const { kernels } = slot.memory;
  const rowSums = new Float64Array(rows.length);
  const columnSums = new Float64Array(columns.length);
  forEachPart(shape, (part) => {
    const { row, column, count } = part;
    if (row % rowsTogether === 0) slot.scratch.fill(0, 0, count);
    const address = stage(slot, gradient, part);
    rowSums[row]! += kernels.sumOfSquares(address, count);
    kernels.addSquares(slot.scratch.byteOffset, address, count);
    if (row % rowsTogether !== rowsTogether - 1 && row !== rows.length - 1) return;
    for (let j = 0; j < count; j++) columnSums[column + j]! += slot.scratch[j]!;
  });
  const scale = gradientScale ** 2;
  follow(rows, rowSums, scale / columns.length, keep);
  follow(columns, columnSums, scale / rows.length, keep);
}

function follow(mean: Float32Array, sums: Float64Array, scale: number, keep: number): void {
  for (let i = 0; i < mean.length; i++) mean[i] = keep * mean[i]! + (1 - keep) * (scale * sums[i]! + epsilon);
}

/** What a direction with this sum of squares is divided by. */
const clipping = (sum: number, count: number) => Math.max(1, Math.sqrt(sum / count) / largestUpdate);

/** Part of a row of a matrix, at most `stagingCount` long. */
interface Part {
  row: number;
  column: number;
  /** The first element's place in the matrix. */
  start: number;
  count: number;
}

function forEachPart([rows, columns]: readonly number[], use: (part: Part) => void): void {
  for (let column = 0; column < columns!; column += stagingCount) {
    const count = Math.min(stagingCount, columns! - column);
    for (let row = 0; row < rows!; row++) use({ row, column, start: row * columns! + column, count });
  }
}

/** Copies a part of the gradient where it may be changed; returns its address. */
function stage(slot: ParameterSlot, gradient: Float32Array, { start, count }: Part): number {
  slot.staging.set(gradient.subarray(start, start + count));
  return slot.staging.byteOffset;
}
