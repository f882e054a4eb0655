/**
 * How a tree's variance over its whole input space splits among single inputs, exactly (Hutter et al., «An efficient
 * approach for assessing hyperparameter importance», ICML 2014): every input equally likely, independent of the others.
 */

import { type Feature, isSplit, type TreeNode } from './regression-tree.js';

/** A leaf with the box of inputs that reach it. */
interface Cell {
  readonly value: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** For each feature of choices, which of them; null stands for all. */
  readonly allowed: readonly (readonly boolean[] | null)[];
}

export interface TreeVariance {
  readonly total: number;
  /** Of the mean prediction as a function of each feature alone; at most the total, all together too. */
  readonly alone: Float64Array;
}

export function treeVariance(tree: TreeNode, features: readonly Feature[]): TreeVariance {
  const cells: Cell[] = [];
  collect(tree, wholeSpace(features), cells);
  const widths = cells.map((cell) => Float64Array.from(features, (feature, f) => widthOf(cell, feature, f)));
  const volumes = widths.map((width) => width.reduce((product, w) => product * w, 1));
  const mean = cells.reduce((sum, { value }, i) => sum + value * volumes[i]!, 0);
  const total = cells.reduce((sum, { value }, i) => sum + (value - mean) ** 2 * volumes[i]!, 0);
  const alone = Float64Array.from(features, (feature, f) => {
    // What a cell adds to the mean prediction wherever the feature lies within it.
    const heights = cells.map(({ value }, i) => (value - mean) * (volumes[i]! / widths[i]![f]!));
    return feature.choices > 0 ? varianceOfChoices(cells, heights, feature, f) : varianceOfNumber(cells, heights, f);
  });
  return { total, alone };
}

function wholeSpace(features: readonly Feature[]): Omit<Cell, 'value'> {
  return {
    low: new Float64Array(features.length),
    high: new Float64Array(features.length).fill(1),
    allowed: features.map(({ choices }) => (choices > 0 ? Array.from({ length: choices }, () => true) : null)),
  };
}

function collect(node: TreeNode, box: Omit<Cell, 'value'>, cells: Cell[]): void {
  if (!isSplit(node)) {
    cells.push({ ...box, value: node.value });
    return;
  }
  const { feature, threshold } = node;
  const choices = box.allowed[feature];
  if (choices) {
    const only = (keeps: (choice: number) => boolean) =>
      box.allowed.map((before, f) => (f === feature ? choices.map((is, choice) => is && keeps(choice)) : before));
    collect(node.left, { ...box, allowed: only((choice) => choice === threshold) }, cells);
    collect(node.right, { ...box, allowed: only((choice) => choice !== threshold) }, cells);
    return;
  }
  collect(node.left, { ...box, high: box.high.with(feature, threshold) }, cells);
  collect(node.right, { ...box, low: box.low.with(feature, threshold) }, cells);
}

function widthOf(cell: Cell, { choices }: Feature, f: number): number {
  if (choices === 0) return cell.high[f]! - cell.low[f]!;
  return cell.allowed[f]!.filter(Boolean).length / choices;
}

function varianceOfChoices(
  cells: readonly Cell[],
  heights: readonly number[],
  { choices }: Feature,
  f: number,
): number {
  let variance = 0;
  for (let choice = 0; choice < choices; choice++) {
    let height = 0;
    for (const [i, cell] of cells.entries()) if (cell.allowed[f]![choice]) height += heights[i]!;
    variance += (height * height) / choices;
  }
  return variance;
}

/** The mean prediction is a staircase that changes only at the cells' ends. */
function varianceOfNumber(cells: readonly Cell[], heights: readonly number[], f: number): number {
  const changes = new Map<number, number>();
  const change = (at: number, by: number) => changes.set(at, (changes.get(at) ?? 0) + by);
  for (const [i, cell] of cells.entries()) {
    change(cell.low[f]!, heights[i]!);
    change(cell.high[f]!, -heights[i]!);
  }
  const ends = [...changes].sort(([a], [b]) => a - b);
  let [variance, height] = [0, 0];
  for (const [i, [at, by]] of ends.entries()) {
    height += by;
    const next = ends[i + 1]?.[0] ?? at;
    variance += height * height * (next - at);
  }
  return variance;
}
