/** The learning curve of each trial. */

import type { StudySnapshot } from '../study/snapshot.js';
import type { TrialState } from '../trial/frozen-trial.js';
import { lastStep } from '../trial/frozen-trial.js';
import { type Axis, linearAxis } from './axis.js';
import { finiteOrNull, isFeasible } from './target.js';

export interface Curve {
  readonly trial: number;
  readonly state: TrialState;
  readonly feasible: boolean;
  /** Ascending. */
  readonly steps: readonly number[];
  /** One for each step; null where NaN or infinite was reported. */
  readonly values: readonly (number | null)[];
}

export interface IntermediateValuesFigure {
  readonly x: Axis;
  readonly y: Axis;
  readonly curves: readonly Curve[];
}

/** Running, pruned and complete trials that have reported something. */
export function intermediateValuesFigure({ trials }: Pick<StudySnapshot, 'trials'>): IntermediateValuesFigure {
  const drawn = trials.filter(
    ({ state, intermediateValues }) => state !== 'FAIL' && state !== 'WAITING' && intermediateValues.size > 0,
  );
  const curves = drawn.map((trial): Curve => {
    const reports = [...trial.intermediateValues].sort(([a], [b]) => a - b);
    return {
      trial: trial.number,
      state: trial.state,
      feasible: isFeasible(trial),
      steps: reports.map(([step]) => step),
      values: reports.map(([, value]) => finiteOrNull(value)),
    };
  });
  return {
    x: linearAxis('Step', [...drawn.map(lastStep), ...curves.map(({ steps }) => steps[0]!)]),
    y: linearAxis(
      'Intermediate Value',
      curves.flatMap(({ values }) => values),
    ),
    curves,
  };
}
