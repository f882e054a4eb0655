// A model to use: a base model, and what training changed in it.
import type { BasePrecision, LoraSettings } from '../settings.js';
import type { BaseModel } from './base-model.js';
import type { FedWeights } from './graph-context.js';

export interface WeightTensor {
  shape: number[];
  data: Float32Array;
}

/** The tensors that training changed: base tensors by their Hugging Face names, adapters as `….lora_A.weight` and `….lora_B.weight`. */
export interface TunedWeights {
  method: 'full' | 'lora';
  lora?: LoraSettings;
  /** Of the frozen matrices that it was trained over, and is measured and exported with; default f32. */
  basePrecision?: BasePrecision;
  tensors: Map<string, WeightTensor>;
}

export interface Model {
  base: BaseModel;
  tuned?: TunedWeights;
}

/** How a model's changed tensors enter a graph, and their values. */
export function fedWeightsOf({ tuned }: Model): { fed: FedWeights; weights: Map<string, Float32Array> } {
  const entries = [...(tuned?.tensors ?? [])];
  return {
    fed: { shapes: new Map(entries.map(([name, { shape }]) => [name, shape])), lora: tuned?.lora },
    weights: new Map(entries.map(([name, { data }]) => [name, data])),
  };
}
