// Chooses the next token from logits.

export interface SamplingOptions {
  /** 0 = the likeliest token (greedy); higher = more variety. */
  temperature?: number;
  /** Only the likeliest tokens that together have this probability are drawn from (1904.09751), in (0, 1]. */
  topP?: number;
}

/** @param uniform a number in [0, 1) that decides the draw */
export function sampleToken(
  logits: Float32Array,
  { temperature = 0, topP = 1 }: SamplingOptions,
  uniform: number,
): number {
  const best = argmax(logits);
  if (temperature === 0) return best;
  const order = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]!);
  const weights = order.map((token) => Math.exp((logits[token]! - logits[best]!) / temperature));
  const total = weights.reduce((a, b) => a + b, 0);
  const kept = nucleus(weights, total * topP);
  let left = uniform * kept.mass;
  for (let i = 0; i < kept.count; i++) {
    left -= weights[i]!;
    if (left < 0) return order[i]!;
  }
  return order[kept.count - 1]!;
}

/** How many of the descending weights are needed to reach `mass`, and what they sum to. */
function nucleus(weights: readonly number[], mass: number): { count: number; mass: number } {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i]!;
    if (sum >= mass) return { count: i + 1, mass: sum };
  }
  return { count: weights.length, mass: sum };
}

export function argmax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
