/**
 * NSGA-II (Deb et al., IEEE Trans. Evol. Comput. 6, 2002) as in Optuna, for two or three objectives and many trials: of a front
 * that does not fit, those that stand most alone survive.
 */

import { byCrowding, constrainedRanks } from '../../multi-objective/ranks.js';
import type { Direction, FrozenTrial } from '../../trial/frozen-trial.js';
import { type GeneticOptions, GeneticSampler } from './genetic-sampler.js';

export class Nsga2Sampler extends GeneticSampler {
  /** @throws InvalidOptionError */
  constructor(options: GeneticOptions = {}) {
    super('Nsga2Sampler', 'NSGAIISampler:generation', options);
  }

  protected override selectElite(trials: readonly FrozenTrial[], directions: readonly Direction[]): FrozenTrial[] {
    return eliteByCrowding(trials, this.populationSize, directions);
  }
}

/** The `size` best trials: whole fronts, and of the last one those that stand most alone. */
export function eliteByCrowding(
  trials: readonly FrozenTrial[],
  size: number,
  directions: readonly Direction[],
): FrozenTrial[] {
  return wholeFronts(trials, size, directions, (_, front, room) => byCrowding(front).slice(0, room));
}

/**
 * The best trials, front by front.
 * @param choose from the first front that does not fit, so many
 */
export function wholeFronts(
  trials: readonly FrozenTrial[],
  size: number,
  directions: readonly Direction[],
  choose: (elite: readonly FrozenTrial[], front: readonly FrozenTrial[], room: number) => readonly FrozenTrial[],
): FrozenTrial[] {
  const ranks = constrainedRanks(trials, directions);
  const elite: FrozenTrial[] = [];
  for (let rank = 0; elite.length < size && elite.length < trials.length; rank++) {
    const front = trials.filter((_, row) => ranks[row] === rank);
    const room = size - elite.length;
    elite.push(...(front.length <= room ? front : choose(elite, front, room)));
  }
  return elite;
}
