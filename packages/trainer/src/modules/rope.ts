// Rotary position embedding (RoFormer, 2104.09864): how fast each pair of coordinates turns, and its tables.
import type { Value } from '../graph/graph.js';
import type { ModuleContext } from './context.js';

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
  | {
      type: 'longrope';
      /** Divisors of the frequencies for texts up to `originalMaxPositions` tokens, and for longer ones, [dimensions / 2]. */
      shortFactor: number[];
      longFactor: number[];
      /** Factor on cosine and sine. */
      attentionFactor: number;
      originalMaxPositions: number;
    }
);

export interface Rope {
  config: RopeConfig;
  /** How many of a head's coordinates turn, the first ones; even. */
  dimensions: number;
}

export interface RopeTables {
  /** [positions, dimensions / 2] */
  cos: Value;
  sin: Value;
}

/**
 * Angles a position turns each pair of coordinates by, [dimensions / 2].
 * linear: Position Interpolation (2306.15595); llama3: long wavelengths are stretched by `factor`, short ones kept, those between blended
 * (Llama 3.1); longrope: each divided by a factor of its own (2402.13753).
 * @param reach the longest text that is looked at, in tokens
 */
export function ropeInverseFrequencies({ config, dimensions }: Rope, reach: number): Float64Array {
  const plain = Float64Array.from({ length: dimensions / 2 }, (_, i) => config.theta ** ((-2 * i) / dimensions));
  if (config.type === 'linear') return plain.map((frequency) => frequency / config.factor);
  if (config.type === 'llama3') return plain.map((frequency) => stretch(frequency, config));
  if (config.type === 'longrope') {
    const factors = reach > config.originalMaxPositions ? config.longFactor : config.shortFactor;
    return plain.map((frequency, i) => frequency / factors[i]!);
  }
  return plain;
}

function stretch(frequency: number, rope: Extract<RopeConfig, { type: 'llama3' }>): number {
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalMaxPositions } = rope;
  const turns = (originalMaxPositions * frequency) / (2 * Math.PI);
  const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
  return frequency * ((1 - kept) / factor + kept);
}

/**
 * cos and sin of position × inverse frequency, made once a graph, times `scale`: with scale = headDim^−¼ on queries and keys alike the
 * attention scale headDim^−½ is free.
 */
export function ropeTables(context: ModuleContext, rope: Rope, scale: number): RopeTables {
  const positions = context.longest ?? context.past + context.tokens;
  // With a cache its room alone decides, so that every step turns its keys alike.
  const frequencies = ropeInverseFrequencies(rope, context.longest ?? (context.past || context.tokens));
  const half = rope.dimensions / 2;
  const factor = scale * (rope.config.type === 'longrope' ? rope.config.attentionFactor : 1);
  const table = (f: (angle: number) => number) => {
    const data = new Float32Array(positions * half);
    for (let p = 0; p < positions; p++) {
      for (let i = 0; i < half; i++) data[p * half + i] = f(p * frequencies[i]!) * factor;
    }
    return context.graph.constant(data, [positions, half]);
  };
  const shared = (kind: string, f: (angle: number) => number) =>
    context.shared(`${kind} ${factor} ${JSON.stringify(rope)}`, () => table(f));
  return { cos: shared('cos', Math.cos), sin: shared('sin', Math.sin) };
}
