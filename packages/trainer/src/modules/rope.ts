// Tables of the rotary position embedding.
import type { Graph, Value } from '../graph/graph.js';

export interface RopeTables {
  /** [positions, headDim / 2] */
  cos: Value;
  sin: Value;
}

/**
 * cos and sin of position × inverse frequency. Both carry the factor headDim^−¼: applied to queries and keys alike it makes the attention
 * scale headDim^−½, for free.
 */
export function ropeTables(
  graph: Graph,
  inverseFrequencies: ArrayLike<number>,
  headDim: number,
  positions: number,
): RopeTables {
  const half = headDim / 2;
  const scale = headDim ** -0.25;
  const table = (f: (angle: number) => number) => {
    const data = new Float32Array(positions * half);
    for (let p = 0; p < positions; p++) {
      for (let i = 0; i < half; i++) data[p * half + i] = f(p * inverseFrequencies[i]!) * scale;
    }
    return graph.constant(data, [positions, half]);
  };
  return { cos: table(Math.cos), sin: table(Math.sin) };
}
