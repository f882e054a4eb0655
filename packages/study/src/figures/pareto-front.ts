/** Trials by two or three of their objectives, and which of them none other is better than. */

import { InvalidOptionError } from '../errors.js';
import { paretoFront } from '../study/best-trials.js';
import type { StudySnapshot } from '../study/snapshot.js';
import type { FrozenTrial } from '../trial/frozen-trial.js';
import { type Axis, linearAxis } from './axis.js';
import { completeTrials, finiteOrNull, isFeasible, targetOf } from './target.js';

export interface ParetoFrontOptions {
  /** Two or three objectives, counted from 0. Default: all. */
  readonly objectives?: readonly number[];
  /** Two or three numbers to draw instead of objectives. The front remains that of all objectives. */
  readonly targets?: (trial: FrozenTrial) => readonly number[];
  /** One for each number that is drawn. Default: metric names. */
  readonly targetNames?: readonly string[];
  /** Draw trials that others dominate, too. Default true. */
  readonly includeDominated?: boolean;
}

export type ParetoKind = 'best' | 'dominated' | 'infeasible';

export interface ParetoFrontFigure {
  /** Two or three. */
  readonly axes: readonly Axis[];
  readonly trials: readonly number[];
  /** For each axis the trials' values; null where infinite. */
  readonly values: readonly (readonly (number | null)[])[];
  readonly kinds: readonly ParetoKind[];
}

/**
 * Complete trials.
 * @throws InvalidOptionError unless there are two or three numbers to draw, each with a name
 */
export function paretoFrontFigure(study: StudySnapshot, options: ParetoFrontOptions = {}): ParetoFrontFigure {
  const { objectives = [...study.directions.keys()], includeDominated = true } = options;
  const complete = completeTrials(study);
  const best = new Set(paretoFront(complete, study.directions));
  const kindOf = (trial: FrozenTrial): ParetoKind =>
    best.has(trial) ? 'best' : isFeasible(trial) ? 'dominated' : 'infeasible';
  const drawn = complete.filter((trial) => includeDominated || kindOf(trial) !== 'dominated');
  const chosen = objectives.map((objective) => targetOf('paretoFrontFigure', study, { objective }));
  const points = drawn.map(options.targets ?? ((trial) => chosen.map((target) => target.of(trial))));
  const names = options.targetNames ?? (options.targets ? points[0]?.map((_, i) => `Target ${i}`) : undefined);
  const labels = names ?? chosen.map(({ name }) => name);
  checkNumber(labels, points);
  const values = labels.map((_, i) => points.map((point) => finiteOrNull(point[i]!)));
  return {
    axes: labels.map((label, i) => linearAxis(label, values[i]!)),
    trials: drawn.map(({ number }) => number),
    values,
    kinds: drawn.map(kindOf),
  };
}

function checkNumber(labels: readonly string[], points: readonly (readonly number[])[]): void {
  if (labels.length !== 2 && labels.length !== 3) {
    throw new InvalidOptionError(
      `paretoFrontFigure draws two or three numbers, not ${labels.length}; choose by objectives, e.g. [0, 1], or targets.`,
    );
  }
  const odd = points.find((point) => point.length !== labels.length);
  if (odd) {
    throw new InvalidOptionError(
      `paretoFrontFigure: there are ${labels.length} names, but targets gave ${odd.length} numbers; give one name each.`,
    );
  }
}
