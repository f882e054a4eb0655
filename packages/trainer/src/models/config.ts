// What the engine computes with of a model's config.json, and how its fields are read and refused.
import { z } from 'zod';
import { ModelFormatError } from '../errors.js';

/** What holds for every family; each adds its own. */
export interface ModelConfig {
  /** The family, as config.json names it. */
  modelType: string;
  vocabSize: number;
  hiddenSize: number;
  /** Width of the feed-forward blocks. */
  intermediateSize: number;
  layers: number;
  heads: number;
  /** Groups of query heads, one key and value head each; divides `heads`. */
  kvHeads: number;
  /** Width of a head; `heads` × `headDim` need not be `hiddenSize`. */
  headDim: number;
  /** The output layer is the embedding matrix. */
  tieWordEmbeddings: boolean;
  maxPositions: number;
  /** The classes an encoder tells apart, in the order of its outputs. */
  labels?: readonly string[];
  bosTokenId?: number;
  /** Any of these ends a text; may be empty. */
  eosTokenIds: number[];
  padTokenId?: number;
  /** The JSON as it was, for writing the model again. */
  raw: Record<string, unknown>;
}

export type RawConfig = Record<string, unknown>;

/** Bounds are far beyond any known model, and small enough that no product of two overflows. */
export const size = (max: number) => z.number().int().min(1).max(max);
export const finite = z.number().positive().finite();
export const epsilon = finite.max(1);
export const tokenId = z
  .number()
  .int()
  .min(0)
  .max(2 ** 24);
export const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

/** Sizes under the names that most families use. */
export const sizeFields = {
  vocab_size: size(2 ** 24),
  hidden_size: size(2 ** 17),
  intermediate_size: size(2 ** 19),
  num_hidden_layers: size(1024),
  num_attention_heads: size(1024),
  max_position_embeddings: optional(size(2 ** 27)),
  tie_word_embeddings: optional(z.boolean()),
};

/** What decoders with grouped queries have beside the sizes. */
export const groupedFields = {
  num_key_value_heads: optional(size(1024)),
  head_dim: optional(size(4096)),
  rms_norm_eps: optional(epsilon),
};

export const tokenFields = {
  bos_token_id: tokenId.nullish(),
  eos_token_id: z.union([tokenId, z.array(tokenId).max(64)]).nullish(),
  pad_token_id: tokenId.nullish(),
};

/** @throws ModelFormatError naming the field that is missing, impossible or absurd */
export function readFields<T extends z.ZodRawShape>(fields: T, raw: RawConfig, file: string): z.output<z.ZodObject<T>> {
  const parsed = z.object(fields).safeParse(raw);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw refuse(file, `${path.join('.')}: ${message} (found ${show(valueAt(raw, path))})`);
}

export interface TokenDefaults {
  bos?: number;
  eos?: number;
  pad?: number;
}

/** An absent id takes the family's default, an explicit null means none. */
export function tokensOf(
  { bos_token_id: bos, eos_token_id: eos, pad_token_id: pad }: z.output<z.ZodObject<typeof tokenFields>>,
  defaults: TokenDefaults,
): Pick<ModelConfig, 'bosTokenId' | 'eosTokenIds' | 'padTokenId'> {
  const end = eos === undefined ? defaults.eos : eos;
  return {
    bosTokenId: (bos === undefined ? defaults.bos : bos) ?? undefined,
    eosTokenIds: end === undefined || end === null ? [] : [end].flat(),
    padTokenId: (pad === undefined ? defaults.pad : pad) ?? undefined,
  };
}

type SizeValues = z.output<z.ZodObject<typeof sizeFields & typeof groupedFields>>;

/** The sizes of a decoder with grouped queries, under the names that Transformers shares between families. */
export function sizesOf(raw: SizeValues, defaults: { kvHeads?: number; headDim?: number; maxPositions: number }) {
  return {
    vocabSize: raw.vocab_size,
    hiddenSize: raw.hidden_size,
    intermediateSize: raw.intermediate_size,
    layers: raw.num_hidden_layers,
    heads: raw.num_attention_heads,
    kvHeads: raw.num_key_value_heads ?? defaults.kvHeads ?? raw.num_attention_heads,
    headDim: raw.head_dim ?? defaults.headDim ?? Math.floor(raw.hidden_size / raw.num_attention_heads),
    maxPositions: raw.max_position_embeddings ?? defaults.maxPositions,
  };
}

/** @throws ModelFormatError where heads do not group, are odd, or an end token lies beyond the vocabulary */
export function checkSizes(config: ModelConfig, file: string): void {
  const { heads, kvHeads, headDim, vocabSize, eosTokenIds } = config;
  if (heads % kvHeads !== 0) {
    throw refuse(file, `num_attention_heads ${heads} is not a multiple of num_key_value_heads ${kvHeads}`);
  }
  if (headDim < 2 || headDim % 2 !== 0) throw refuse(file, `head_dim ${headDim} is not an even number`);
  const tooLarge = eosTokenIds.find((id) => id >= vocabSize);
  if (tooLarge !== undefined) throw refuse(file, `eos_token_id ${tooLarge} is not below vocab_size ${vocabSize}`);
}

/** Refuses where something is given that the engine does not compute. */
export function expectOneOf<T>(value: unknown, known: readonly T[], field: string, file: string): T {
  if (known.includes(value as T)) return value as T;
  throw refuse(file, `${field} ${show(value)} is not supported; supported: ${known.join(', ')}`);
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], raw);
}

export const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 100) ?? 'nothing';

export const refuse = (file: string, problem: string) => new ModelFormatError(`${file} cannot be used: ${problem}.`);
