/** The number that a figure draws trials by, and which trials have it. */

import { InvalidOptionError, UnsupportedError } from '../errors.js';
import type { StudySnapshot } from '../study/snapshot.js';
import { violation } from '../trial/constraints.js';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.js';

export interface TargetOptions {
  /** The number to draw a complete trial by, e.g. a user attribute. Default: its value of `objective`. */
  readonly target?: (trial: FrozenTrial) => number;
  /** What the target is called. Default: the objective's metric name, or «Objective Value». */
  readonly targetName?: string;
  /** Which objective, counted from 0. Needed where a study has several and no `target` is given. */
  readonly objective?: number;
}

export interface TargetInfo {
  readonly name: string;
  /** Null for a `target` function: it is not known which of its values are better. */
  readonly direction: Direction | null;
}

export interface Target extends TargetInfo {
  of(trial: FrozenTrial): number;
}

/**
 * @throws UnsupportedError when there are several objectives and neither `target` nor `objective` chooses
 * @throws InvalidOptionError when there is no such objective
 */
export function targetOf(caller: string, study: Omit<StudySnapshot, 'trials'>, options: TargetOptions): Target {
  const { target, targetName, objective } = options;
  if (target) return { name: targetName ?? 'Target', direction: null, of: target };
  const { directions, metricNames } = study;
  if (directions.length > 1 && objective === undefined) {
    throw new UnsupportedError(
      `${caller}: study '${study.name}' has ${directions.length} objectives; say which by objective, or give a target.`,
    );
  }
  const index = objective ?? 0;
  const direction = directions[index];
  if (!direction) {
    throw new InvalidOptionError(
      `${caller}: study '${study.name}' has no objective ${index}; give 0 to ${directions.length - 1}.`,
    );
  }
  const unnamed = directions.length > 1 ? `Objective ${index}` : 'Objective Value';
  return { name: targetName ?? metricNames?.[index] ?? unnamed, direction, of: ({ values }) => values![index]! };
}

export function infoOf({ name, direction }: Target): TargetInfo {
  return { name, direction };
}

export function isFeasible(trial: FrozenTrial): boolean {
  return violation(trial) === 0;
}

/** JSON has no NaN and no infinities: they are null. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

export function completeTrials({ trials }: Pick<StudySnapshot, 'trials'>): FrozenTrial[] {
  return trials.filter(({ state }) => state === 'COMPLETE');
}

/** Complete trials whose target is a finite number. */
export function drawnTrials(study: Pick<StudySnapshot, 'trials'>, target: Target): FrozenTrial[] {
  return completeTrials(study).filter((trial) => Number.isFinite(target.of(trial)));
}

export function listOf(studies: StudySnapshot | readonly StudySnapshot[]): readonly StudySnapshot[] {
  return 'trials' in studies ? [studies] : studies;
}
