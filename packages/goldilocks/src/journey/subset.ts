// Subsets of examples that keep the labels' shares, each larger one containing the smaller.
import { createHash } from 'node:crypto';

export interface SubsetRow {
  hash: string;
  label?: string;
}

/**
 * The first `count` of the indices in a fixed order in which every beginning has the labels in nearly their shares of
 * the whole. The order follows the content, so that it stays as rows are added.
 */
export function stratifiedSubset(
  rows: readonly SubsetRow[],
  indices: readonly number[],
  count: number,
  seed = 0,
): number[] {
  if (count >= indices.length) return [...indices];
  const groups = new Map<string, { index: number; key: string }[]>();
  for (const index of indices) {
    const { hash, label = '' } = rows[index]!;
    const key = createHash('sha256').update(`${seed}:${hash}:${index}`).digest('hex');
    groups.set(label, [...(groups.get(label) ?? []), { index, key }]);
  }
  const ranked = [...groups.values()].flatMap((group) => {
    group.sort((a, b) => (a.key < b.key ? -1 : 1));
    return group.map(({ index, key }, i) => ({ index, key, rank: (i + 0.5) / group.length }));
  });
  ranked.sort((a, b) => a.rank - b.rank || (a.key < b.key ? -1 : 1));
  return ranked
    .slice(0, count)
    .map(({ index }) => index)
    .sort((a, b) => a - b);
}
