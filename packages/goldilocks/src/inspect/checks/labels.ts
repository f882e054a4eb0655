// How the labels are spread: one only, very unequal, very rare, very many.
import { UserError } from '../../errors.js';
import { excerpt } from '../../terminal/strip-control.js';
import { percent, problem, rowsOf } from '../problems.js';
import type { InspectedRow, Problem } from '../types.js';

export interface LabelFindings {
  /** By falling count, then by name. */
  counts: { label: string; count: number }[];
  /** Entropy over the entropy of equal shares; 1 is balanced. */
  balance: number;
  problems: Problem[];
}

/** The largest class this many times the smallest is worth a word. */
const unequal = 10;
const fewRows = 5;

/** @throws UserError when there is only one label. */
export function findLabels(rows: readonly InspectedRow[], column: string, source: string): LabelFindings {
  const counts = countLabels(rows);
  const [largest, smallest] = [counts[0]!, counts.at(-1)!];
  if (counts.length < 2) {
    throw new UserError(
      `${source}: every row has the same label, "${excerpt(largest.label)}", in ${column}. There is nothing to tell apart: give rows of at least two labels, or name another column with --label-column.`,
    );
  }
  const problems: Problem[] = [];
  if (largest.count >= unequal * smallest.count) {
    const message = `Labels are unequal: "${excerpt(largest.label)}" has ${rowsOf(largest.count)} (${percent(largest.count / rows.length)}), "${excerpt(smallest.label)}" ${smallest.count}.`;
    const advice =
      'Judge the result by macro F1, which counts every label the same, and collect more of the rare ones.';
    problems.push(
      problem({ kind: 'class-imbalance', severity: 'warning', message, advice }, rowsWith(rows, [smallest.label])),
    );
  }
  const rare = counts.filter(({ count }) => count < fewRows).map(({ label }) => label);
  if (rare.length > 0) {
    const shown = rare
      .slice(0, 5)
      .map((label) => `"${excerpt(label, 30)}"`)
      .join(', ');
    const message = `${rare.length} of ${counts.length} labels have fewer than ${fewRows} rows: ${shown}${rare.length > 5 ? ', …' : ''}.`;
    const advice = 'They can be neither learnt nor measured well. Collect more of them, merge them, or leave them out.';
    problems.push(problem({ kind: 'rare-labels', severity: 'warning', message, advice }, rowsWith(rows, rare)));
  }
  if (counts.length * 3 > rows.length) {
    const message = `${counts.length} different labels in ${rowsOf(rows.length)}: that is hardly more than two rows a label.`;
    const advice = 'Check that this is the label column. If it holds free text, say --task generation.';
    problems.push(problem({ kind: 'many-labels', severity: 'warning', message, advice }, []));
  }
  return { counts, balance: balanceOf(counts, rows.length), problems };
}

export function countLabels(rows: readonly InspectedRow[]): { label: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { label = '' } of rows) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts]
    .map(([label, count]) => ({ label, count }))
    .sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
}

function balanceOf(counts: readonly { count: number }[], total: number): number {
  const entropy = counts.reduce((sum, { count }) => sum - (count / total) * Math.log(count / total), 0);
  return entropy / Math.log(counts.length);
}

function rowsWith(rows: readonly InspectedRow[], labels: readonly string[]): InspectedRow[] {
  const wanted = new Set(labels);
  return rows.filter((row) => wanted.has(row.label ?? ''));
}
