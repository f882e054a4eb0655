/** How the volume that the trials dominate has grown: progress in several objectives as one line. */

import { InvalidOptionError, UnsupportedError } from '../errors.js';
import { hypervolume } from '../multi-objective/hypervolume.js';
import { lossesOf } from '../multi-objective/ranks.js';
import { Staircase } from '../multi-objective/staircase.js';
import type { StudySnapshot } from '../study/snapshot.js';
import { type Axis, linearAxis } from './axis.js';
import { completeTrials, isFeasible } from './target.js';

export interface HypervolumeHistoryOptions {
  /**
   * The point up to which volume counts, one value for each objective. Default: the worst finite value of each among
   * feasible complete trials.
   */
  readonly reference?: readonly number[];
}

export interface HypervolumeHistoryFigure {
  readonly reference: readonly number[];
  readonly x: Axis;
  readonly y: Axis;
  /** Complete trials; infeasible ones add nothing. */
  readonly trials: readonly number[];
  readonly volumes: readonly number[];
}

/**
 * @throws UnsupportedError for a study of one objective
 * @throws InvalidOptionError when the reference has not one finite value for each objective
 */
export function hypervolumeHistoryFigure(
  study: StudySnapshot,
  options: HypervolumeHistoryOptions = {},
): HypervolumeHistoryFigure {
  const { directions } = study;
  if (directions.length < 2) {
    throw new UnsupportedError(
      `hypervolumeHistoryFigure needs several objectives; study '${study.name}' has one: use optimizationHistoryFigure.`,
    );
  }
  const complete = completeTrials(study);
  const losses = complete.map((trial) => (isFeasible(trial) ? lossesOf(trial, directions) : null));
  const signs = directions.map((direction) => (direction === 'minimize' ? 1 : -1));
  const corner = options.reference?.map((value, i) => value * signs[i]!) ?? worstOf(losses, directions.length);
  if (corner.length !== directions.length || !corner.every(Number.isFinite)) {
    throw new InvalidOptionError(
      `hypervolumeHistoryFigure: reference [${options.reference}] needs a finite number for each of ${directions.length} objectives.`,
    );
  }
  const volumes = growth(losses, corner);
  const trials = complete.map(({ number }) => number);
  return {
    reference: corner.map((value, i) => value * signs[i]!),
    x: linearAxis('Trial', trials),
    y: linearAxis('Hypervolume', volumes),
    trials,
    volumes,
  };
}

function worstOf(losses: readonly (readonly number[] | null)[], objectives: number): number[] {
  return Array.from({ length: objectives }, (_, i) => {
    const finite = losses.flatMap((point) => (point && Number.isFinite(point[i]!) ? [point[i]!] : []));
    return finite.reduce((worst, value) => Math.max(worst, value), finite[0] ?? 0);
  });
}

/** Each point adds its box up to the corner, less what the front takes of that box already. */
function growth(losses: readonly (readonly number[] | null)[], corner: readonly number[]): number[] {
  const gain = corner.length === 2 ? planeGain(corner) : boxGain(corner);
  let volume = 0;
  return losses.map((point) => {
    if (point?.every((value, i) => value <= corner[i]!)) volume += gain(point);
    return volume;
  });
}

function planeGain([right, top]: readonly number[]): (point: readonly number[]) => number {
  const staircase = new Staircase([right!, top!]);
  return ([x, y]) => staircase.insert(x!, y!);
}

function boxGain(corner: readonly number[]): (point: readonly number[]) => number {
  const last = corner.length - 1;
  // In the order of the last objective, in which the volume is computed: sorting what is nearly sorted takes no time.
  let front: (readonly number[])[] = [];
  return (point) => {
    if (front.some((other) => isWithin(other, point))) return 0;
    const limited = front.map((other) => other.map((value, i) => Math.max(value, point[i]!)));
    const box = point.reduce((product, value, i) => product * (corner[i]! - value), 1);
    front = front.filter((other) => !isWithin(point, other));
    const at = front.findIndex((other) => other[last]! > point[last]!);
    front.splice(at < 0 ? front.length : at, 0, point);
    return box - hypervolume(limited, corner);
  };
}

function isWithin(point: readonly number[], other: readonly number[]): boolean {
  for (let i = 0; i < point.length; i++) if (point[i]! > other[i]!) return false;
  return true;
}
