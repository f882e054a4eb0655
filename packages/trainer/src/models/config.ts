// Reads a model's config.json, in the spellings of Transformers 4 and 5, into what the engine computes with.
import { z } from 'zod';
import { ModelFormatError } from '../errors.js';

export type RopeConfig = { theta: number } & (
  | { type: 'default' }
  | { type: 'linear'; factor: number }
  | {
      type: 'llama3';
      factor: number;
      lowFrequencyFactor: number;
      highFrequencyFactor: number;
      originalMaxPositions: number;
    }
);

export interface LlamaConfig {
  vocabSize: number;
  hiddenSize: number;
  intermediateSize: number;
  layers: number;
  heads: number;
  /** Groups of query heads, one key and value head each; divides `heads`. */
  kvHeads: number;
  /** Width of a head, even; `heads` × `headDim` need not be `hiddenSize`. */
  headDim: number;
  rmsNormEps: number;
  rope: RopeConfig;
  /** The output layer is the embedding matrix. */
  tieWordEmbeddings: boolean;
  /** Biases on the query, key, value and output projections. */
  attentionBias: boolean;
  /** Biases on the MLP's projections. */
  mlpBias: boolean;
  maxPositions: number;
  bosTokenId?: number;
  /** Any of these ends a text; may be empty. */
  eosTokenIds: number[];
  padTokenId?: number;
  /** The JSON as it was, for writing the model again. */
  raw: Record<string, unknown>;
}

export const supportedModelTypes = ['llama'];

const size = (max: number) => z.number().int().min(1).max(max);
const finite = z.number().positive().finite();
const factor = finite.min(1).max(1e6);
const tokenId = z
  .number()
  .int()
  .min(0)
  .max(2 ** 24);
const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

const ropeSchema = z
  .object({
    rope_theta: optional(finite.max(1e12)),
    rope_type: optional(z.string()),
    type: optional(z.string()),
    factor: optional(factor),
    low_freq_factor: optional(finite.max(1e6)),
    high_freq_factor: optional(finite.max(1e6)),
    original_max_position_embeddings: optional(size(2 ** 27)),
    partial_rotary_factor: optional(z.number()),
  })
  .loose();

/** Bounds are far beyond any known model of this family, and small enough that no product of two overflows. */
const llamaSchema = z.object({
  vocab_size: size(2 ** 24),
  hidden_size: size(2 ** 17),
  intermediate_size: size(2 ** 19),
  num_hidden_layers: size(1024),
  num_attention_heads: size(1024),
  num_key_value_heads: optional(size(1024)),
  head_dim: optional(size(4096)),
  hidden_act: optional(z.string()),
  rms_norm_eps: optional(finite.max(1)),
  rope_theta: optional(finite.max(1e12)),
  rope_scaling: optional(ropeSchema),
  rope_parameters: optional(ropeSchema),
  tie_word_embeddings: optional(z.boolean()),
  attention_bias: optional(z.boolean()),
  mlp_bias: optional(z.boolean()),
  max_position_embeddings: optional(size(2 ** 27)),
  bos_token_id: tokenId.nullish(),
  eos_token_id: z.union([tokenId, z.array(tokenId).max(64)]).nullish(),
  pad_token_id: tokenId.nullish(),
});

type RawConfig = z.output<typeof llamaSchema>;

/**
 * Missing values take the defaults of Transformers' LlamaConfig.
 * @param json the parsed content of config.json
 * @param file named in errors
 * @throws ModelFormatError where the architecture is not supported, or a value is missing, impossible or absurd
 */
export function parseConfig(json: unknown, file = 'config.json'): LlamaConfig {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw refuse(file, 'it is not a JSON object');
  const raw = json as Record<string, unknown>;
  checkKind(raw, file);
  const parsed = llamaSchema.safeParse(raw);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw refuse(file, `${path.join('.')}: ${message} (found ${show(valueAt(raw, path))})`);
  }
  const config = { ...dimensions(parsed.data), ...tokens(parsed.data), rope: parseRope(parsed.data, file), raw };
  checkDimensions(config, file);
  return config;
}

function checkKind(raw: Record<string, unknown>, file: string): void {
  if (!supportedModelTypes.includes(raw.model_type as string)) {
    throw new ModelFormatError(
      `${file} says model_type ${show(raw.model_type)}; supported: ${supportedModelTypes.join(', ')} (Llama 1 to 3, SmolLM2, TinyLlama). Choose a model of this family.`,
    );
  }
  if (raw.quantization_config) {
    throw refuse(file, 'the weights are quantised (quantization_config). Choose the unquantised model');
  }
}

function dimensions(raw: RawConfig) {
  return {
    vocabSize: raw.vocab_size,
    hiddenSize: raw.hidden_size,
    intermediateSize: raw.intermediate_size,
    layers: raw.num_hidden_layers,
    heads: raw.num_attention_heads,
    kvHeads: raw.num_key_value_heads ?? raw.num_attention_heads,
    headDim: raw.head_dim ?? Math.floor(raw.hidden_size / raw.num_attention_heads),
    rmsNormEps: raw.rms_norm_eps ?? 1e-6,
    tieWordEmbeddings: raw.tie_word_embeddings ?? false,
    attentionBias: raw.attention_bias ?? false,
    mlpBias: raw.mlp_bias ?? false,
    maxPositions: raw.max_position_embeddings ?? 2048,
  };
}

/** An absent id takes the default, an explicit null means none. */
function tokens({ bos_token_id: bos, eos_token_id: eos, pad_token_id: pad }: RawConfig) {
  return {
    bosTokenId: bos === undefined ? 1 : (bos ?? undefined),
    eosTokenIds: eos === undefined ? [2] : eos === null ? [] : [eos].flat(),
    padTokenId: pad ?? undefined,
  };
}

/** `rope_scaling` (Transformers 4), where not null, wins over `rope_parameters` (Transformers 5), as it does there. */
function parseRope(raw: RawConfig, file: string): RopeConfig {
  const given: Partial<z.output<typeof ropeSchema>> = raw.rope_scaling ?? raw.rope_parameters ?? {};
  const theta = given.rope_theta ?? raw.rope_theta ?? raw.rope_parameters?.rope_theta ?? 10_000;
  const type = given.rope_type ?? given.type ?? 'default';
  const need = <T>(value: T | undefined, key: string): T => {
    if (value === undefined) throw refuse(file, `rope type ${show(type)} needs ${key}`);
    return value;
  };
  if ((given.partial_rotary_factor ?? 1) !== 1)
    throw refuse(file, 'partial_rotary_factor other than 1 is not supported');
  switch (type) {
    case 'default':
      return { type, theta };
    case 'linear':
      return { type, theta, factor: need(given.factor, 'factor') };
    case 'llama3':
      return {
        type,
        theta,
        factor: need(given.factor, 'factor'),
        lowFrequencyFactor: need(given.low_freq_factor, 'low_freq_factor'),
        highFrequencyFactor: need(given.high_freq_factor, 'high_freq_factor'),
        originalMaxPositions: need(given.original_max_position_embeddings, 'original_max_position_embeddings'),
      };
    default:
      throw refuse(file, `rope type ${show(type)} is not supported; supported: default, linear, llama3`);
  }
}

function checkDimensions(config: LlamaConfig, file: string): void {
  const { heads, kvHeads, headDim, rope, raw, vocabSize } = config;
  if (heads % kvHeads !== 0) {
    throw refuse(file, `num_attention_heads ${heads} is not a multiple of num_key_value_heads ${kvHeads}`);
  }
  if (headDim < 2 || headDim % 2 !== 0) throw refuse(file, `head_dim ${headDim} is not an even number`);
  if (!['silu', 'swish'].includes((raw.hidden_act as string | null) ?? 'silu')) {
    throw refuse(file, `hidden_act ${show(raw.hidden_act)} is not supported; supported: silu`);
  }
  if (rope.type === 'llama3' && rope.highFrequencyFactor <= rope.lowFrequencyFactor) {
    throw refuse(file, 'high_freq_factor must be above low_freq_factor');
  }
  const tooLarge = config.eosTokenIds.find((id) => id >= vocabSize);
  if (tooLarge !== undefined) throw refuse(file, `eos_token_id ${tooLarge} is not below vocab_size ${vocabSize}`);
}

/**
 * Angles a position turns each pair of a head's coordinates by, [headDim / 2].
 * RoFormer (2104.09864); linear: Position Interpolation (2306.15595); llama3: long wavelengths are stretched by `factor`, short ones kept,
 * those between blended (Llama 3.1).
 */
export function ropeInverseFrequencies({ headDim, rope }: LlamaConfig): Float64Array {
  const plain = Float64Array.from({ length: headDim / 2 }, (_, i) => rope.theta ** ((-2 * i) / headDim));
  if (rope.type === 'linear') return plain.map((frequency) => frequency / rope.factor);
  if (rope.type === 'llama3') return plain.map((frequency) => stretch(frequency, rope));
  return plain;
}

function stretch(frequency: number, rope: Extract<RopeConfig, { type: 'llama3' }>): number {
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalMaxPositions } = rope;
  const turns = (originalMaxPositions * frequency) / (2 * Math.PI);
  const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
  return frequency * ((1 - kept) / factor + kept);
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], raw);
}

const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 100) ?? 'nothing';

const refuse = (file: string, problem: string) => new ModelFormatError(`${file} cannot be used: ${problem}.`);
