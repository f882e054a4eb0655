// Low-rank adapters (LoRA, 2106.09685): y = W x + s · B A dropout(x), with W frozen.
import type { Value } from '../graph/graph.js';
import { add, mul } from '../graph/ops/elementwise.js';
import { linear } from '../graph/ops/product.js';
import type { Architecture } from '../models/architecture.js';
import type { Inventory, LinearLayer } from '../models/inventory.js';
import { fillUniform } from '../random/fill.js';
import type { RandomKey } from '../random/philox.js';
import type { LoraSettings } from '../settings.js';

/** s = α/r, or α/√r where rank-stabilised (2312.03732). */
export function loraScale({ rank, alpha, rankStabilized }: LoraSettings): number {
  return alpha / (rankStabilized ? Math.sqrt(rank) : rank);
}

/** A layer's output with its adapter's added: x [n, in], a [r, in], b [out, r], base [n, out] → [n, out]. */
export function withLora(base: Value, x: Value, a: Value, b: Value, scale: number): Value {
  return add(base, linear(mul(linear(x, a), scale), b));
}

/** Names of a linear layer's two adapter matrices. */
export const loraNames = (linearName: string) => ({
  a: `${linearName}.lora_A.weight`,
  b: `${linearName}.lora_B.weight`,
});

/** A linear layer's name without that of the layer it is in: `model.layers.3.self_attn.q_proj` → `self_attn.q_proj`. */
export const nameInLayer = (linearName: string): string => linearName.replace(/^.*?\.\d+\./, '');

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

/** The adapter tensors of layers `fromLayer` and above, by name, with their shapes: A [r, in], B [out, r]. */
export function loraShapes(
  settings: LoraSettings,
  architecture: Architecture,
  inventory: Inventory,
  fromLayer: number,
): Map<string, [number, number]> {
  const shapes = new Map<string, [number, number]>();
  for (let depth = fromLayer; depth < inventory.layers; depth++) {
    for (const [name, linear] of targetedLinears(settings, architecture, inventory, depth)) {
      const { a, b } = loraNames(name);
      shapes.set(a, [settings.rank, linear.in]);
      shapes.set(b, [linear.out, settings.rank]);
    }
  }
  return shapes;
}

/** PEFT's start: A uniform in ±1/√in (Kaiming, a = √5), B zero, so that training starts at the base model. */
export function initializeLora(name: string, data: Float32Array, width: number, key: RandomKey): void {
  if (name.endsWith('.lora_B.weight')) data.fill(0);
  else fillUniform(data, key, -1 / Math.sqrt(width), 1 / Math.sqrt(width));
}
