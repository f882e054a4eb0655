/** Regression trees and forests (Breiman, Machine Learning 45, 2001) over numbers and choices, each split the one that lowers variance most. */

import type { RandomGenerator } from '../numerics/random.js';

/** Where a tree's inputs lie: a number in [0, 1], or one of so many choices. */
export interface Feature {
  /** 0 for a number. */
  readonly choices: number;
}

export interface Leaf {
  readonly value: number;
}

/** Inputs at most the threshold, or for choices equal to it, go left. */
export interface Split {
  readonly feature: number;
  readonly threshold: number;
  readonly left: TreeNode;
  readonly right: TreeNode;
  /** By how much the split lowers the summed squared error of the samples that reach it. */
  readonly gain: number;
}

export type TreeNode = Leaf | Split;

export function isSplit(node: TreeNode): node is Split {
  return 'feature' in node;
}

export interface Samples {
  readonly features: readonly Feature[];
  /** One array for each sample: its inputs; NaN where it lacks the feature. */
  readonly inputs: readonly ArrayLike<number>[];
  readonly values: ArrayLike<number>;
}

/** Each tree on as many samples, drawn with replacement. */
export function growForest(samples: Samples, trees: number, maxDepth: number, random: RandomGenerator): TreeNode[] {
  const count = samples.inputs.length;
  return Array.from({ length: trees }, () => {
    const rows = Array.from({ length: count }, () => random.integer(count));
    return growTree(samples, rows, maxDepth, random);
  });
}

/** @param random decides among splits that are equally good, and where samples without the feature go; without, the first and the larger side */
export function growTree(
  samples: Samples,
  rows: readonly number[],
  maxDepth: number,
  random?: RandomGenerator,
): TreeNode {
  const mean = meanOf(samples, rows);
  const best = maxDepth > 0 ? bestSplit(samples, rows, mean, random) : null;
  if (!best) return { value: mean };
  const [left, right] = divide(samples, rows, best, random);
  return {
    ...best,
    left: growTree(samples, left, maxDepth - 1, random),
    right: growTree(samples, right, maxDepth - 1, random),
  };
}

function meanOf({ values }: Samples, rows: readonly number[]): number {
  return rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length;
}

/** A sample without the feature goes to one side by chance, in the shares of those with it. */
function divide(
  { features, inputs }: Samples,
  rows: readonly number[],
  { feature, threshold }: Cut,
  random: RandomGenerator | undefined,
): readonly [number[], number[]] {
  const [left, right, missing]: [number[], number[], number[]] = [[], [], []];
  for (const row of rows) {
    const input = inputs[row]![feature]!;
    if (Number.isNaN(input)) missing.push(row);
    else (goes(features[feature]!, input, threshold) ? left : right).push(row);
  }
  const share = left.length / (left.length + right.length);
  for (const row of missing) ((random?.uniform() ?? 0.5) < share ? left : right).push(row);
  return [left, right];
}

function goes(feature: Feature, input: number, threshold: number): boolean {
  return feature.choices > 0 ? input === threshold : input <= threshold;
}

type Cut = Pick<Split, 'feature' | 'threshold' | 'gain'>;

function bestSplit(samples: Samples, rows: readonly number[], mean: number, random?: RandomGenerator): Cut | null {
  const spread = rows.reduce((sum, row) => sum + (samples.values[row]! - mean) ** 2, 0);
  if (rows.length < 2 || spread <= 1e-14 * rows.length * mean * mean || spread === 0) return null;
  const order = samples.features.map((_, feature) => feature);
  let best: Cut | null = null;
  for (const feature of random ? random.shuffled(order) : order) {
    const having = rows.filter((row) => !Number.isNaN(samples.inputs[row]![feature]!));
    // Whether a sample has the feature at all is no merit of the feature's values.
    const level = having.length === rows.length ? mean : meanOf(samples, having);
    const cut =
      samples.features[feature]!.choices > 0
        ? cutChoices(samples, having, feature, level)
        : cutNumbers(samples, having, feature, level);
    if (cut && (!best || cut.gain > best.gain * (1 + 1e-12))) best = cut;
  }
  return best;
}

/** Gain of putting `count` samples, whose values exceed the mean by `excess` in sum, apart from the others. */
function gainOf(count: number, excess: number, total: number): number {
  return (excess * excess * total) / (count * (total - count));
}

function cutNumbers({ inputs, values }: Samples, rows: readonly number[], feature: number, mean: number): Cut | null {
  const sorted = [...rows].sort((a, b) => inputs[a]![feature]! - inputs[b]![feature]!);
  let best: Cut | null = null;
  let excess = 0;
  for (let i = 0; i < sorted.length - 1; i++) {
    excess += values[sorted[i]!]! - mean;
    const [here, next] = [inputs[sorted[i]!]![feature]!, inputs[sorted[i + 1]!]![feature]!];
    if (here === next) continue;
    const gain = gainOf(i + 1, excess, sorted.length);
    if (!best || gain > best.gain) best = { feature, threshold: (here + next) / 2, gain };
  }
  return best;
}

function cutChoices(
  { inputs, values, features }: Samples,
  rows: readonly number[],
  feature: number,
  mean: number,
): Cut | null {
  const counts = new Float64Array(features[feature]!.choices);
  const excesses = new Float64Array(counts.length);
  for (const row of rows) {
    const choice = inputs[row]![feature]!;
    counts[choice]!++;
    excesses[choice]! += values[row]! - mean;
  }
  let best: Cut | null = null;
  for (const [choice, count] of counts.entries()) {
    if (count === 0 || count === rows.length) continue;
    const gain = gainOf(count, excesses[choice]!, rows.length);
    if (!best || gain > best.gain) best = { feature, threshold: choice, gain };
  }
  return best;
}
