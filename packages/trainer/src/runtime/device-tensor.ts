// Tensors that stay in the memory of a GPU.
import type { Shape } from '../tensor/shape.js';
import type { RuntimeTensor } from './onnxruntime.js';

/** Float32 numbers in a GPU's memory. Its owner releases it: the collector knows nothing of that memory. */
export class DeviceTensor {
  constructor(
    readonly tensor: RuntimeTensor,
    readonly shape: Shape,
    private readonly onRelease: () => Promise<void>,
  ) {}

  async release(): Promise<void> {
    this.tensor.dispose();
    await this.onRelease();
  }
}

export async function releaseAll(tensors: Iterable<DeviceTensor>): Promise<void> {
  for (const tensor of tensors) await tensor.release();
}
