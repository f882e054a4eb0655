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
  /** [places, dimensions / 2] */
  cos: Value;
  sin: Value;
  /** Each token's place in them, [rows, tokens] (int64). */
  places: Value;
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
  const parts = tableParts(context, rope);
  const half = rope.dimensions / 2;
  const factor = scale * (rope.config.type === 'longrope' ? rope.config.attentionFactor : 1);
  const table = (f: (angle: number) => number) => {
    const data = new Float32Array(half * parts.reduce((sum, { positions }) => sum + positions, 0));
    let at = 0;
    for (const { positions, frequencies } of parts) {
      for (let p = 0; p < positions; p++) {
        for (let i = 0; i < half; i++) data[at++] = f(p * frequencies[i]!) * factor;
      }
    }
    return context.graph.constant(data, [data.length / half, half]);
  };
  const shared = (kind: string, make: () => Value) => context.shared(`${kind} ${factor} ${JSON.stringify(rope)}`, make);
  const [first, second] = parts;
  return {
    cos: shared('cos', () => table(Math.cos)),
    sin: shared('sin', () => table(Math.sin)),
    places: second ? shared('places', () => placesFrom(context, first!.positions)) : context.positions,
  };
}

/** One table; of longrope two, one after the other, where only the text that is fed tells which of its factors hold. */
function tableParts({ longest, past, tokens }: ModuleContext, rope: Rope) {
  const part = (positions: number, reach: number) => ({ positions, frequencies: ropeInverseFrequencies(rope, reach) });
  // With a cache its room alone decides, so that every step turns its keys alike.
  if (longest === undefined) return [part(past + tokens, past || tokens)];
  const { config } = rope;
  if (config.type !== 'longrope' || longest <= config.originalMaxPositions) return [part(longest, longest)];
  return [part(config.originalMaxPositions, config.originalMaxPositions), part(longest, longest)];
}

/** Positions, moved behind the first table where one of them lies beyond it. */
function placesFrom({ graph, positions }: ModuleContext, size: number): Value {
  const last = graph.node('ReduceMax', [positions], 'int64', [], { keepdims: 0 });
  const beyond = graph.node('GreaterOrEqual', [last, graph.constant(BigInt64Array.of(BigInt(size)), [])], 'bool', []);
  const moved = graph.node('Cast', [beyond], 'int64', [], { to: 7 });
  const offset = graph.node('Mul', [moved, graph.constant(BigInt64Array.of(BigInt(size)), [])], 'int64', []);
  return graph.node('Add', [positions, offset], 'int64', positions.shape);
}
