// Frozen weights in a GPU's memory, copied there once for all graphs that read them.

import type { BaseModel } from '../models/base-model.js';
import type { ContextOptions } from '../models/graph-context.js';
import { type DeviceTensor, releaseAll } from '../runtime/device-tensor.js';
import { toDevice } from '../runtime/transfer.js';

export class ResidentWeights {
  private readonly tensors = new Map<string, DeviceTensor>();

  constructor(private readonly base: BaseModel) {}

  /** Weights as inputs of a graph, to be fed with `feeds`. */
  get inputs(): NonNullable<ContextOptions['mapped']> {
    return { constant: (graph, name) => graph.input(name, 'float32', this.base.shapes.get(name)!) };
  }

  /** The tensors of those names that the model has; new ones are copied first. */
  async feeds(names: Iterable<string>): Promise<Record<string, DeviceTensor>> {
    const { shapes } = this.base;
    const wanted = [...names].filter((name) => shapes.has(name));
    const missing = wanted.filter((name) => !this.tensors.has(name));
    const arrived = await toDevice(new Map(missing.map((name) => [name, shapes.get(name)!])), (name) =>
      this.base.readTensor(name),
    );
    for (const [name, tensor] of arrived) this.tensors.set(name, tensor);
    return Object.fromEntries(wanted.map((name) => [name, this.tensors.get(name)!]));
  }

  async release(): Promise<void> {
    await releaseAll(this.tensors.values());
    this.tensors.clear();
  }
}
