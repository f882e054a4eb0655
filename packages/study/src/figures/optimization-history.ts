/** Each trial's value and the best so far, for one study or several side by side. */

import { InvalidOptionError } from '../errors.js';
import type { StudySnapshot } from '../study/snapshot.js';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.js';
import { type Axis, linearAxis } from './axis.js';
import {
  finiteOrNull,
  infoOf,
  isFeasible,
  listOf,
  type Target,
  type TargetInfo,
  type TargetOptions,
  targetOf,
} from './target.js';

/** Incomplete trials are those that failed, were pruned, or have not ended. */
export type HistoryState = 'feasible' | 'infeasible' | 'incomplete';

export interface HistorySeries {
  readonly study: string;
  readonly trials: readonly number[];
  /** One for each trial; null where there is none or it is not finite. */
  readonly values: readonly (number | null)[];
  readonly states: readonly HistoryState[];
  /** Best feasible value up to each trial, null before there is one or if it is infinite; no list for a `target` function. */
  readonly best: readonly (number | null)[] | null;
}

export interface OptimizationHistoryFigure {
  readonly target: TargetInfo;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly HistorySeries[];
}

/**
 * The series of one study, or of several in the order given.
 * @throws UnsupportedError, InvalidOptionError as for every figure of one target
 */
export function optimizationHistoryFigure(
  studies: StudySnapshot | readonly StudySnapshot[],
  options: TargetOptions = {},
): OptimizationHistoryFigure {
  const all = listOf(studies);
  const targets = all.map((study) => targetOf('optimizationHistoryFigure', study, options));
  const series = all.map((study, i) => seriesOf(study, targets[i]!));
  const [first] = targets;
  return {
    target: first ? infoOf(first) : { name: options.targetName ?? 'Objective Value', direction: null },
    x: linearAxis(
      'Trial',
      series.flatMap(({ trials }) => trials),
    ),
    y: linearAxis(
      first?.name ?? '',
      series.flatMap(({ values }) => values),
    ),
    series,
  };
}

function seriesOf({ name, trials }: StudySnapshot, target: Target): HistorySeries {
  const raw = trials.map((trial) => (trial.state === 'COMPLETE' ? target.of(trial) : Number.NaN));
  const states = trials.map(stateOf);
  return {
    study: name,
    trials: trials.map(({ number }) => number),
    values: raw.map(finiteOrNull),
    states,
    best: target.direction ? bestSoFar(raw, states, target.direction) : null,
  };
}

function stateOf(trial: FrozenTrial): HistoryState {
  if (trial.state !== 'COMPLETE') return 'incomplete';
  return isFeasible(trial) ? 'feasible' : 'infeasible';
}

function bestSoFar(raw: readonly number[], states: readonly HistoryState[], direction: Direction): (number | null)[] {
  const better = direction === 'minimize' ? Math.min : Math.max;
  let best = direction === 'minimize' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return raw.map((value, i) => {
    if (states[i] === 'feasible') best = better(best, value);
    return finiteOrNull(best);
  });
}

export interface Band {
  /** Null where every study's value is infinite. */
  readonly means: readonly (number | null)[];
  /** Root mean square distance of the studies from their mean. */
  readonly deviations: readonly (number | null)[];
}

export interface MeanHistoryFigure {
  readonly target: TargetInfo;
  readonly x: Axis;
  readonly y: Axis;
  readonly studies: readonly string[];
  /** Numbers of trials that have a feasible, finite value in some study. */
  readonly trials: readonly number[];
  readonly values: Band;
  /** Null for a `target` function. */
  readonly best: Band | null;
}

/**
 * Mean and standard deviation of several studies' values at each trial number, as for repeats of one search; infeasible,
 * unfinished and infinite trials are left out.
 * @throws InvalidOptionError when the studies' directions differ
 */
export function meanHistoryFigure(studies: readonly StudySnapshot[], options: TargetOptions = {}): MeanHistoryFigure {
  const { target, series, x, y } = optimizationHistoryFigure(studies, options);
  const directions = new Set(studies.map((study) => targetOf('meanHistoryFigure', study, options).direction));
  if (directions.size > 1) {
    throw new InvalidOptionError('meanHistoryFigure: some of the studies minimise, others maximise; give one kind.');
  }
  const longest = Math.max(0, ...series.map(({ trials }) => trials.length));
  const feasible = (one: HistorySeries, number: number) =>
    one.states[number] === 'feasible' ? one.values[number]! : null;
  const trials = Array.from({ length: longest }, (_, number) => number).filter((number) =>
    series.some((one) => feasible(one, number) !== null),
  );
  const best = (one: HistorySeries, number: number) => one.best![number] ?? null;
  const band = (value: typeof feasible) => bandOf(trials.map((number) => series.map((one) => value(one, number))));
  return {
    target,
    x,
    y,
    studies: studies.map(({ name }) => name),
    trials,
    values: band(feasible),
    best: target.direction ? band(best) : null,
  };
}

function bandOf(columns: readonly (readonly (number | null)[])[]): Band {
  const numbers = columns.map((column) => column.filter((value) => value !== null));
  const means = numbers.map((column) => column.reduce((sum, value) => sum + value, 0) / column.length);
  const variances = numbers.map(
    (column, i) => column.reduce((sum, value) => sum + (value - means[i]!) ** 2, 0) / column.length,
  );
  return { means: means.map(finiteOrNull), deviations: variances.map((variance) => finiteOrNull(Math.sqrt(variance))) };
}
