// The first trials of a search: spread evenly over a prior that peaks at the recommended settings.
import {
  type Distribution,
  type JsonValue,
  type NumericDistribution,
  RandomGenerator,
  type Sampler,
  type SamplingContext,
} from '@goldilocks/study';

export interface NearRecommendedOptions {
  recommended: Readonly<Record<string, JsonValue>>;
  seed: number;
  /** How many trials share one even spread. */
  count: number;
}

/**
 * Latin hypercube sampling: each parameter's prior is cut into `count` slices of equal probability, and each of `count`
 * successive trials falls into another slice. The prior of a number is triangular over its range (in the logarithm
 * where it is searched so) with its peak at the recommended value; of a choice, the recommended one has half the mass.
 */
export class NearRecommendedSampler implements Sampler {
  constructor(private readonly options: NearRecommendedOptions) {}

  sample({ trial }: SamplingContext, name: string, distribution: Distribution): JsonValue {
    const { seed, count, recommended } = this.options;
    const round = Math.floor(trial.number / count);
    const slice = permutation(count, RandomGenerator.of(seed, name, round, 'slices'))[trial.number % count]!;
    const quantile = (slice + RandomGenerator.of(seed, name, trial.number, 'within').uniform()) / count;
    return draw(distribution, recommended[name], quantile);
  }
}

function draw(distribution: Distribution, recommended: JsonValue | undefined, quantile: number): JsonValue {
  if (distribution.type === 'categorical') return drawChoice(distribution.choices, recommended, quantile);
  const centre = typeof recommended === 'number' ? toUnit(distribution, recommended) : 0.5;
  return fromUnit(distribution, triangularQuantile(quantile, centre));
}

/** The inverse distribution function of the triangular density on [0, 1] with its peak at `mode`. */
export function triangularQuantile(quantile: number, mode: number): number {
  if (quantile < mode) return Math.sqrt(quantile * mode);
  return 1 - Math.sqrt((1 - quantile) * (1 - mode));
}

function drawChoice(choices: readonly JsonValue[], recommended: JsonValue | undefined, quantile: number): JsonValue {
  const others = choices.filter((choice) => choice !== recommended);
  if (others.length === choices.length) return choices[Math.floor(quantile * choices.length)]!;
  if (others.length === 0 || quantile < 0.5) return recommended!;
  return others[Math.min(others.length - 1, Math.floor((2 * quantile - 1) * others.length))]!;
}

function toUnit({ low, high, log }: NumericDistribution, value: number): number {
  if (low === high) return 0.5;
  const scale = log ? Math.log : (x: number) => x;
  return Math.min(1, Math.max(0, (scale(value) - scale(low)) / (scale(high) - scale(low))));
}

/** The value at a position of the range, on the distribution's lattice where it has one. */
function fromUnit(distribution: NumericDistribution, unit: number): number {
  const { low, high, log, step } = distribution;
  const value = log ? low * (high / low) ** unit : low + unit * (high - low);
  const snapped = step === null ? value : low + Math.round((value - low) / step) * step;
  // Lattices of tenths should give 0.1 and not 0.1000000001.
  return Math.min(high, Math.max(low, step === null ? snapped : Number(snapped.toPrecision(12))));
}

function permutation(count: number, random: RandomGenerator): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
