/** What the curves measured so far say of every setting: how its run would end, and which is the best. */

import type { SearchSpace } from '../../distributions/distribution.js';
import type { Posterior } from '../../samplers/gp/gaussian-process.js';
import { UnitSpace } from '../../samplers/gp/unit-space.js';
import type { Direction } from '../../trial/frozen-trial.js';
import type { PausableTrial } from '../pausable-trial.js';
import { observeCurves } from './curve-observations.js';
import type { CurveProcess } from './curve-process.js';
import { fitCurves } from './fit-curves.js';

export interface CurveModelInput {
  readonly trials: readonly PausableTrial[];
  readonly space: SearchSpace;
  readonly shares: readonly number[];
  readonly direction: Direction;
}

export class CurveModel {
  readonly unit: UnitSpace;
  /** Of values of mean 0 and variance 1, larger is better; unfinished runs with a worker taken to end as predicted. */
  readonly process: CurveProcess;
  /** Measured trials that were brought to their end, the best predicted first. */
  readonly finished: readonly PausableTrial[];
  readonly #points: ReadonlyMap<number, Float64Array>;
  readonly #observed: readonly PausableTrial[];
  readonly #runs: ReadonlyMap<number, number>;

  constructor({ trials, space, shares, direction }: CurveModelInput) {
    this.unit = new UnitSpace(space);
    const { trials: observed, data } = observeCurves(trials, this.unit, shares, direction);
    const points = new Map(observed.map((trial) => [trial.number, this.unit.encode(trial.params)!]));
    const awaited = trials
      .filter(({ state }) => state === 'working')
      .flatMap(({ params }) => this.unit.encode(params) ?? [])
      .map((x) => ({ x, share: 1 }));
    this.process = fitCurves(data).settledAt(awaited);
    this.#points = points;
    this.#observed = observed;
    this.#runs = new Map(observed.map(({ number }, run) => [number, run]));
    const means = new Map(observed.map((trial) => [trial.number, this.end(trial).mean]));
    this.finished = observed
      .filter(({ state }) => state === 'complete')
      .sort((a, b) => means.get(b.number)! - means.get(a.number)! || a.number - b.number);
  }

  /** The point of a measured trial. */
  point(trial: PausableTrial): Float64Array {
    return this.#points.get(trial.number)!;
  }

  has(trial: PausableTrial): boolean {
    return this.#points.has(trial.number);
  }

  /**
   * How a measured trial ends, its seed included: settings differ by less than curves do from their start to their end, so that
   * much of what tells two ends apart would be put down to their seeds.
   */
  end(trial: PausableTrial): Posterior {
    return this.process.posteriorOfRun(this.#runs.get(trial.number)!, 1);
  }

  /** The best mean of a finished trial at its end; of any trial where none has finished. */
  get best(): number {
    const candidates = this.finished.length > 0 ? this.finished.slice(0, 1) : this.#observed;
    return Math.max(...candidates.map((trial) => this.end(trial).mean));
  }
}
