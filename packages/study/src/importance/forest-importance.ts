/**
 * Importances by a random forest's model of the objective: fANOVA (Hutter et al., ICML 2014), the share of the variance
 * over the whole space that a parameter explains alone, and mean decrease in impurity (Breiman, 2001).
 */

import { type Distribution, float, int, sameDistribution } from '../distributions/distribution.js';
import { isSingle } from '../distributions/representation.js';
import { coordinate } from '../distributions/unit.js';
import { InvalidOptionError } from '../errors.js';
import { own } from '../json.js';
import { RandomGenerator } from '../numerics/random.js';
import type { FrozenTrial } from '../trial/frozen-trial.js';
import { growForest, isSplit, type Samples, type TreeNode } from './regression-tree.js';
import { treeVariance } from './tree-variance.js';

export interface ForestImportanceOptions {
  /** The number that complete trials are judged by. Default: their first value. */
  readonly target?: (trial: FrozenTrial) => number;
  /** Parameters to judge, conditional ones too: a trial that lacks one says nothing about it. Default: all of complete trials. */
  readonly params?: readonly string[];
  /** Default 64. */
  readonly trees?: number;
  /** Default 64. */
  readonly maxDepth?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Scale the importances to sum to 1. Default true. */
  readonly normalize?: boolean;
}

/**
 * Importances by name, largest first. Unlike Optuna's, each parameter counts on the scale it is searched on, in the
 * logarithm where `log`, and choices count as one input, not as several independent ones. Ranges that changed count as one
 * from the lowest to the highest end.
 * @throws InvalidOptionError for a parameter that no complete trial has
 */
export function fanovaImportance(
  trials: readonly FrozenTrial[],
  options: ForestImportanceOptions = {},
): Record<string, number> {
  return importance('fanovaImportance', trials, options, (tree, { features }) => {
    const { total, alone } = treeVariance(tree, features);
    return total > 0 ? alone.map((variance) => variance / total) : null;
  });
}

/**
 * Importances by name, largest first: how much splits on each parameter lower the squared error where the trials lie.
 * @throws InvalidOptionError as `fanovaImportance` does
 */
export function meanDecreaseImpurityImportance(
  trials: readonly FrozenTrial[],
  options: ForestImportanceOptions = {},
): Record<string, number> {
  return importance('meanDecreaseImpurityImportance', trials, options, (tree, { features }) => {
    const gains = new Float64Array(features.length);
    addGains(tree, gains);
    const total = gains.reduce((sum, gain) => sum + gain, 0);
    return total > 0 ? gains.map((gain) => gain / total) : null;
  });
}

function addGains(node: TreeNode, gains: Float64Array): void {
  if (!isSplit(node)) return;
  gains[node.feature]! += node.gain;
  addGains(node.left, gains);
  addGains(node.right, gains);
}

/** @param judge the importances in one tree, or null for a tree that says nothing */
function importance(
  caller: string,
  trials: readonly FrozenTrial[],
  options: ForestImportanceOptions,
  judge: (tree: TreeNode, samples: Samples) => Float64Array | null,
): Record<string, number> {
  const { target = (trial) => trial.values?.[0] ?? Number.NaN, trees = 64, maxDepth = 64, seed = 0 } = options;
  const complete = trials.filter(({ state }) => state === 'COMPLETE');
  const space = spaceOf(caller, complete, options.params);
  const searched = [...space].filter(([, distribution]) => !isSingle(distribution));
  const judged = complete
    .map((trial) => ({ value: target(trial), inputs: inputsOf(trial, searched) }))
    .filter(({ value, inputs }) => Number.isFinite(value) && !inputs.every(Number.isNaN));
  const sums = new Map([...space.keys()].map((name) => [name, 0]));
  if (judged.length > 1 && searched.length > 0) {
    const samples: Samples = {
      features: searched.map(([, d]) => ({ choices: d.type === 'categorical' ? d.choices.length : 0 })),
      inputs: judged.map(({ inputs }) => inputs),
      values: judged.map(({ value }) => value),
    };
    const forest = growForest(samples, trees, maxDepth, RandomGenerator.of(seed, 'forest'));
    const votes = forest.map((tree) => judge(tree, samples)).filter((vote) => vote !== null);
    for (const vote of votes) {
      for (const [f, [name]] of searched.entries()) sums.set(name, sums.get(name)! + vote[f]! / votes.length);
    }
  }
  return ranked(sums, options.normalize ?? true);
}

function spaceOf(
  caller: string,
  complete: readonly FrozenTrial[],
  wanted: readonly string[] | undefined,
): Map<string, Distribution> {
  const space = new Map<string, Distribution>();
  for (const { distributions } of complete) {
    for (const [name, distribution] of Object.entries(distributions)) {
      const before = space.get(name);
      if (before !== distribution) space.set(name, before ? hull(before, distribution) : distribution);
    }
  }
  const missing = wanted?.find((name) => !space.has(name));
  if (missing !== undefined) throw new InvalidOptionError(`${caller}: no complete trial has '${missing}'.`);
  const names = [...(wanted ?? space.keys())].sort();
  return new Map(names.map((name) => [name, space.get(name)!]));
}

/** From the lowest to the highest end of two ranges. */
function hull(a: Distribution, b: Distribution): Distribution {
  if (a.type === 'categorical' || b.type === 'categorical' || sameDistribution(a, b)) return a;
  const [low, high] = [Math.min(a.low, b.low), Math.max(a.high, b.high)];
  if (a.type === 'int' && b.type === 'int') return int(low, high, { log: a.log, step: a.step === b.step ? a.step : 1 });
  return float(low, high, { log: a.log, step: a.step === b.step ? a.step : null });
}

function inputsOf(trial: FrozenTrial, searched: readonly (readonly [string, Distribution])[]): Float64Array {
  return Float64Array.from(searched, ([name, distribution]) => coordinate(distribution, own(trial.params, name)));
}

function ranked(importances: ReadonlyMap<string, number>, normalize: boolean): Record<string, number> {
  const total = [...importances.values()].reduce((sum, value) => sum + value, 0);
  const scale = normalize && total > 0 ? 1 / total : 1;
  const entries = [...importances].map(([name, value]): [string, number] => [name, value * scale]);
  return Object.fromEntries(entries.sort(([, a], [, b]) => b - a));
}
