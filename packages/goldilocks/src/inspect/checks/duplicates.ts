// Exact and near duplicates, contradictions and leakage: all that follows from which rows have the same input.
import { excerpt } from '../../terminal/strip-control.js';
import { type Finding, percent, problem, rowsOf } from '../problems.js';
import { fold, normalise } from '../text/normalise.js';
import type { InspectedRow, Problem, TaskKind } from '../types.js';
import { Groups } from './groups.js';
import { joinNearDuplicates } from './near-duplicates.js';

export interface DuplicateFindings {
  /** Rows with the same or nearly the same input, every row in one group. */
  groups: number[][];
  /** Normalised inputs, by row. */
  contents: string[];
  problems: Problem[];
  exactShare: number;
  nearShare: number;
  contradictionShare: number;
}

/** A near-duplicate family larger than this share of the rows is a form filled in, not a repetition. */
const formShare = 0.2;

export function findDuplicates(rows: readonly InspectedRow[], task: TaskKind, ignoreGiven: boolean): DuplicateFindings {
  const contents = rows.map((row) => normalise(row.text === '' ? row.target : row.text));
  const exact = groupBy(contents);
  const folded = rows.map((_, index) => fold(contents[index]!) || contents[index]!);
  const near = joinNear(folded, rows);
  const groups = near.flatMap((group) =>
    group.length > Math.max(5, formShare * rows.length) ? regroup(group, contents) : [group],
  );
  const sameRow = repeated(groupBy(rows.map((row) => row.hash)));
  const nearRows = groups.flatMap((group) => nearlyRepeated(group, contents));
  const contradictions = exact.filter((group) => differs(group, rows));
  const contradicting = contradictions.flat().sort((a, b) => a - b);
  const at = (indexes: readonly number[]): InspectedRow[] => indexes.map((index) => rows[index]!);
  const problems: Problem[] = [];
  if (sameRow.length > 0) problems.push(problem(exactFinding(sameRow.length), at(sameRow)));
  if (nearRows.length > 0) problems.push(problem(nearFinding(nearRows.length), at(nearRows)));
  if (contradicting.length > 0 && task !== 'text') {
    problems.push(problem(contradictionFinding(contradictions, rows, task), at(contradicting)));
  }
  if (!ignoreGiven) problems.push(...findLeakage(groups, rows));
  const share = (count: number): number => count / rows.length;
  return {
    groups,
    contents,
    problems,
    exactShare: share(sameRow.length),
    nearShare: share(nearRows.length),
    contradictionShare: task === 'classification' ? share(contradicting.length) : 0,
  };
}

function groupBy(keys: readonly string[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const [index, key] of keys.entries()) {
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  }
  return [...groups.values()];
}

/** In the order of content, so that the order of the file does not matter. One of each set of equal texts is compared. */
function joinNear(folded: readonly string[], rows: readonly InspectedRow[]): number[][] {
  const groups = new Groups(rows.length);
  const firsts: number[] = [];
  for (const group of groupBy(folded)) {
    for (const index of group) groups.join(group[0]!, index);
    firsts.push(group.reduce((least, index) => (rows[index]!.hash < rows[least]!.hash ? index : least)));
  }
  firsts.sort((a, b) => (rows[a]!.hash < rows[b]!.hash ? -1 : 1));
  joinNearDuplicates(folded, firsts, groups);
  return groups.members();
}

function regroup(group: readonly number[], contents: readonly string[]): number[][] {
  return groupBy(group.map((index) => contents[index]!)).map((inner) => inner.map((position) => group[position]!));
}

/** All members of a group but the first. */
function repeated(groups: readonly number[][]): number[] {
  return groups.flatMap((group) => group.slice(1)).sort((a, b) => a - b);
}

/** Members whose input differs from all earlier ones of their group: near but not exact duplicates. */
function nearlyRepeated(group: readonly number[], contents: readonly string[]): number[] {
  const seen = new Set([contents[group[0]!]]);
  return group.filter((index) => {
    if (seen.has(contents[index]!)) return false;
    seen.add(contents[index]!);
    return true;
  });
}

function differs(group: readonly number[], rows: readonly InspectedRow[]): boolean {
  const first = rows[group[0]!]!;
  return group.some((index) => normalise(rows[index]!.target) !== normalise(first.target));
}

function exactFinding(count: number): Finding {
  return {
    kind: 'exact-duplicates',
    severity: 'note',
    message: `${rowsOf(count)} repeat${count === 1 ? 's' : ''} an earlier row exactly.`,
    advice: 'They are kept on one side of the split. Remove them unless the repetition is meant as weight.',
  };
}

function nearFinding(count: number): Finding {
  return {
    kind: 'near-duplicates',
    severity: 'note',
    message: `${rowsOf(count)} ${count === 1 ? 'has' : 'have'} nearly the same input as another.`,
    advice: 'They are kept on one side of the split, so that the test stays honest. Nothing needs doing.',
  };
}

function contradictionFinding(groups: readonly number[][], rows: readonly InspectedRow[], task: TaskKind): Finding {
  const count = groups.flat().length;
  if (task !== 'classification') {
    return {
      kind: 'ambiguous-prompts',
      severity: 'note',
      message: `${groups.length} ${groups.length === 1 ? 'input has' : 'inputs have'} several different answers, in ${rowsOf(count)}.`,
      advice: 'Fine if all are good answers; else keep the best one.',
    };
  }
  const [first, second] = distinctLabels(groups[0]!, rows);
  return {
    kind: 'contradictory-labels',
    severity: 'warning',
    message: `${groups.length} ${groups.length === 1 ? 'input stands' : 'inputs stand'} under different labels, in ${rowsOf(count)} (the first under "${excerpt(first!, 40)}" and "${excerpt(second!, 40)}").`,
    advice: 'Decide which label is right: no model can learn both, and they cap the accuracy that can be reached.',
  };
}

function distinctLabels(group: readonly number[], rows: readonly InspectedRow[]): string[] {
  return [...new Set(group.map((index) => rows[index]!.target.trim()))];
}

/** Rows of validation or test whose input, or nearly so, is also on another side. */
function findLeakage(groups: readonly number[][], rows: readonly InspectedRow[]): Problem[] {
  const leaked = groups
    .filter((group) => new Set(group.map((index) => rows[index]!.givenSplit)).size > 1)
    .flatMap((group) => group.filter((index) => (rows[index]!.givenSplit ?? 'train') !== 'train'))
    .sort((a, b) => a - b);
  if (leaked.length === 0) return [];
  const held = rows.filter((row) => row.givenSplit === 'validation' || row.givenSplit === 'test').length;
  const finding: Finding = {
    kind: 'leakage',
    severity: 'warning',
    message: `${rowsOf(leaked.length)} of the given validation and test data (${percent(leaked.length / held)}) ${leaked.length === 1 ? 'is' : 'are'} also, or nearly so, in another split.`,
    advice: 'Their scores will look better than they are. Remove them, or split anew with --ignore-given-splits.',
  };
  return [
    problem(
      finding,
      leaked.map((index) => rows[index]!),
    ),
  ];
}
