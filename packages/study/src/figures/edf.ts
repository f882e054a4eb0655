/** The share of trials whose target is at most some value (empirical distribution function), to compare searches and spaces. */

import type { StudySnapshot } from '../study/snapshot.js';
import { type Axis, linearAxis } from './axis.js';
import { drawnTrials, infoOf, listOf, type TargetInfo, type TargetOptions, targetOf } from './target.js';

export interface EdfFigure {
  readonly target: TargetInfo;
  readonly x: Axis;
  readonly y: Axis;
  /** A hundred values from the lowest to the highest of all studies; empty when there are none. */
  readonly at: readonly number[];
  /** The share of each study's trials at most each of these; empty for a study without trials. */
  readonly lines: readonly { readonly study: string; readonly shares: readonly number[] }[];
}

const POINTS = 100;

/** Complete trials with a finite target. */
export function edfFigure(studies: StudySnapshot | readonly StudySnapshot[], options: TargetOptions = {}): EdfFigure {
  const all = listOf(studies).map((study) => {
    const target = targetOf('edfFigure', study, options);
    const values = Float64Array.from(drawnTrials(study, target), (trial) => target.of(trial)).sort();
    return { study: study.name, target, values };
  });
  const filled = all.filter(({ values }) => values.length > 0);
  const low = Math.min(...filled.map(({ values }) => values[0]!));
  const high = Math.max(...filled.map(({ values }) => values[values.length - 1]!));
  const step = (high - low) / (POINTS - 1);
  const at =
    filled.length === 0 ? [] : Array.from({ length: POINTS }, (_, i) => (i < POINTS - 1 ? low + i * step : high));
  const [first] = all;
  return {
    target: first ? infoOf(first.target) : { name: options.targetName ?? 'Objective Value', direction: null },
    x: linearAxis(first?.target.name ?? '', at),
    y: { label: 'Cumulative Probability', scale: 'linear', labels: null, range: [0, 1] },
    at,
    lines: all.map(({ study, values }) => ({ study, shares: sharesOf(values, at) })),
  };
}

function sharesOf(sorted: Float64Array, at: readonly number[]): number[] {
  if (sorted.length === 0) return [];
  let count = 0;
  return at.map((bar) => {
    while (count < sorted.length && sorted[count]! <= bar) count++;
    return count / sorted.length;
  });
}
