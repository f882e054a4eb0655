/** The target over each pair of parameters, as a map. */

import type { StudySnapshot } from '../study/snapshot.js';
import type { Direction } from '../trial/frozen-trial.js';
import { parameterAxis, parameterNames, type ValuedAxis } from './axis.js';
import type { ParameterOptions } from './slice.js';
import { drawnTrials, infoOf, isFeasible, type TargetInfo, type TargetOptions, targetOf } from './target.js';

export interface ContourAxis extends ValuedAxis {
  /** Coordinates that occur, each once, ascending. */
  readonly grid: readonly number[];
}

/** What is known of one pair; the map in between is for the page to fill in. */
export interface ContourPanel {
  /** Indices into the figure's axes; x < y. */
  readonly x: number;
  readonly y: number;
  /** Cell k is at (xs[k], ys[k]), indices into the two axes' grids. */
  readonly cells: {
    readonly xs: readonly number[];
    readonly ys: readonly number[];
    /** The best target of the trials there; of a `target` function the last one. */
    readonly targets: readonly number[];
  };
}

export interface ContourFigure {
  readonly target: TargetInfo;
  /** One for each parameter, by name. */
  readonly axes: readonly ContourAxis[];
  readonly trials: readonly number[];
  readonly targets: readonly number[];
  readonly feasible: readonly boolean[];
  /** One for each pair of parameters with at least two coordinates each. */
  readonly panels: readonly ContourPanel[];
}

/**
 * Complete trials with a finite target. A panel is of parameters a and b for a before b; the other way round it is mirrored.
 * @throws InvalidOptionError for a parameter no such trial has
 */
export function contourFigure(study: StudySnapshot, options: TargetOptions & ParameterOptions = {}): ContourFigure {
  const target = targetOf('contourFigure', study, options);
  const trials = drawnTrials(study, target);
  const targets = trials.map((trial) => target.of(trial));
  const axes = parameterNames('contourFigure', trials, options.params).map((name): ContourAxis => {
    const axis = parameterAxis(trials, name, true);
    const grid = [...new Set(axis.values.filter((value) => value !== null))].sort((a, b) => a - b);
    return { ...axis, grid };
  });
  const places = axes.map(({ grid, values }) => {
    const indices = new Map(grid.map((value, i) => [value, i]));
    return values.map((value) => (value === null ? -1 : indices.get(value)!));
  });
  const panels: ContourPanel[] = [];
  for (let y = 1; y < axes.length; y++) {
    for (let x = 0; x < y; x++) {
      if (axes[x]!.grid.length < 2 || axes[y]!.grid.length < 2) continue;
      panels.push({ x, y, cells: cellsOf(places[x]!, places[y]!, axes[x]!.grid.length, targets, target.direction) });
    }
  }
  return {
    target: infoOf(target),
    axes,
    trials: trials.map(({ number }) => number),
    targets,
    feasible: trials.map(isFeasible),
    panels,
  };
}

function cellsOf(
  xs: readonly number[],
  ys: readonly number[],
  width: number,
  targets: readonly number[],
  direction: Direction | null,
): ContourPanel['cells'] {
  const sign = direction === 'maximize' ? -1 : 1;
  const cells = new Map<number, number>();
  for (const [i, target] of targets.entries()) {
    if (xs[i]! < 0 || ys[i]! < 0) continue;
    const cell = ys[i]! * width + xs[i]!;
    const before = cells.get(cell);
    const isBetter = before === undefined || direction === null || sign * target < sign * before;
    if (isBetter) cells.set(cell, target);
  }
  const keys = [...cells.keys()];
  return {
    xs: keys.map((key) => key % width),
    ys: keys.map((key) => Math.floor(key / width)),
    targets: [...cells.values()],
  };
}
