/** What was still to be gained after each trial, as a terminator saw it, and below which the search may stop. */

import { InvalidOptionError, UnsupportedError } from '../errors.js';
import type { StudySnapshot } from '../study/snapshot.js';
import { RegretBoundTerminator } from '../terminators/regret-bound.js';
import type { Terminator } from '../terminators/terminator.js';
import { type Axis, linearAxis } from './axis.js';
import { finiteOrNull } from './target.js';

export interface TerminatorImprovementOptions {
  /** Default: `RegretBoundTerminator`. */
  readonly terminator?: Terminator;
  /** Ask it after so many trials at most, evenly spread, the last one among them: model-based ones take long. Default 100. */
  readonly points?: number;
}

export interface TerminatorImprovementFigure {
  readonly x: Axis;
  readonly y: Axis;
  /** After which trials it was asked. */
  readonly trials: readonly number[];
  /** Null where it could not say yet. */
  readonly improvements: readonly (number | null)[];
  readonly bars: readonly (number | null)[];
  /** The first of these trials after which it would have stopped the study; null when none. */
  readonly stopsAfter: number | null;
}

/**
 * @throws UnsupportedError for several objectives
 * @throws InvalidOptionError unless `points` is an integer ≥ 1
 */
export function terminatorImprovementFigure(
  study: StudySnapshot,
  options: TerminatorImprovementOptions = {},
): TerminatorImprovementFigure {
  const { terminator = new RegretBoundTerminator(), points = 100 } = options;
  const [direction, second] = study.directions;
  if (!direction || second) {
    throw new UnsupportedError(
      `terminatorImprovementFigure needs one objective; study '${study.name}' has ${study.directions.length}.`,
    );
  }
  if (!(Number.isInteger(points) && points >= 1)) {
    throw new InvalidOptionError(`terminatorImprovementFigure: points is ${points}; give an integer ≥ 1.`);
  }
  const first = study.trials.findIndex(({ state }) => state === 'COMPLETE');
  const rows = first < 0 ? [] : spread(first, study.trials.length - 1, points);
  const decisions = rows.map((row) => terminator.decide({ trials: study.trials.slice(0, row + 1), direction }));
  const trials = rows.map((row) => study.trials[row]!.number);
  const improvements = decisions.map(({ improvement }) => finiteOrNull(improvement));
  const bars = decisions.map(({ bar }) => finiteOrNull(bar));
  return {
    x: linearAxis('Trial', trials),
    y: linearAxis('Improvement', [...improvements, ...bars]),
    trials,
    improvements,
    bars,
    stopsAfter: trials[decisions.findIndex(({ stop }) => stop)] ?? null,
  };
}

/** At most `count` integers from one to another, the last among them. */
function spread(from: number, to: number, count: number): number[] {
  const step = Math.max(1, (to - from) / Math.max(1, count - 1));
  const steps = Math.min(count - 1, Math.floor((to - from) / step + 1e-9));
  return Array.from({ length: steps + 1 }, (_, i) => to - Math.round((steps - i) * step));
}
