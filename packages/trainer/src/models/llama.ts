// The Llama family: Llama 1–3, SmolLM2, TinyLlama.
import type { Value } from '../graph/graph.js';
import { add } from '../graph/ops/elementwise.js';
import { gatherRows, reshape } from '../graph/ops/layout.js';
import { linear } from '../graph/ops/product.js';
import { attention, type KeyValues } from '../modules/attention.js';
import type { ModuleContext } from '../modules/context.js';
import { gatedMlp } from '../modules/mlp.js';
import { rmsNorm } from '../modules/rms-norm.js';
import { ropeTables } from '../modules/rope.js';
import { type LlamaConfig, ropeInverseFrequencies } from './config.js';

export const embeddingName = 'model.embed_tokens.weight';
export const finalNormName = 'model.norm.weight';
export const layerName = (layer: number): string => `model.layers.${layer}`;
export const headName = (config: LlamaConfig): string => (config.tieWordEmbeddings ? embeddingName : 'lm_head.weight');

/** The transformer layer a tensor belongs to, or undefined for embeddings, final norm and head. */
export function layerOf(tensor: string): number | undefined {
  const match = /^model\.layers\.(\d+)\./.exec(tensor);
  return match ? Number(match[1]) : undefined;
}

/** Token embeddings: ids [rows, tokens] (int32) → [rows·tokens, hidden]. */
export function embed(context: ModuleContext, ids: Value, config: LlamaConfig): Value {
  return reshape(gatherRows(context.weight(embeddingName), ids), [context.rows * context.tokens, config.hiddenSize]);
}

export interface LayerRange {
  from: number;
  /** Exclusive. */
  to: number;
  /** Cached keys and values a layer, for generation. */
  past?: readonly KeyValues[];
}

/** Layers `from` … `to` − 1: hidden states [rows·tokens, hidden] → the same, and each layer's keys and values. */
export function layers(context: ModuleContext, hidden: Value, config: LlamaConfig, { from, to, past }: LayerRange) {
  const reach = context.tokens + (past?.[0]?.keys.shape[2] ?? 0);
  const rope = ropeTables(context.graph, ropeInverseFrequencies(config), config.headDim, reach);
  const shape = { ...config, qkvBias: config.attentionBias, outputBias: config.attentionBias };
  const present: KeyValues[] = [];
  let x = hidden;
  for (let layer = from; layer < to; layer++) {
    const name = layerName(layer);
    const normed = rmsNorm(x, context.weight(`${name}.input_layernorm.weight`), config.rmsNormEps);
    const attended = attention(context, `${name}.self_attn`, normed, shape, rope, past?.[layer - from]);
    x = add(x, context.dropout(attended.output));
    present.push(attended.present);
    const normedAgain = rmsNorm(x, context.weight(`${name}.post_attention_layernorm.weight`), config.rmsNormEps);
    x = add(x, context.dropout(gatedMlp(context, `${name}.mlp`, normedAgain, config.mlpBias)));
  }
  return { hidden: x, present };
}

/** Logits [n, vocabulary] of hidden states [n, hidden]. */
export function logits(context: ModuleContext, hidden: Value, config: LlamaConfig): Value {
  return linear(rmsNorm(hidden, context.weight(finalNormName), config.rmsNormEps), context.weight(headName(config)));
}

/** Shape of every tensor that a model of this configuration has, by its Hugging Face name. */
export function expectedShapes(config: LlamaConfig): Map<string, readonly number[]> {
  const { hiddenSize: d, intermediateSize: f, vocabSize } = config;
  const [q, kv] = [config.heads * config.headDim, config.kvHeads * config.headDim];
  const shapes = new Map<string, readonly number[]>([[embeddingName, [vocabSize, d]]]);
  const addLinear = (name: string, out: number, width: number, bias: boolean) => {
    shapes.set(`${name}.weight`, [out, width]);
    if (bias) shapes.set(`${name}.bias`, [out]);
  };
  for (let layer = 0; layer < config.layers; layer++) {
    const name = layerName(layer);
    shapes.set(`${name}.input_layernorm.weight`, [d]);
    addLinear(`${name}.self_attn.q_proj`, q, d, config.attentionBias);
    addLinear(`${name}.self_attn.k_proj`, kv, d, config.attentionBias);
    addLinear(`${name}.self_attn.v_proj`, kv, d, config.attentionBias);
    addLinear(`${name}.self_attn.o_proj`, d, q, config.attentionBias);
    shapes.set(`${name}.post_attention_layernorm.weight`, [d]);
    addLinear(`${name}.mlp.gate_proj`, f, d, config.mlpBias);
    addLinear(`${name}.mlp.up_proj`, f, d, config.mlpBias);
    addLinear(`${name}.mlp.down_proj`, d, f, config.mlpBias);
  }
  shapes.set(finalNormName, [d]);
  if (!config.tieWordEmbeddings) shapes.set('lm_head.weight', [vocabSize, d]);
  return shapes;
}
