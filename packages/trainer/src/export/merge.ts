// A tuned model's weights as one set of tensors: base tensors, changed tensors in their place, adapters added in.
import { applyMagnitudes } from '../adapters/dora.js';
import { loraScale } from '../adapters/lora.js';
import { loraNames } from '../adapters/names.js';
import type { Model, WeightTensor } from '../models/model.js';
import type { TensorToWrite, WritableDtype } from '../weights/write-safetensors.js';

/** All tensors of the model under their Hugging Face names, each made when it is written. */
export function mergedTensors(model: Model, dtype: WritableDtype): TensorToWrite[] {
  return [...model.base.shapes].map(([name, shape]) => ({ name, dtype, shape, data: () => mergedTensor(model, name) }));
}

/** One tensor with everything that training changed, row-major, the rest as training had it. A LoRA target becomes W + s·B·A, in DoRA with its magnitudes. */
export function mergedTensor({ base, tuned }: Model, name: string): Float32Array {
  const changed = tuned?.tensors.get(name);
  if (changed) return changed.data;
  const weight = base.readFrozen(name, tuned?.basePrecision);
  const layer = name.replace(/\.weight$/, '');
  const names = loraNames(layer);
  const a = tuned?.tensors.get(names.a);
  const b = tuned?.tensors.get(names.b);
  const transposed = base.inventory.linears.get(layer)?.transposed ?? false;
  if (tuned?.lora && a && b) addProduct(weight, a, b, loraScale(tuned.lora), transposed);
  const magnitude = tuned?.tensors.get(names.magnitude);
  if (magnitude) applyMagnitudes(weight, magnitude.data, transposed);
  return weight;
}

/**
 * weight [out, in], or [in, out] where transposed, += scale · b [out, r] · a [r, in]; each sum in double precision, rounded once.
 */
function addProduct(weight: Float32Array, a: WeightTensor, b: WeightTensor, scale: number, transposed: boolean): void {
  const [rank, width] = a.shape as [number, number];
  const height = b.shape[0]!;
  const [rowStride, columnStride] = transposed ? [1, height] : [width, 1];
  const sums = new Float64Array(width);
  for (let row = 0; row < height; row++) {
    sums.fill(0);
    for (let k = 0; k < rank; k++) {
      const factor = b.data[row * rank + k]! * scale;
      const start = k * width;
      for (let i = 0; i < width; i++) sums[i]! += factor * a.data[start + i]!;
    }
    const start = row * rowStride;
    for (let i = 0; i < width; i++) weight[start + i * columnStride]! += sums[i]!;
  }
}
