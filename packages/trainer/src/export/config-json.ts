// Writes a model's config.json so that Transformers 4 and 5, and the tools that read only the old spelling, all read the same model.
import type { LlamaConfig, RopeConfig } from '../models/config.js';
import type { WritableDtype } from '../weights/write-safetensors.js';
import { stringifyWithFloats } from './json-with-floats.js';

const torchNames: Record<WritableDtype, string> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

const floatKeys = new Set([
  'attention_dropout',
  'attention_factor',
  'beta_fast',
  'beta_slow',
  'factor',
  'high_freq_factor',
  'initializer_range',
  'low_freq_factor',
  'partial_rotary_factor',
  'rms_norm_eps',
  'rope_theta',
]);

/** Everything that the original configuration says, and explicitly what a reader might default differently. */
export function configJson(config: LlamaConfig, dtype: WritableDtype): string {
  const { transformers_version, _name_or_path, ...raw } = config.raw;
  const written = {
    ...raw,
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    vocab_size: config.vocabSize,
    num_key_value_heads: config.kvHeads,
    head_dim: config.headDim,
    hidden_act: 'silu',
    rms_norm_eps: config.rmsNormEps,
    max_position_embeddings: config.maxPositions,
    attention_bias: config.attentionBias,
    mlp_bias: config.mlpBias,
    tie_word_embeddings: config.tieWordEmbeddings,
    bos_token_id: config.bosTokenId ?? null,
    eos_token_id: oneOrList(config.eosTokenIds),
    pad_token_id: config.padTokenId ?? null,
    rope_parameters: { rope_theta: config.rope.theta, rope_type: config.rope.type, ...ropeValues(config.rope) },
    rope_theta: config.rope.theta,
    rope_scaling: config.rope.type === 'default' ? null : { rope_type: config.rope.type, ...ropeValues(config.rope) },
    dtype: torchNames[dtype],
    torch_dtype: torchNames[dtype],
  };
  return `${stringifyWithFloats(written, floatKeys)}\n`;
}

/** generation_config.json: the original's, or what the configuration says about the tokens that begin and end a text. */
export function generationConfigJson(config: LlamaConfig, original: Record<string, unknown> | undefined): string {
  const { transformers_version, ...values } = original ?? {
    bos_token_id: config.bosTokenId,
    eos_token_id: oneOrList(config.eosTokenIds),
    pad_token_id: config.padTokenId,
  };
  return `${stringifyWithFloats(values, generationFloats)}\n`;
}

const generationFloats = new Set([
  'temperature',
  'top_p',
  'min_p',
  'typical_p',
  'repetition_penalty',
  'length_penalty',
]);

const oneOrList = (ids: readonly number[]) => (ids.length === 0 ? null : ids.length === 1 ? ids[0]! : ids);

function ropeValues(rope: RopeConfig): Record<string, number> {
  if (rope.type === 'linear') return { factor: rope.factor };
  if (rope.type !== 'llama3') return {};
  return {
    factor: rope.factor,
    low_freq_factor: rope.lowFrequencyFactor,
    high_freq_factor: rope.highFrequencyFactor,
    original_max_position_embeddings: rope.originalMaxPositions,
  };
}
