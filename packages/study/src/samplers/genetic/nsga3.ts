/**
 * NSGA-III (Deb and Jain, IEEE Trans. Evol. Comput. 18, 2014) for three and more objectives and many trials: of a front that does
 * not fit, survivors are shared out among evenly spread directions, where crowding tells little.
 */

import { InvalidOptionError } from '../../errors.js';
import { lossesOf } from '../../multi-objective/ranks.js';
import { RandomGenerator } from '../../numerics/random.js';
import type { Direction, FrozenTrial } from '../../trial/frozen-trial.js';
import { type GeneticOptions, GeneticSampler } from './genetic-sampler.js';
import { wholeFronts } from './nsga2.js';
import { divisionsFor, evenDirections, fillNiches, nichesOf, normalizeLosses } from './reference-points.js';

export interface Nsga3Options extends GeneticOptions {
  /**
   * Points whose directions from the best corner are to be covered, one number ≥ 0 for each objective, smaller being better:
   * to prefer some part of the front. Default: evenly spread ones.
   */
  readonly referencePoints?: readonly (readonly number[])[];
  /** Steps from one objective to another among evenly spread points. Default: as many as give at most one a trial. */
  readonly divisions?: number;
}

export class Nsga3Sampler extends GeneticSampler {
  readonly #referencePoints: readonly (readonly number[])[] | undefined;
  readonly #divisions: number | undefined;

  /** @throws InvalidOptionError */
  constructor(options: Nsga3Options = {}) {
    super('Nsga3Sampler', 'NSGAIIISampler:generation', options);
    const { referencePoints, divisions } = options;
    if (divisions !== undefined && !(Number.isInteger(divisions) && divisions >= 1))
      throw new InvalidOptionError(`Nsga3Sampler: divisions is ${divisions}; give an integer ≥ 1.`);
    const isDirection = (point: readonly number[]) =>
      point.every((x) => x >= 0 && Number.isFinite(x)) && point.some((x) => x > 0);
    if (referencePoints && !(referencePoints.length > 0 && referencePoints.every(isDirection))) {
      throw new InvalidOptionError(
        'Nsga3Sampler: referencePoints needs at least one point, each of numbers ≥ 0 of which one is above 0.',
      );
    }
    this.#referencePoints = referencePoints;
    this.#divisions = divisions;
  }

  protected override selectElite(
    trials: readonly FrozenTrial[],
    directions: readonly Direction[],
    generation: number,
  ): FrozenTrial[] {
    const random = RandomGenerator.of(this.seed, generation, 'niches');
    const points = this.#pointsFor(directions.length);
    return eliteByNiches(trials, this.populationSize, directions, points, (items) => random.shuffled(items));
  }

  #pointsFor(objectives: number): readonly (readonly number[])[] {
    const points = this.#referencePoints;
    if (!points) return evenDirections(objectives, this.#divisions ?? divisionsFor(objectives, this.populationSize));
    const odd = points.find((point) => point.length !== objectives);
    if (!odd) return points;
    throw new InvalidOptionError(
      `Nsga3Sampler: a reference point has ${odd.length} numbers, but the study has ${objectives} objectives.`,
    );
  }
}

/** The `size` best trials: whole fronts, and of the last one those that fill the emptiest directions. */
export function eliteByNiches(
  trials: readonly FrozenTrial[],
  size: number,
  directions: readonly Direction[],
  points: readonly (readonly number[])[],
  shuffled: <T>(items: readonly T[]) => T[],
): FrozenTrial[] {
  return wholeFronts(trials, size, directions, (elite, front, room) => {
    const losses = [...elite, ...front].map((trial) => lossesOf(trial, directions));
    const niches = nichesOf(normalizeLosses(losses), points);
    const rows = fillNiches(room, niches.slice(0, elite.length), niches.slice(elite.length), shuffled);
    return rows.map((row) => front[row]!);
  });
}
