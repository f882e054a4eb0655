/** What an earlier study says of a new one: its best setting, and how far it ranks the new one's trials as they turned out. */

import type { SearchSpace } from '../distributions/distribution.js';
import { coordinate, valueAt } from '../distributions/unit.js';
import { own } from '../json.js';
import { meanTrials } from '../noise/repeats.js';
import type { GaussianProcess } from '../samplers/gp/gaussian-process.js';
import { standardize } from '../samplers/gp/observations.js';
import type { UnitSpace } from '../samplers/gp/unit-space.js';
import { recommendedTrial } from '../study/recommended-trial.js';
import { fitTo, measured } from '../terminators/model.js';
import type { Direction, FrozenTrial, Params } from '../trial/frozen-trial.js';

export interface PastStudy {
  readonly name: string;
  readonly trials: readonly FrozenTrial[];
  /** Default `minimize`. */
  readonly direction?: Direction;
}

/** Fewer complete trials say too little of where the best is. */
const FEWEST = 4;

export class PastModel {
  readonly name: string;
  readonly #winner: Params | null;
  readonly #space: UnitSpace | null;
  readonly #process: GaussianProcess | null;

  constructor({ name, trials, direction = 'minimize' }: PastStudy) {
    this.name = name;
    const complete = trials.filter(({ state, values }) => state === 'COMPLETE' && Number.isFinite(values![0]));
    const { trials: means } = meanTrials(complete);
    const all = means.length >= FEWEST ? measured({ trials: means, direction }) : null;
    this.#winner = all ? recommendedTrial(complete, { direction }).trial.params : null;
    this.#space = all?.space ?? null;
    this.#process = all && fitTo(all.space, all.points, standardize(all.values));
  }

  /**
   * Its best setting by a model of its trials, numbers moved into the space's ranges; null when it has too few trials, or did
   * not have one of the space's parameters or choices.
   */
  winner(space: SearchSpace): Params | null {
    return this.#winner && movedInto(space, this.#winner);
  }

  /**
   * Of all pairs of complete trials with different values, the share that its model puts in the right order: 1/2 is chance,
   * and what is given without two such trials that it can judge.
   */
  agreement(trials: readonly FrozenTrial[], direction: Direction = 'minimize'): number {
    const sign = direction === 'minimize' ? -1 : 1;
    const judged = trials.flatMap(({ state, params, values }) => {
      const point = state === 'COMPLETE' ? this.#space?.encode(params) : null;
      return point ? [{ value: sign * values![0]!, predicted: this.#process!.posterior(point).mean }] : [];
    });
    let [right, pairs] = [0, 0];
    for (const [i, a] of judged.entries()) {
      for (const b of judged.slice(0, i)) {
        if (a.value === b.value) continue;
        pairs++;
        if (a.value > b.value === a.predicted > b.predicted) right++;
      }
    }
    return pairs === 0 ? 0.5 : right / pairs;
  }
}

/** Parameters moved into a space: numbers to the nearest that it has; null where one is missing, or a choice is not among its choices. */
export function movedInto(space: SearchSpace, params: Params): Params | null {
  const values = Object.entries(space).map(([name, distribution]) => {
    const at = coordinate(distribution, own(params, name));
    if (Number.isNaN(at)) return [name, undefined] as const;
    const inside = distribution.type === 'categorical' ? at : Math.min(1, Math.max(0, at));
    return [name, valueAt(distribution, inside)] as const;
  });
  return values.some(([, value]) => value === undefined) ? null : (Object.fromEntries(values) as Params);
}
