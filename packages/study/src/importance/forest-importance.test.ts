import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../../test/golden.js';
import { categorical, type Distribution, float, int } from '../distributions/distribution.js';
import type { JsonValue } from '../json.js';
import { RandomGenerator } from '../numerics/random.js';
import type { FrozenTrial } from '../trial/frozen-trial.js';
import { fanovaImportance, meanDecreaseImpurityImportance } from './forest-importance.js';
import { growTree, isSplit, type TreeNode } from './regression-tree.js';
import { treeVariance } from './tree-variance.js';

interface TreeCase {
  inputs: number[][];
  values: number[];
  max_depth: number;
  thresholds: number[];
  impurity: number[];
  total: number;
  alone: number[];
}
const reference = golden<{
  trees: TreeCase[];
  study: {
    trials: { params: Record<string, number>; value: number }[];
    fanova: Record<string, number>;
    impurity: Record<string, number>;
  };
}>('forest');

function thresholds(node: TreeNode): number[] {
  return isSplit(node) ? [node.threshold, ...thresholds(node.left), ...thresholds(node.right)] : [];
}

function gains(node: TreeNode, sums: number[]): number[] {
  if (isSplit(node)) {
    sums[node.feature]! += node.gain;
    gains(node.left, sums);
    gains(node.right, sums);
  }
  return sums;
}

function trialsOf(
  distributions: Record<string, Distribution>,
  rows: readonly { params: Record<string, JsonValue>; value: number }[],
): FrozenTrial[] {
  return rows.map(({ params, value }, number) => ({
    id: number + 1,
    number,
    state: 'COMPLETE',
    values: [value],
    params,
    distributions,
    intermediateValues: new Map(),
    userAttributes: {},
    systemAttributes: {},
    startedAt: null,
    completedAt: null,
  }));
}

describe.each(reference.trees.map((one) => [one.inputs.length, one] as const))('a tree on %i samples', (count, one) => {
  const features = one.inputs[0]!.map(() => ({ choices: 0 }));
  const rows = Array.from({ length: count }, (_, row) => row);
  const tree = growTree({ features, inputs: one.inputs, values: one.values }, rows, one.max_depth);
  test('has the splits and gains of scikit-learn', () => {
    for (const [i, threshold] of thresholds(tree)
      .sort((a, b) => a - b)
      .entries()) {
      expectClose(threshold, one.thresholds[i]!, 1e-12, `threshold ${i}`);
    }
    const sums = gains(
      tree,
      features.map(() => 0),
    );
    const total = sums.reduce((a, b) => a + b);
    for (const [f, share] of one.impurity.entries()) expect(Math.abs(sums[f]! / total - share)).toBeLessThan(1e-10);
  });
  test('has the variances of Optuna 5', () => {
    const { total, alone } = treeVariance(tree, features);
    expectClose(total, one.total, 1e-10, 'total');
    for (const [f, variance] of one.alone.entries()) expect(Math.abs(alone[f]! - variance)).toBeLessThan(1e-12);
  });
});

test('over a whole study both importances are near those of Optuna 5', () => {
  const { trials: rows, fanova, impurity } = reference.study;
  const trials = trialsOf({ x: float(0, 1), y: float(0, 1), z: float(0, 1), n: int(1, 8) }, rows);
  for (const [ours, theirs] of [
    [fanovaImportance(trials), fanova],
    [meanDecreaseImpurityImportance(trials), impurity],
  ] as const) {
    expect(Object.keys(ours)[0]).toBe(Object.keys(theirs)[0]);
    for (const [name, value] of Object.entries(theirs)) expect(Math.abs(ours[name]! - value), name).toBeLessThan(0.04);
  }
});

test('choices: a tree that separates them has the variance of their means, and the rest of the space none', () => {
  const features = [{ choices: 3 }, { choices: 0 }];
  const inputs = [0, 1, 2].flatMap((choice) => [0.2, 0.8].map((x) => [choice, x]));
  const values = inputs.map(([choice]) => [1, 4, 10][choice!]!);
  const tree = growTree({ features, inputs, values }, [0, 1, 2, 3, 4, 5], 9);
  const { total, alone } = treeVariance(tree, features);
  expectClose(total, 14, 1e-12);
  expectClose(alone[0]!, 14, 1e-12);
  expect(alone[1]).toBeLessThan(1e-20);
});

test('parameters searched in the logarithm count there; constants and failures count for nothing', () => {
  const distributions = {
    rate: float(1e-5, 1e-1, { log: true }),
    schedule: categorical(['cosine', null]),
    fixed: int(3, 3),
    idle: float(0, 1),
  };
  const random = RandomGenerator.of(2);
  const rows = Array.from({ length: 120 }, (_, i) => {
    const params = {
      rate: 10 ** (-5 + 4 * random.uniform()),
      schedule: random.uniform() < 0.5 ? 'cosine' : null,
      fixed: 3,
      idle: random.uniform(),
    };
    const value = (Math.log10(params.rate) + 3) ** 2 + (params.schedule ? 0 : 0.5);
    return { params, value: i === 7 ? Number.POSITIVE_INFINITY : value };
  });
  const importances = fanovaImportance(trialsOf(distributions, rows));
  expect(Object.keys(importances).slice(0, 2)).toEqual(['rate', 'schedule']);
  expect(importances.rate).toBeGreaterThan(0.85);
  expect(importances.fixed).toBe(0);
  expect(fanovaImportance(trialsOf(distributions, rows))).toEqual(importances);
  expect(Object.values(fanovaImportance(trialsOf(distributions, rows.slice(0, 1))))).toEqual([0, 0, 0, 0]);
  expect(() => fanovaImportance(trialsOf(distributions, rows), { params: ['nothing'] })).toThrow(/'nothing'/);
});

describe('conditional parameters', () => {
  /** The value is x where kind is «a», which alone has x, and a constant elsewhere. */
  const conditional = (elsewhere: number) => {
    const random = RandomGenerator.of(5);
    const distributions = { kind: categorical(['a', 'b']), x: float(0, 1), idle: float(0, 1) };
    return Array.from({ length: 300 }, (_, number): FrozenTrial => {
      const x = random.uniform();
      const shared = { kind: number % 2 ? 'b' : 'a', idle: random.uniform() };
      const params = number % 2 ? shared : { ...shared, x };
      const [trial] = trialsOf(distributions, [{ params, value: number % 2 ? elsewhere : x }]);
      const { x: _x, ...without } = distributions;
      return { ...trial!, number, distributions: number % 2 ? without : distributions };
    });
  };

  test('fANOVA gives the closed form, and no credit for being there at all', () => {
    // Over the whole space: kind alone ((½ − c)/2)², x alone 1/48, both together 1/48.
    for (const elsewhere of [0.5, 2]) {
      const alone = { kind: ((0.5 - elsewhere) / 2) ** 2, x: 1 / 48 };
      const importances = fanovaImportance(conditional(elsewhere), { normalize: false });
      const total = alone.kind + 2 / 48;
      expect(Math.abs(importances.kind! - alone.kind / total)).toBeLessThan(0.05);
      expect(Math.abs(importances.x! - alone.x / total)).toBeLessThan(0.05);
      expect(importances.idle).toBeLessThan(0.02);
    }
  });
  test('mean decrease in impurity gives each its share of the variance where the trials lie', () => {
    // Half of the trials lie in kind «a»: the kinds' means differ by 1.5, and x varies by 1/12 within one of them.
    const importances = meanDecreaseImpurityImportance(conditional(2));
    const [kind, x] = [(1.5 / 2) ** 2, 1 / 12 / 2];
    expect(Math.abs(importances.kind! - kind / (kind + x))).toBeLessThan(0.02);
    expect(Math.abs(importances.x! - x / (kind + x))).toBeLessThan(0.02);
  });
  test('a parameter that some trials lack for no reason is judged by the others', () => {
    const trials = conditional(0.5).map((trial) => {
      const { kind: _, ...params } = trial.params;
      const { kind: __, ...distributions } = trial.distributions;
      return { ...trial, params, distributions };
    });
    const importances = fanovaImportance(trials);
    expect(importances.x).toBeGreaterThan(3 * importances.idle!);
    expect(Object.keys(fanovaImportance(trials, { params: ['idle'] }))).toEqual(['idle']);
  });
  test('ranges that changed count as one', () => {
    const trials = conditional(0.5).map((trial, i) => {
      const idle = i % 3 ? float(0, 1) : float(0, 2);
      return { ...trial, distributions: { ...trial.distributions, idle } };
    });
    expect(fanovaImportance(trials).idle).toBeLessThan(0.02);
  });
});
