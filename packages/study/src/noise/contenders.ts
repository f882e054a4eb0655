/** Who is confirmed: the best few of a search, against the default, with what repeats on shared seeds add to the search. */

import { NoTrialError, TrialNotFoundError } from '../errors.js';
import { type JsonValue, jsonEqual } from '../json.js';
import { violation } from '../trial/constraints.js';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.js';
import { TrialEffects } from '../zones/trial-effects.js';
import { type Gain, type GainPrior, gainOf } from './gain.js';
import { pairedDifference } from './paired.js';
import { type Configuration, configurationsOf, seedOf } from './repeats.js';

/** A configuration against the default. */
export interface Contender {
  /** Its first trial. */
  readonly trial: FrozenTrial;
  /** Gain over the default on each seed that both have finished, in units of the objective, larger is better. */
  readonly pairs: readonly number[];
  /**
   * The gain by these and by the model of the search's trials together, in units of the objective near the best; what is far
   * from there counts less.
   */
  readonly gain: Gain;
}

interface Candidate {
  readonly trial: FrozenTrial;
  readonly prior: readonly GainPrior[];
}

export interface ContendersOptions {
  /** Number of the trial with the default setting. */
  readonly reference: number;
  readonly direction: Direction;
  /** At most so many candidates. */
  readonly most: number;
  /** See `ConfirmationOptions`. */
  readonly shares: readonly number[] | undefined;
}

/** The losses of a trial on each validation example, in an order that all trials share. */
export type ExampleLosses = (trial: FrozenTrial) => readonly number[] | undefined;

/** What the search said: fixed once it is over, whatever is repeated then. */
export class Contenders {
  /** The trial with the default setting. */
  readonly reference: FrozenTrial;
  readonly #candidates: readonly Candidate[];
  readonly #effects: TrialEffects;
  readonly #direction: Direction;

  /**
   * @param trials of the search; of those with the same parameters only the first counts
   * @throws TrialNotFoundError when the reference is not complete and feasible
   */
  constructor(trials: readonly FrozenTrial[], { reference, direction, most, shares }: ContendersOptions) {
    const configurations = configurationsOf(trials);
    const origin = configurations.find(({ runs }) => runs.some(({ number }) => number === reference))?.trial;
    if (!origin || !isUsable(origin) || violation(origin) > 0)
      throw new TrialNotFoundError(`Trial ${reference}, the default to confirm against, is not complete and feasible.`);
    const first = configurations.map(({ trial }) => trial).filter(isUsable);
    if (first.length < 2) throw new NoTrialError('There is no complete trial besides the default to confirm.');
    this.reference = origin;
    this.#direction = direction;
    const searched = configurations.map(({ trial }) => trial);
    this.#effects = new TrialEffects(shares ? searched : first, { direction, shares });
    const { model } = this.#effects;
    const placeOf = (trial: FrozenTrial) => this.#effects.place(this.#effects.trials.indexOf(trial));
    const from = placeOf(origin);
    this.#candidates = first
      .filter((trial) => trial !== origin && violation(trial) === 0)
      .map((trial) => ({ trial, to: placeOf(trial), effect: model.mean(from, placeOf(trial)) }))
      .sort((a, b) => a.effect - b.effect)
      .slice(0, most)
      .map(({ trial, to }) => ({ trial, prior: model.components(from, to).map(asGain) }));
  }

  /** The candidates as their repeats have left them, the best first. */
  standing(repeats: Repeats, losses?: ExampleLosses): Contender[] {
    const { compression } = this.#effects;
    const sign = this.#direction === 'minimize' ? 1 : -1;
    const lossOf = (trial: FrozenTrial) => sign * trial.values![0]!;
    const contenders = this.#candidates.map(({ trial, prior }) => {
      const runs = repeats.pairs(trial, this.reference);
      const pairs = runs.map(([own, other]) => lossOf(other) - lossOf(own));
      const compressed = runs.map(
        ([own, other]) => compression.compress(lossOf(other)) - compression.compress(lossOf(own)),
      );
      const error = exampleError(runs, losses) * compressionOf(pairs, compressed);
      return { trial, pairs, gain: gainOf(prior, compressed, error) };
    });
    return contenders.sort((a, b) => b.gain.mean - a.gain.mean);
  }
}

/** By how much the differences of pairs shrink: what is measured in units of the objective shrinks with them. */
function compressionOf(pairs: readonly number[], compressed: readonly number[]): number {
  const size = (values: readonly number[]) => values.reduce((sum, value) => sum + Math.abs(value), 0);
  const whole = size(pairs);
  return whole === 0 ? 1 : size(compressed) / whole;
}

function asGain({ mean, variance, noise }: GainPrior): GainPrior {
  return { mean: -mean, variance, noise };
}

function isUsable({ state, values }: FrozenTrial): boolean {
  return state === 'COMPLETE' && Number.isFinite(values![0]);
}

type Pair = readonly [FrozenTrial, FrozenTrial];

/** Runs of the same parameters after the first, on seeds that all are repeated with; also those that wait or run. */
export class Repeats {
  readonly #runs: ReadonlyMap<number, readonly FrozenTrial[]>;

  constructor(configurations: readonly Configuration[], seeds: readonly JsonValue[]) {
    const isRepeat = (run: FrozenTrial) => seeds.some((seed) => jsonEqual(seed, seedOf(run) ?? null));
    this.#runs = new Map(configurations.map(({ trial, runs }) => [trial.number, runs.slice(1).filter(isRepeat)]));
  }

  get count(): number {
    return [...this.#runs.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Whether there is one, by the first trial of its configuration. */
  has({ number }: FrozenTrial, seed: JsonValue): boolean {
    return (this.#runs.get(number) ?? []).some((run) => jsonEqual(seedOf(run)!, seed));
  }

  /** Finished repeats of two configurations on the same seed. */
  pairs(first: FrozenTrial, second: FrozenTrial): Pair[] {
    const others = (this.#runs.get(second.number) ?? []).filter(isUsable);
    return (this.#runs.get(first.number) ?? []).filter(isUsable).flatMap((run): Pair[] => {
      const other = others.find((one) => jsonEqual(seedOf(one)!, seedOf(run)!));
      return other ? [[run, other]] : [];
    });
  }
}

/** Standard error of the mean difference over the examples, each averaged over the seeds first; 0 without their losses. */
function exampleError(pairs: readonly Pair[], losses: ExampleLosses | undefined): number {
  const measured = pairs.map((pair) => pair.map((trial) => losses?.(trial) ?? []));
  const count = Math.max(0, ...measured.flat().map(({ length }) => length));
  if (count < 2 || measured.some((pair) => pair.some(({ length }) => length !== count))) return 0;
  const average = (side: 0 | 1) =>
    Array.from({ length: count }, (_, i) => measured.reduce((sum, pair) => sum + pair[side]![i]!, 0) / pairs.length);
  return pairedDifference(average(0), average(1)).standardError;
}
