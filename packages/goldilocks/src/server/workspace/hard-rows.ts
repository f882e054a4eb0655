// The rows that a study's model finds hardest, those whose labels are likely wrong first.

import { dirname } from 'node:path';
import type { HardRow, HardRows, ParsedQueryOf } from '@goldilocks/protocol/page';
import { stratifiedSubset } from '../../journey/subset.js';
import { lastValue, readTrial } from '../../search/search-trial.js';
import { readRecord } from '../../search/trial-files.js';
import { stateFolderAt } from '../../state/folder.js';
import type { StudyView } from '../study/study-view.js';
import { type KeptInspection, shownRow } from './inspections.js';

/** As the journey measures trials: see its training data. */
const mostValidation = 400;

interface Measured {
  readonly losses: ReadonlyMap<number, number>;
  readonly answers: ReadonlyMap<number, string>;
  readonly by: string;
}

export async function hardRowsOf(
  view: StudyView,
  kept: KeptInspection,
  query: ParsedQueryOf<'hardRows'>,
): Promise<HardRows> {
  const { data } = kept;
  const measured = await measuredOf(view, kept);
  const suspects = new Map(data.statistics.labelNoise?.suspects.map((index, rank) => [index, rank]) ?? []);
  const indices = [...new Set([...suspects.keys(), ...measured.losses.keys()])];
  const loss = (index: number) => measured.losses.get(index) ?? Number.NEGATIVE_INFINITY;
  const rank = (index: number) => suspects.get(index) ?? Number.POSITIVE_INFINITY;
  indices.sort((a, b) => (rank(a) === rank(b) ? loss(b) - loss(a) : rank(a) - rank(b)));
  const { offset, limit } = query;
  return {
    total: indices.length,
    sentence: sentenceOf(suspects.size, measured),
    rows: indices.slice(offset, offset + limit).map((index) => hardRow(kept, index, measured, suspects.has(index))),
  };
}

function hardRow(kept: KeptInspection, index: number, { losses, answers }: Measured, suspect: boolean): HardRow {
  const loss = losses.get(index) ?? null;
  const shown = loss === null ? '' : ` The model's loss on it is ${loss.toFixed(2)}.`;
  const why = suspect ? 'Simple classifiers on the other rows agree on another label.' : 'The model finds it hard.';
  return { ...shownRow(kept, index), loss, answer: answers.get(index) ?? null, suspect, why: `${why}${shown}` };
}

function sentenceOf(suspects: number, { losses, by }: Measured): string {
  const first = suspects === 0 ? '' : `${suspects} rows whose label looks wrong come first. `;
  if (losses.size === 0) return `${first}No run has measured single rows yet.`;
  return `${first}${losses.size} rows were measured by ${by}; those that it finds hardest come first.`;
}

/** Of validation rows by the best run so far, of test rows by the tuned model, once it was tested. */
async function measuredOf(view: StudyView, { data }: KeptInspection): Promise<Measured> {
  const losses = new Map<number, number>();
  const answers = new Map<number, string>();
  const validation = stratifiedSubset(data.rows, data.splits.validation, mostValidation);
  const best = await bestRun(view);
  for (const [i, index] of validation.entries()) {
    const loss = best?.perExample[i];
    if (loss !== undefined && Number.isFinite(loss)) losses.set(index, loss);
  }
  const test = view.journey?.test?.found;
  for (const [i, index] of data.splits.test.entries()) {
    const loss = test?.perExample[i];
    if (loss !== undefined && Number.isFinite(loss)) losses.set(index, loss);
    const answer = test?.answers?.given[i];
    if (answer !== undefined) answers.set(index, typeof answer === 'number' ? (data.labels?.[answer] ?? '') : answer);
  }
  return { losses, answers, by: best?.title ?? 'the tuned model' };
}

async function bestRun(view: StudyView): Promise<{ title: string; perExample: readonly number[] } | undefined> {
  const { folder, journey } = view;
  if (folder === undefined) return undefined;
  const final = journey?.final?.found;
  const number = final === undefined ? bestTrial(view) : final.trial;
  if (number === undefined) return undefined;
  const state = stateFolderAt(dirname(dirname(folder)));
  const record = await readRecord(final?.folder ?? state.trial(folder.slice(state.runs.length + 1), number));
  if (record === undefined) return undefined;
  const kept = record.evaluations.find(({ step }) => step === record.bestStep);
  const title = final === undefined ? `trial ${number}, the best so far` : 'the tuned model';
  return { title, perExample: kept?.perExample ?? record.perExample };
}

function bestTrial({ trials }: StudyView): number | undefined {
  const measured = trials.map(readTrial).filter(({ state, values }) => state !== 'failed' && values.length > 0);
  const furthest = Math.max(...measured.map(({ values }) => values.length));
  const there = measured.filter(({ values }) => values.length === furthest);
  return there.sort((a, b) => lastValue(a)! - lastValue(b)!)[0]?.number;
}
