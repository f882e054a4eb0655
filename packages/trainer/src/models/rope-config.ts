// Reads the rotary embedding of a config.json, in the spellings of Transformers 4 and 5, and writes both.
import { z } from 'zod';
import type { RopeConfig } from '../modules/rope.js';
import { finite, optional, type RawConfig, readFields, refuse, show, size } from './config.js';

const ropeSchema = z
  .object({
    rope_theta: optional(finite.max(1e12)),
    rope_type: optional(z.string()),
    type: optional(z.string()),
    factor: optional(finite.min(1).max(1e6)),
    low_freq_factor: optional(finite.max(1e6)),
    high_freq_factor: optional(finite.max(1e6)),
    original_max_position_embeddings: optional(size(2 ** 27)),
    attention_factor: optional(finite.max(1e3)),
    partial_rotary_factor: optional(finite.max(1)),
    short_factor: optional(z.array(finite.max(1e6)).max(2048)),
    long_factor: optional(z.array(finite.max(1e6)).max(2048)),
  })
  .loose();

const ropeFields = {
  rope_theta: optional(finite.max(1e12)),
  rope_scaling: optional(ropeSchema),
  rope_parameters: optional(ropeSchema),
  partial_rotary_factor: optional(finite.max(1)),
  original_max_position_embeddings: optional(size(2 ** 27)),
};

type RopeValues = Partial<z.output<typeof ropeSchema>>;

export interface RopeOptions {
  /** Coordinates of a head; all turn, unless the configuration says which part of them. */
  headDim: number;
  maxPositions: number;
  theta?: number;
  /** Share of the coordinates that turn, where the configuration names none. */
  share?: number;
}

/**
 * `rope_scaling` (Transformers 4), where not null, wins over `rope_parameters` (Transformers 5), as it does there.
 * @throws ModelFormatError where the kind is not supported, or lacks a value
 */
export function readRope(
  raw: RawConfig,
  file: string,
  options: RopeOptions,
): { config: RopeConfig; dimensions: number } {
  const fields = readFields(ropeFields, raw, file);
  const given: RopeValues = fields.rope_scaling ?? fields.rope_parameters ?? {};
  const theta = given.rope_theta ?? fields.rope_theta ?? fields.rope_parameters?.rope_theta ?? options.theta ?? 10_000;
  const share = given.partial_rotary_factor ?? fields.partial_rotary_factor ?? options.share ?? 1;
  const dimensions = Math.floor(options.headDim * share);
  if (dimensions < 2 || dimensions % 2 !== 0) {
    throw refuse(
      file,
      `${dimensions} of a head's ${options.headDim} coordinates would be rotated; it must be an even number`,
    );
  }
  const original = given.original_max_position_embeddings ?? fields.original_max_position_embeddings;
  const values = { ...given, original_max_position_embeddings: original };
  return { config: ropeOf(values, theta, dimensions, options.maxPositions, file), dimensions };
}

function ropeOf(given: RopeValues, theta: number, dimensions: number, maxPositions: number, file: string): RopeConfig {
  const type = given.rope_type ?? given.type ?? 'default';
  const need = <K extends keyof RopeValues>(key: K): NonNullable<RopeValues[K]> => {
    const value = given[key];
    if (value === undefined || value === null) throw refuse(file, `rope type ${show(type)} needs ${String(key)}`);
    return value;
  };
  switch (type) {
    case 'default':
      return { type, theta };
    case 'linear':
      return { type, theta, factor: need('factor') };
    case 'llama3': {
      const [low, high] = [need('low_freq_factor'), need('high_freq_factor')];
      if (high <= low) throw refuse(file, 'high_freq_factor must be above low_freq_factor');
      return {
        type,
        theta,
        factor: need('factor'),
        lowFrequencyFactor: low,
        highFrequencyFactor: high,
        originalMaxPositions: need('original_max_position_embeddings'),
      };
    }
    // The names it had before: `su` and, in early Phi-3 checkpoints, `yarn` with lists of factors.
    case 'longrope':
    case 'su':
    case 'yarn':
      if (type === 'yarn' && !given.short_factor) break;
      return longRope(need('short_factor'), need('long_factor'), given, theta, dimensions, maxPositions, file);
  }
  throw refuse(file, `rope type ${show(type)} is not supported; supported: default, linear, llama3, longrope`);
}

function longRope(
  shortFactor: number[],
  longFactor: number[],
  given: RopeValues,
  theta: number,
  dimensions: number,
  maxPositions: number,
  file: string,
): RopeConfig {
  const originalMaxPositions = given.original_max_position_embeddings;
  if (originalMaxPositions === undefined) {
    throw refuse(file, 'rope type "longrope" needs original_max_position_embeddings');
  }
  for (const [name, list] of [
    ['short_factor', shortFactor],
    ['long_factor', longFactor],
  ] as const) {
    if (list.length === dimensions / 2) continue;
    throw refuse(
      file,
      `${name} has ${list.length} values; it must have ${dimensions / 2}, one for each pair that is rotated`,
    );
  }
  const growth = given.factor ?? maxPositions / originalMaxPositions;
  const stretched = Math.sqrt(1 + Math.log(growth) / Math.log(originalMaxPositions));
  const attentionFactor = given.attention_factor ?? (growth <= 1 ? 1 : stretched);
  return { type: 'longrope', theta, shortFactor, longFactor, attentionFactor, originalMaxPositions };
}

/** The keys of both spellings; readers of either find the same. */
export function ropeJson(rope: RopeConfig, share?: number): Record<string, unknown> {
  const part = share === undefined ? {} : { partial_rotary_factor: share };
  const values = { rope_type: rope.type, ...ropeValues(rope), ...part };
  return {
    rope_parameters: { rope_theta: rope.theta, ...values },
    rope_theta: rope.theta,
    rope_scaling: rope.type === 'default' ? null : values,
    ...part,
  };
}

function ropeValues(rope: RopeConfig): Record<string, unknown> {
  switch (rope.type) {
    case 'default':
      return {};
    case 'linear':
      return { factor: rope.factor };
    case 'llama3':
      return {
        factor: rope.factor,
        low_freq_factor: rope.lowFrequencyFactor,
        high_freq_factor: rope.highFrequencyFactor,
        original_max_position_embeddings: rope.originalMaxPositions,
      };
    case 'longrope':
      return {
        short_factor: rope.shortFactor,
        long_factor: rope.longFactor,
        attention_factor: rope.attentionFactor,
        original_max_position_embeddings: rope.originalMaxPositions,
      };
  }
}
