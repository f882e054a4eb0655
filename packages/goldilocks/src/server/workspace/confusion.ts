// Which labels the models take for which, on the test examples, with the examples behind the errors.
import type { Confusion } from '@goldilocks/protocol/page';
import type { Measurement } from '../../evaluate/measure.js';
import type { StudyView } from '../study/study-view.js';
import { type KeptInspection, placeOf } from './inspections.js';

/** Examples sent for each kind of error. */
const mostErrors = 20;
const mostText = 1000;

export function confusionOf({ journey }: StudyView, kept: KeptInspection | undefined): Confusion {
  const test = journey?.test;
  const labels = kept?.data.labels ?? [];
  if (test === undefined) return none('The test comes at the end; the study is not there yet.');
  if (kept === undefined || test.found.answers?.kind !== 'label') {
    return none('This task has no labels, so there is nothing to confuse.');
  }
  const base = matrixOf(test.base, labels);
  const tuned = matrixOf(test.found, labels);
  const errors = [...errorsOf('base', test.base, kept), ...errorsOf('tuned', test.found, kept)];
  return { labels, base, tuned, errors, sentence: '' };
}

function none(sentence: string): Confusion {
  return { labels: [], base: null, tuned: null, errors: [], sentence };
}

function matrixOf({ answers }: Measurement, labels: readonly string[]): number[][] | null {
  if (answers?.kind !== 'label') return null;
  const matrix = labels.map(() => labels.map(() => 0));
  for (const [i, expected] of answers.expected.entries()) {
    const row = matrix[expected];
    const given = answers.given[i]!;
    if (row?.[given] !== undefined) row[given]++;
  }
  return matrix;
}

function errorsOf(model: 'base' | 'tuned', { answers }: Measurement, { data }: KeptInspection): Confusion['errors'] {
  if (answers?.kind !== 'label') return [];
  const counts = new Map<string, number>();
  const label = (index: number) => data.labels?.[index] ?? '';
  return answers.expected.flatMap((expected, i) => {
    const given = answers.given[i]!;
    const key = `${expected} ${given}`;
    const count = counts.get(key) ?? 0;
    const row = data.rows[data.splits.test[i] ?? -1];
    if (given === expected || count >= mostErrors || row === undefined) return [];
    counts.set(key, count + 1);
    const text = row.text.slice(0, mostText);
    return [{ model, expected: label(expected), answered: label(given), text, place: placeOf(row) }];
  });
}
