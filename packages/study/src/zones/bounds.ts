/** From draws of where something ends to statements that hold for a given share of them all at once. */

/** The stretch around one place of a grid in which effects stay within the tolerance. */
export interface Stretch {
  readonly low: number;
  readonly high: number;
}

/**
 * @param at index of the place in the grid
 * @param isContinuous whether the end lies where the effect crosses the tolerance, between grid points
 */
export function stretchAround(
  grid: ArrayLike<number>,
  effects: ArrayLike<number>,
  at: number,
  tolerance: number,
  isContinuous: boolean,
): Stretch {
  const end = (step: -1 | 1): number => {
    let last = at;
    while (last + step >= 0 && last + step < grid.length && effects[last + step]! <= tolerance) last += step;
    const next = last + step;
    if (!isContinuous || next < 0 || next >= grid.length) return grid[last]!;
    const share = (tolerance - effects[last]!) / (effects[next]! - effects[last]!);
    return grid[last]! + share * (grid[next]! - grid[last]!);
  };
  return { low: end(-1), high: end(1) };
}

/** `outside` is beyond `inside`; the true end is between them. */
export interface StatedStretch {
  readonly low: { readonly outside: number; readonly inside: number };
  readonly high: { readonly outside: number; readonly inside: number };
}

/** The tightest equal-tailed bounds between which at least the share `confidence` of the draws have both ends. */
export function statedStretch(draws: readonly Stretch[], confidence: number): StatedStretch {
  const sorted = (end: 'low' | 'high') => Float64Array.from(draws, (draw) => draw[end]).sort();
  const [lows, highs] = [sorted('low'), sorted('high')];
  const bounds = (trimmed: number): StatedStretch => {
    const rest = draws.length - 1 - trimmed;
    return {
      low: { outside: lows[trimmed]!, inside: lows[rest]! },
      high: { inside: highs[trimmed]!, outside: highs[rest]! },
    };
  };
  const holds = (trimmed: number): boolean => {
    const { low, high } = bounds(trimmed);
    const count = draws.filter(
      (draw) =>
        draw.low >= low.outside && draw.low <= low.inside && draw.high >= high.inside && draw.high <= high.outside,
    ).length;
    return count >= confidence * draws.length;
  };
  let [most, tooMany] = [0, Math.ceil(draws.length / 2)];
  while (tooMany - most > 1) {
    const middle = (most + tooMany) >> 1;
    if (holds(middle)) most = middle;
    else tooMany = middle;
  }
  return bounds(most);
}

/**
 * Which choices can be called inside or outside so that at least the share `confidence` of the draws bears all of it out; the
 * surest first, the rest are open.
 * @param draws of each draw, whether each choice is inside
 */
export function statedChoices(
  draws: readonly (readonly boolean[])[],
  confidence: number,
): { verdict: 'inside' | 'outside' | 'open'; probability: number }[] {
  const probabilities = (draws[0] ?? []).map((_, k) => draws.filter((draw) => draw[k]).length / draws.length);
  const surest = probabilities.map((_, k) => k).sort((a, b) => doubt(probabilities[a]!) - doubt(probabilities[b]!));
  const verdicts = probabilities.map(() => 'open' as 'inside' | 'outside' | 'open');
  let agreeing = draws;
  for (const k of surest) {
    const isInside = probabilities[k]! >= 0.5;
    const rest = agreeing.filter((draw) => draw[k] === isInside);
    if (rest.length < confidence * draws.length) break;
    agreeing = rest;
    verdicts[k] = isInside ? 'inside' : 'outside';
  }
  return verdicts.map((verdict, k) => ({ verdict, probability: probabilities[k]! }));
}

const doubt = (probability: number) => Math.min(probability, 1 - probability);
