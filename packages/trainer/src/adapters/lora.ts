// Low-rank adapters (LoRA, 2106.09685): y = W x + s · B A dropout(x), with W frozen.
import type { Value } from '../graph/graph.js';
import { add, mul } from '../graph/ops/elementwise.js';
import { linear } from '../graph/ops/product.js';
import type { LlamaConfig } from '../models/config.js';
import { layerName } from '../models/llama.js';
import { fillUniform } from '../random/fill.js';
import type { RandomKey } from '../random/philox.js';
import type { LoraSettings, LoraTarget } from '../settings.js';

/** s = α/r, or α/√r where rank-stabilised (2312.03732). */
export function loraScale({ rank, alpha, rankStabilized }: LoraSettings): number {
  return alpha / (rankStabilized ? Math.sqrt(rank) : rank);
}

/** A layer's output with its adapter's added: x [n, in], a [r, in], b [out, r], base [n, out] → [n, out]. */
export function withLora(base: Value, x: Value, a: Value, b: Value, scale: number): Value {
  return add(base, mul(linear(linear(x, a), b), scale));
}

const moduleOf: Record<LoraTarget, string> = {
  q_proj: 'self_attn.q_proj',
  k_proj: 'self_attn.k_proj',
  v_proj: 'self_attn.v_proj',
  o_proj: 'self_attn.o_proj',
  gate_proj: 'mlp.gate_proj',
  up_proj: 'mlp.up_proj',
  down_proj: 'mlp.down_proj',
};

/** [in, out] of a target's linear layer. */
function widths(target: LoraTarget, config: LlamaConfig): [number, number] {
  const { hiddenSize: d, intermediateSize: f } = config;
  const [q, kv] = [config.heads * config.headDim, config.kvHeads * config.headDim];
  const table: Record<LoraTarget, [number, number]> = {
    q_proj: [d, q],
    k_proj: [d, kv],
    v_proj: [d, kv],
    o_proj: [q, d],
    gate_proj: [d, f],
    up_proj: [d, f],
    down_proj: [f, d],
  };
  return table[target];
}

/** Names of a linear layer's two adapter matrices. */
export const loraNames = (linearName: string) => ({
  a: `${linearName}.lora_A.weight`,
  b: `${linearName}.lora_B.weight`,
});

/** The adapter tensors of layers `fromLayer` and above, by name, with their shapes: A [r, in], B [out, r]. */
export function loraShapes(
  settings: LoraSettings,
  config: LlamaConfig,
  fromLayer: number,
): Map<string, [number, number]> {
  const shapes = new Map<string, [number, number]>();
  for (let layer = fromLayer; layer < config.layers; layer++) {
    for (const target of settings.targets) {
      const { a, b } = loraNames(`${layerName(layer)}.${moduleOf[target]}`);
      const [width, height] = widths(target, config);
      shapes.set(a, [settings.rank, width]);
      shapes.set(b, [height, settings.rank]);
    }
  }
  return shapes;
}

/** PEFT's start: A uniform in ±1/√in (Kaiming, a = √5), B zero, so that training starts at the base model. */
export function initializeLora(name: string, data: Float32Array, width: number, key: RandomKey): void {
  if (name.endsWith('.lora_B.weight')) data.fill(0);
  else fillUniform(data, key, -1 / Math.sqrt(width), 1 / Math.sqrt(width));
}
