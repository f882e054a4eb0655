// Which adapter tensors a run has, and how they begin.
import type { Architecture } from '../models/architecture.js';
import type { BaseModel } from '../models/base-model.js';
import type { Inventory, LinearLayer } from '../models/inventory.js';
import { fillUniform } from '../random/fill.js';
import type { RandomKey } from '../random/philox.js';
import type { BasePrecision, LoraSettings } from '../settings.js';
import { weightMagnitudes } from './dora.js';
import { loraNames, nameInLayer } from './names.js';

/** The linear layers of one layer that the targets stand for, in the targets' order, by name. */
function targetedLinears(
  { targets }: LoraSettings,
  { loraTargets }: Architecture,
  { linears }: Inventory,
  depth: number,
): Map<string, LinearLayer> {
  const ofLayer = [...linears].filter(([, linear]) => linear.depth === depth);
  const found = targets.flatMap((target) => ofLayer.filter(([name]) => nameInLayer(name) === loraTargets[target]));
  return new Map(found);
}

/** The adapter tensors of layers `fromLayer` and above, by name, with their shapes: A [r, in], B [out, r], in DoRA magnitudes [out]. */
export function loraShapes(
  settings: LoraSettings,
  architecture: Architecture,
  inventory: Inventory,
  fromLayer: number,
): Map<string, number[]> {
  const shapes = new Map<string, number[]>();
  for (let depth = fromLayer; depth < inventory.layers; depth++) {
    for (const [name, linear] of targetedLinears(settings, architecture, inventory, depth)) {
      const { a, b, magnitude } = loraNames(name);
      shapes.set(a, [settings.rank, linear.in]);
      shapes.set(b, [linear.out, settings.rank]);
      if (settings.dora) shapes.set(magnitude, [linear.out]);
    }
  }
  return shapes;
}

/** PEFT's start: A uniform in ±1/√in (Kaiming, a = √5), B zero, magnitudes those of the weight, so that training starts at the base model. */
export function initializeLora(
  { name, shape }: { name: string; shape: readonly number[] },
  data: Float32Array,
  key: RandomKey,
  base: Pick<BaseModel, 'readFrozen' | 'inventory'>,
  basePrecision?: BasePrecision,
): void {
  if (name.endsWith('.lora_magnitude_vector')) data.set(weightMagnitudes(name, base, basePrecision));
  else if (name.endsWith('.lora_B.weight')) data.fill(0);
  else fillUniform(data, key, -1 / Math.sqrt(shape[1]!), 1 / Math.sqrt(shape[1]!));
}
