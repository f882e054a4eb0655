/** Each trial as a line through all its parameters and objectives. */

import { frontRanks, lossesOf } from '../multi-objective/ranks.js';
import type { StudySnapshot } from '../study/snapshot.js';
import { linearAxis, parameterAxis, parameterNames, type ValuedAxis } from './axis.js';
import type { ParameterOptions } from './slice.js';
import {
  completeTrials,
  drawnTrials,
  infoOf,
  isFeasible,
  type TargetInfo,
  type TargetOptions,
  targetOf,
} from './target.js';

export interface ParallelCoordinatesFigure {
  /** The target, or every objective where there are several and none was chosen. */
  readonly objectives: readonly ValuedAxis[];
  /** One for each parameter, by name. A trial that lacks it (null) needs a place of its own beside the axis. */
  readonly params: readonly ValuedAxis[];
  readonly trials: readonly number[];
  readonly feasible: readonly boolean[];
  /** What the lines are coloured by: the target, or with several objectives the number of the front, 0 the best. */
  readonly color: TargetInfo & { readonly values: readonly number[] };
  /** Rows of `trials` in the order to draw them, so that what matters most lies on top. */
  readonly order: readonly number[];
}

/**
 * Complete trials with finite values. Fronts are of the values alone, whatever the constraints.
 * @throws InvalidOptionError for a parameter no such trial has
 */
export function parallelCoordinatesFigure(
  study: StudySnapshot,
  options: TargetOptions & ParameterOptions = {},
): ParallelCoordinatesFigure {
  const hasSeveral = study.directions.length > 1 && !options.target && options.objective === undefined;
  const targets = hasSeveral
    ? study.directions.map((_, objective) => targetOf('parallelCoordinatesFigure', study, { objective }))
    : [targetOf('parallelCoordinatesFigure', study, options)];
  const trials = targets.reduce((kept, target) => drawnTrials({ trials: kept }, target), completeTrials(study));
  const names = parameterNames('parallelCoordinatesFigure', trials, options.params);
  const objectives = targets.map((target): ValuedAxis => {
    const values = trials.map((trial) => target.of(trial));
    return { ...linearAxis(target.name, values), values };
  });
  const color = hasSeveral
    ? {
        name: 'Pareto Rank',
        direction: 'minimize' as const,
        values: [...frontRanks(trials.map((trial) => lossesOf(trial, study.directions)))],
      }
    : { ...infoOf(targets[0]!), values: objectives[0]!.values as readonly number[] };
  return {
    objectives,
    params: names.map((name) => parameterAxis(trials, name, false)),
    trials: trials.map(({ number }) => number),
    feasible: trials.map(isFeasible),
    color,
    order: drawingOrder(color),
  };
}

/** The best last; in the order of trials where it is not known what is best. */
function drawingOrder({ direction, values }: ParallelCoordinatesFigure['color']): number[] {
  const rows = [...values.keys()];
  if (!direction) return rows;
  const sign = direction === 'minimize' ? 1 : -1;
  return rows.sort((a, b) => sign * (values[b]! - values[a]!) || a - b);
}
