/** Every pair of parameters as a scatter plot coloured by rank, which no outlier can wash out. */

import type { StudySnapshot } from '../study/snapshot.js';
import { parameterAxis, parameterNames, type ValuedAxis } from './axis.js';
import type { ParameterOptions } from './slice.js';
import {
  completeTrials,
  finiteOrNull,
  infoOf,
  isFeasible,
  type TargetInfo,
  type TargetOptions,
  targetOf,
} from './target.js';

export interface RankFigure {
  readonly target: TargetInfo;
  /** One for each parameter, by name; any two of them make a panel, of the trials that have both. */
  readonly axes: readonly ValuedAxis[];
  readonly trials: readonly number[];
  /** Null where infinite. */
  readonly targets: readonly (number | null)[];
  /** Each target's place, 0 for the lowest to 1 for the highest; equal ones share the middle of theirs. */
  readonly ranks: readonly number[];
  readonly feasible: readonly boolean[];
}

/**
 * All complete trials.
 * @throws InvalidOptionError for a parameter no complete trial has
 */
export function rankFigure(study: StudySnapshot, options: TargetOptions & ParameterOptions = {}): RankFigure {
  const target = targetOf('rankFigure', study, options);
  const trials = completeTrials(study).filter((trial) => !Number.isNaN(target.of(trial)));
  const targets = trials.map((trial) => target.of(trial));
  const names = parameterNames('rankFigure', trials, options.params);
  return {
    target: infoOf(target),
    axes: names.map((name) => parameterAxis(trials, name, true)),
    trials: trials.map(({ number }) => number),
    targets: targets.map(finiteOrNull),
    ranks: ranksOf(targets),
    feasible: trials.map(isFeasible),
  };
}

function ranksOf(values: readonly number[]): number[] {
  if (values.length < 2) return values.map(() => 0.5);
  const sorted = Float64Array.from(values).sort();
  const places = new Map<number, number>();
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    places.set(sorted[from]!, (from + to - 1) / 2 / (sorted.length - 1));
  }
  return values.map((value) => places.get(value)!);
}
