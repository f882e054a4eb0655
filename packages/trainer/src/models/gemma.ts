// What Gemma 2 and 3 share: scaled embeddings, offset norms before and after each branch, GELU gates, bounded logits.
import { z } from 'zod';
import { mul, softcap } from '../graph/ops/elementwise.js';
import type { ModuleContext } from '../modules/context.js';
import { activations, gatedMlp } from '../modules/mlp.js';
import { rmsNorm } from '../modules/rms-norm.js';
import { type SelfAttentionOptions, selfAttention } from '../modules/self-attention.js';
import { type Architecture, residual } from './architecture.js';
import { expectOneOf, finite, optional, type RawConfig, readFields, refuse } from './config.js';
import {
  type DecoderConfig,
  type DecoderDefaults,
  decoderJson,
  embedTokens,
  llamaTargets,
  readDecoder,
  tokenLogits,
} from './llama.js';

const cap = optional(finite.max(1e6));
const fields = {
  hidden_activation: optional(z.string()),
  attention_bias: optional(z.boolean()),
  query_pre_attn_scalar: optional(finite.max(1e6)),
  final_logit_softcapping: cap,
  attn_logit_softcapping: cap,
  use_bidirectional_attention: z.boolean().nullish(),
};

export interface GemmaConfig extends DecoderConfig {
  activation: string;
  /** Scores are divided by its root. */
  queryScalar: number;
  /** Bounds of logits and attention scores; none where null. */
  logitCap?: number;
  scoreCap?: number;
}

export interface GemmaDefaults extends DecoderDefaults {
  logitCap?: number;
  scoreCap?: number;
}

const knownActivations = ['gelu_pytorch_tanh', 'gelu_new', 'gelu'] as const;

export function readGemma(raw: RawConfig, file: string, modelType: string, defaults: GemmaDefaults): GemmaConfig {
  const values = readFields(fields, raw, file);
  if (values.use_bidirectional_attention) throw refuse(file, 'use_bidirectional_attention is not supported');
  const activation = values.hidden_activation ?? 'gelu_pytorch_tanh';
  expectOneOf(activation, knownActivations, 'hidden_activation', file);
  const capOf = (key: 'final_logit_softcapping' | 'attn_logit_softcapping', missing?: number) =>
    raw[key] === undefined ? missing : values[key];
  // Early configurations say "gelu" as hidden_act and mean the hidden_activation.
  const decoder = readDecoder({ ...raw, hidden_act: 'silu' }, file, modelType, {
    kvHeads: 4,
    headDim: 256,
    tieWordEmbeddings: true,
    bos: 2,
    eos: 1,
    pad: 0,
    ...defaults,
  });
  return {
    ...decoder,
    raw,
    activation,
    attentionBias: values.attention_bias ?? false,
    queryScalar: values.query_pre_attn_scalar ?? 256,
    logitCap: capOf('final_logit_softcapping', defaults.logitCap),
    scoreCap: capOf('attn_logit_softcapping', defaults.scoreCap),
  };
}

/** The decoder; Gemma 2 and 3 differ in the attention of their layers. */
export function gemmaDecoder(
  config: GemmaConfig,
  attentionOf: (context: ModuleContext, layer: number) => Partial<SelfAttentionOptions>,
): Pick<Architecture, 'config' | 'task' | 'prefix' | 'embed' | 'afterEmbedding' | 'layer' | 'head' | 'loraTargets'> {
  const { rmsNormEps, intermediateSize: width, attentionBias, hiddenSize } = config;
  const activation = activations[config.activation]!;
  const scale = config.queryScalar ** -0.5;
  const shape = { ...config, scale, qkvBias: attentionBias, outputBias: attentionBias };
  return {
    config,
    task: 'generation',
    prefix: 'model.',
    embed: (context) => embedTokens(context, config),
    // Transformers rounds the root to the embeddings' type, and √hidden in float32 is what the graph multiplies with.
    afterEmbedding: (_, x) => mul(x, Math.sqrt(hiddenSize)),
    layer(context, x, layer, past) {
      const name = `model.layers.${layer}`;
      const norm = (part: string, y: typeof x) => rmsNorm(context, `${name}.${part}`, y, rmsNormEps, 1);
      const options = { ...shape, ...attentionOf(context, layer) };
      const attended = selfAttention(context, `${name}.self_attn`, norm('input_layernorm', x), options, past);
      const middle = residual(context, x, norm('post_attention_layernorm', attended.output));
      const inner = gatedMlp(context, `${name}.mlp`, norm('pre_feedforward_layernorm', middle), { width, activation });
      const hidden = residual(context, middle, norm('post_feedforward_layernorm', inner));
      return { hidden, present: attended.present };
    },
    head: (context, x) =>
      softcap(tokenLogits(context, rmsNorm(context, 'model.norm', x, rmsNormEps, 1), config), config.logitCap),
    loraTargets: llamaTargets,
  };
}

export function gemmaJson(config: GemmaConfig): RawConfig {
  const { hidden_act, ...shared } = decoderJson(config);
  return {
    ...shared,
    hidden_activation: config.activation,
    attention_bias: config.attentionBias,
    query_pre_attn_scalar: config.queryScalar,
    final_logit_softcapping: config.logitCap ?? null,
    attn_logit_softcapping: config.scoreCap ?? null,
  };
}
