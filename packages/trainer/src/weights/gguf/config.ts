// What config.json would say of the model in a GGUF file.
import { ModelFormatError } from '../../errors.js';
import { readBytes } from '../read-file.js';
import type { GgufFile } from './gguf-file.js';

/** Checked no further than its kinds: whoever reads it parses it like one from a folder. Throws ModelFormatError. */
export function ggufConfig(file: GgufFile): Record<string, unknown> {
  const { keys, family } = file;
  const heads = keys.count('attention.head_count');
  const hidden = keys.count('embedding_length');
  const has = (name: string) => file.has(name);
  return {
    architectures: [family.modelClass],
    model_type: family.modelType,
    vocab_size: file.info('model.embed_tokens.weight').shape[0],
    hidden_size: hidden,
    intermediate_size: keys.count('feed_forward_length'),
    num_hidden_layers: keys.count('block_count'),
    num_attention_heads: heads,
    num_key_value_heads: keys.optionalCount('attention.head_count_kv') ?? heads,
    head_dim:
      keys.optionalCount('attention.key_length') ?? keys.optionalCount('rope.dimension_count') ?? hidden / heads,
    max_position_embeddings: keys.count('context_length'),
    rms_norm_eps: shortest(keys.number('attention.layer_norm_rms_epsilon')),
    attention_bias: has('model.layers.0.self_attn.o_proj.bias'),
    mlp_bias: has('model.layers.0.mlp.down_proj.bias'),
    tie_word_embeddings: !has('lm_head.weight'),
    ...rope(file),
    ...slidingWindow(file),
    ...softCaps(file),
    ...(family.modelType.startsWith('gemma') && gemma(file)),
    bos_token_id: keys.optionalCount('tokenizer.ggml.bos_token_id') ?? null,
    eos_token_id: endTokens(file),
    pad_token_id: keys.optionalCount('tokenizer.ggml.padding_token_id') ?? null,
  };
}

/** Chat models end a turn with a token of its own beside that which ends a text. */
function endTokens({ keys }: GgufFile): number[] | null {
  const ids = ['eos', 'eot'].flatMap((name) => keys.optionalCount(`tokenizer.ggml.${name}_token_id`) ?? []);
  return ids.length === 0 ? null : [...new Set(ids)];
}

function rope(file: GgufFile): Record<string, unknown> {
  const { keys } = file;
  const theta = shortest(keys.optionalNumber('rope.freq_base') ?? 10_000);
  const type = keys.optionalText('rope.scaling.type') ?? 'none';
  if (file.stored.has('rope_freqs.weight'))
    return { rope_parameters: { rope_theta: theta, ...llama3Rope(file, theta) } };
  if (type === 'none') return { rope_parameters: { rope_theta: theta, rope_type: 'default' } };
  if (type === 'linear') {
    const factor = shortest(keys.number('rope.scaling.factor'));
    return { rope_parameters: { rope_theta: theta, rope_type: 'linear', factor } };
  }
  throw new ModelFormatError(
    `${file.path} stretches its positions by the method ${JSON.stringify(type)}; supported in GGUF files: none, linear, and that of Llama 3.`,
  );
}

/** Factors that Llama 3.1 and later publish; GGUF keeps only the divisors that follow from them. */
const lowFrequencyFactor = 1;
const highFrequencyFactor = 4;
const originalMaxPositions = 8192;

/** The configuration from which `rope_freqs.weight` was computed. Throws ModelFormatError where it is none of Llama 3. */
function llama3Rope(file: GgufFile, theta: number): Record<string, unknown> {
  const stored = file.stored.get('rope_freqs.weight')!;
  const divisors = stored.type.toFloat32(
    new Uint8Array(readBytes({ ...stored, dtype: stored.type.name, file: file.path })),
  );
  const factor = shortest(divisors.reduce((a, b) => Math.max(a, b), 1));
  const expected = Array.from(divisors, (_, i) => {
    const turns = (originalMaxPositions * theta ** (-i / divisors.length)) / (2 * Math.PI);
    const kept = Math.min(1, Math.max(0, (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor)));
    return 1 / ((1 - kept) / factor + kept);
  });
  if (divisors.some((divisor, i) => Math.abs(divisor / expected[i]! - 1) > 1e-3)) {
    throw new ModelFormatError(
      `${file.path} stretches its positions (rope_freqs.weight) in another way than Llama 3 does. Use the model's safetensors.`,
    );
  }
  return {
    rope_type: 'llama3',
    factor,
    low_freq_factor: lowFrequencyFactor,
    high_freq_factor: highFrequencyFactor,
    original_max_position_embeddings: originalMaxPositions,
  };
}

function slidingWindow({ keys }: GgufFile): Record<string, unknown> {
  const window = keys.optionalCount('attention.sliding_window');
  return window === undefined ? {} : { sliding_window: window };
}

function softCaps({ keys }: GgufFile): Record<string, unknown> {
  const [scores, logits] = ['attn_logit_softcapping', 'final_logit_softcapping'].map((key) => keys.optionalNumber(key));
  return {
    ...(scores !== undefined && { attn_logit_softcapping: shortest(scores) }),
    ...(logits !== undefined && { final_logit_softcapping: shortest(logits) }),
  };
}

/** Layers of the models of 27 billion weights, whose scores are scaled by another width than that of a head. */
const layersOf27B: Readonly<Record<string, number>> = { gemma2: 46, gemma3_text: 62 };

/** What llama.cpp knows of Gemma without a key: the scale of the scores, and the base of the local layers' positions. */
function gemma({ keys, family }: GgufFile): Record<string, unknown> {
  const is27B = keys.count('block_count') === layersOf27B[family.modelType];
  const width = is27B
    ? keys.count('embedding_length') / keys.count('attention.head_count')
    : keys.count('attention.key_length');
  if (family.modelType !== 'gemma3_text') return { query_pre_attn_scalar: width };
  const factor = keys.optionalNumber('rope.scaling.factor');
  return {
    query_pre_attn_scalar: width,
    rope_parameters: undefined,
    rope_theta: shortest(keys.optionalNumber('rope.freq_base') ?? 1e6),
    rope_local_base_freq: 10_000,
    rope_scaling: factor === undefined ? null : { rope_type: 'linear', factor: shortest(factor) },
  };
}

/** The decimal number with the fewest digits that is the same in single precision: 1e-5, not 9.999999747378752e-6. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === Math.fround(value)) return rounded;
  }
  return value;
}
