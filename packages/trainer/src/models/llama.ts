// Llama 1–3, SmolLM2, TinyLlama: the layer that many decoders share.
import { z } from 'zod';
import type { Value } from '../graph/graph.js';
import { linear } from '../graph/ops/product.js';
import type { ModuleContext } from '../modules/context.js';
import { activations, gatedMlp } from '../modules/mlp.js';
import { rmsNorm } from '../modules/rms-norm.js';
import type { Rope } from '../modules/rope.js';
import { type SelfAttentionOptions, selfAttention } from '../modules/self-attention.js';
import { type Architecture, type Family, residual } from './architecture.js';
import {
  checkSizes,
  expectOneOf,
  groupedFields,
  type ModelConfig,
  optional,
  type RawConfig,
  readFields,
  sizeFields,
  sizesOf,
  type TokenDefaults,
  tokenFields,
  tokensOf,
} from './config.js';
import { readRope, ropeJson } from './rope-config.js';

/** Sizes and switches of decoders with Llama's names. */
export interface DecoderConfig extends ModelConfig {
  rmsNormEps: number;
  rope: Rope;
  /** Biases on the query, key, value and output projections. */
  attentionBias: boolean;
  /** Biases on the MLP's projections. */
  mlpBias: boolean;
}

const embeddingName = 'model.embed_tokens.weight';

export const embedTokens = (context: ModuleContext, { vocabSize, hiddenSize }: ModelConfig): Value =>
  context.lookup(embeddingName, [vocabSize, hiddenSize], 'token');

/** Logits of normed hidden states: [n, hidden] → [n, vocabulary]. */
export function tokenLogits(context: ModuleContext, x: Value, config: ModelConfig): Value {
  const name = config.tieWordEmbeddings ? embeddingName : 'lm_head.weight';
  return linear(x, context.weight(name, [config.vocabSize, config.hiddenSize]));
}

/** The linear layers of a Llama layer, by the names that stand for them in other families too. */
export const llamaTargets = {
  q_proj: 'self_attn.q_proj',
  k_proj: 'self_attn.k_proj',
  v_proj: 'self_attn.v_proj',
  o_proj: 'self_attn.o_proj',
  gate_proj: 'mlp.gate_proj',
  up_proj: 'mlp.up_proj',
  down_proj: 'mlp.down_proj',
} as const;

/** A decoder with a norm before attention and MLP; families differ in the attention of their layers. */
export function preNormDecoder(
  config: DecoderConfig,
  attentionOf: (context: ModuleContext, layer: number) => Partial<SelfAttentionOptions> = () => ({}),
): Pick<Architecture, 'config' | 'task' | 'prefix' | 'embed' | 'layer' | 'head' | 'loraTargets'> {
  const { rmsNormEps: epsilon, intermediateSize: width, attentionBias, mlpBias: bias } = config;
  const shape = { ...config, qkvBias: attentionBias, outputBias: attentionBias };
  return {
    config,
    task: 'generation',
    prefix: 'model.',
    embed: (context) => embedTokens(context, config),
    layer(context, x, layer, past) {
      const name = `model.layers.${layer}`;
      const options = { ...shape, ...attentionOf(context, layer) };
      const normed = rmsNorm(context, `${name}.input_layernorm`, x, epsilon);
      const attended = selfAttention(context, `${name}.self_attn`, normed, options, past);
      const middle = residual(context, x, attended.output);
      const normedAgain = rmsNorm(context, `${name}.post_attention_layernorm`, middle, epsilon);
      const inner = gatedMlp(context, `${name}.mlp`, normedAgain, { width, bias, activation: activations.silu! });
      return { hidden: residual(context, middle, inner), present: attended.present };
    },
    head: (context, x) => tokenLogits(context, rmsNorm(context, 'model.norm', x, epsilon), config),
    loraTargets: llamaTargets,
  };
}

/** Values that every decoder of Llama's naming writes explicitly. */
export function decoderJson(config: DecoderConfig) {
  const { rope, headDim } = config;
  const share = rope.dimensions === headDim ? undefined : rope.dimensions / headDim;
  return {
    max_position_embeddings: config.maxPositions,
    num_key_value_heads: config.kvHeads,
    head_dim: headDim,
    hidden_act: 'silu',
    rms_norm_eps: config.rmsNormEps,
    ...ropeJson(rope.config, share),
  };
}

const decoderFields = { ...sizeFields, ...groupedFields, ...tokenFields, hidden_act: optional(z.string()) };

export interface DecoderDefaults extends TokenDefaults {
  maxPositions: number;
  kvHeads?: number;
  headDim?: number;
  rmsNormEps?: number;
  tieWordEmbeddings?: boolean;
  theta?: number;
  /** Share of a head's coordinates that rotate. */
  share?: number;
}

/** What decoders of Llama's naming have in common; missing values take the defaults of their class in Transformers. */
export function readDecoder(raw: RawConfig, file: string, modelType: string, defaults: DecoderDefaults): DecoderConfig {
  const values = readFields(decoderFields, raw, file);
  expectOneOf(values.hidden_act ?? 'silu', ['silu', 'swish'], 'hidden_act', file);
  const config = {
    modelType,
    ...sizesOf(values, defaults),
    ...tokensOf(values, defaults),
    rmsNormEps: values.rms_norm_eps ?? defaults.rmsNormEps ?? 1e-6,
    tieWordEmbeddings: values.tie_word_embeddings ?? defaults.tieWordEmbeddings ?? false,
    attentionBias: false,
    mlpBias: false,
    raw,
  };
  checkSizes(config, file);
  return { ...config, rope: readRope(raw, file, { ...config, theta: defaults.theta, share: defaults.share }) };
}

const biasFields = { attention_bias: optional(z.boolean()), mlp_bias: optional(z.boolean()) };

export const llama: Family = {
  models: 'Llama 1 to 3, SmolLM2, TinyLlama',
  modelType: 'llama',
  architectures: ['LlamaForCausalLM'],
  read(raw, file) {
    const { attention_bias: attentionBias = false, mlp_bias: mlpBias = false } = readFields(biasFields, raw, file);
    const decoder = readDecoder(raw, file, 'llama', { maxPositions: 2048, bos: 1, eos: 2 });
    const config = { ...decoder, attentionBias, mlpBias };
    return {
      ...preNormDecoder(config),
      className: 'LlamaForCausalLM',
      written: { ...decoderJson(config), attention_bias: attentionBias, mlp_bias: mlpBias },
    };
  },
};
