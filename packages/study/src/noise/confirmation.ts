/**
 * Confirmation: the best few of a search and the default again on shared seeds, so that neither luck nor a little noise
 * makes a result that is worse than the default. Repeats are trials of the same study, so a stopped confirmation goes on.
 */

import { InvalidOptionError } from '../errors.js';
import type { JsonValue } from '../json.js';
import { normalCdf } from '../numerics/normal.js';
import type { Direction, FrozenTrial, Params } from '../trial/frozen-trial.js';
import { type Contender, Contenders, type ExampleLosses, Repeats } from './contenders.js';
import { configurationsOf, seedOf } from './repeats.js';

export interface ConfirmationOptions {
  /** Repeats to make in all. Default: as `repeatBudget` keeps for a search of this size. */
  readonly runs?: number;
  /** Default `minimize`. */
  readonly direction?: Direction;
  /** Number of the trial with the default setting. Default 0. */
  readonly reference?: number;
  /** How many of the best configurations are repeated, if there are runs for them. Default 3. */
  readonly candidates?: number;
  /**
   * Seeds that all are repeated with, in this order, none of which the search has used. Default: the three integers after
   * the largest seed among the search's trials.
   */
  readonly seeds?: readonly JsonValue[];
  /** The probability of being better than the default that is enough to replace it. Default 0.97. */
  readonly confidence?: number;
  /** Losses of a trial on each validation example: how far the examples speak for others. */
  readonly losses?: ExampleLosses;
  /**
   * Shares of the schedule at which the search's trials were measured, so that those left early tell of the others. Only complete
   * trials are repeated. Default: only the end counts.
   */
  readonly shares?: readonly number[];
}

/** The run to make next: enqueue its parameters, with the seed as the user attribute `SEED_KEY`. */
export interface Repeat {
  readonly params: Params;
  readonly seed: JsonValue;
  /** Number of the trial that it repeats. */
  readonly of: number;
}

export interface Verdict {
  /**
   * `better`: clear enough to replace the default. `within-noise`: ahead, but not clearly. `not-better`: not ahead on the
   * shared seeds. `unrepeated`: nothing was repeated on shared seeds, so the model of the search alone decides.
   */
  readonly kind: 'better' | 'within-noise' | 'not-better' | 'unrepeated';
  /** The first trial of the configuration to use: the default's, unless another is better. */
  readonly trial: FrozenTrial;
  /** All that were to be confirmed, the best first. */
  readonly candidates: readonly Contender[];
  /** A sentence for people. */
  readonly why: string;
}

/** Candidates that are better than the default, or than the leader, with less than this probability are dropped. */
const HOPELESS = 0.1;
/** Without repeats, a candidate was picked for its value, and more is asked of it. */
const UNREPEATED_CONFIDENCE = 0.98;
const SEEDS = 3;

/** Of all runs, what is kept for repeats. */
const SHARE = 0.2;

/**
 * How many of so many trials to keep for repeats: a fifth, at least two, as one comparison takes two runs.
 * @throws InvalidOptionError for fewer than three trials
 */
export function repeatBudget(trials: number): number {
  if (!(Number.isInteger(trials) && trials >= 3))
    throw new InvalidOptionError(`repeatBudget: ${trials} trials leave nothing to repeat; give an integer ≥ 3.`);
  return Math.max(2, Math.round(SHARE * trials));
}

/** Made when the search is over, from its trials; after a restart, from all there are. */
export class Confirmation {
  readonly #contenders: Contenders;
  readonly #seeds: readonly JsonValue[];
  readonly #runs: number;
  readonly #confidence: number;
  readonly #losses: ExampleLosses | undefined;

  /**
   * @throws TrialNotFoundError when the default's trial is not complete and feasible
   * @throws NoTrialError when there is nothing to compare it with
   * @throws InvalidOptionError
   */
  constructor(trials: readonly FrozenTrial[], options: ConfirmationOptions = {}) {
    const { direction = 'minimize', reference = 0, candidates = 3, confidence = 0.97, shares } = options;
    const configurations = configurationsOf(trials);
    const runs = options.runs ?? Math.max(2, Math.round((configurations.length * SHARE) / (1 - SHARE)));
    if (!(Number.isInteger(candidates) && candidates >= 1))
      throw new InvalidOptionError(`Confirmation: candidates is ${candidates}; give an integer ≥ 1.`);
    if (!(Number.isInteger(runs) && runs >= 0))
      throw new InvalidOptionError(`Confirmation: runs is ${runs}; give an integer ≥ 0.`);
    if (!(confidence >= 0 && confidence < 1))
      throw new InvalidOptionError(`Confirmation: confidence is ${confidence}; give 0 ≤ confidence < 1.`);
    const most = candidatesFor(runs, candidates);
    this.#contenders = new Contenders(trials, { reference, direction, most, shares });
    this.#seeds = options.seeds ?? seedsAfter(configurations.map(({ trial }) => trial));
    this.#runs = runs;
    this.#confidence = confidence;
    this.#losses = options.losses;
  }

  /**
   * The repeat to run next, or null when the confirmation is over: the default on a seed first, then the candidates, the best
   * first; on the next seed only those that may still win. Repeats that wait or run count as made, so several can run at once.
   * @param trials all of the study as they are now
   */
  next(trials: readonly FrozenTrial[]): Repeat | null {
    const repeats = this.#repeatsAmong(trials);
    const alive = survivors(this.#contenders.standing(repeats, this.#losses));
    const { reference } = this.#contenders;
    const left = this.#runs - repeats.count;
    for (const seed of this.#seeds) {
      const [open] = alive.filter(({ trial }) => !repeats.has(trial, seed));
      if (!open) continue;
      const isDefaultOpen = !repeats.has(reference, seed);
      if (left < (isDefaultOpen ? 2 : 1)) return null;
      const { params, number } = isDefaultOpen ? reference : open.trial;
      return { params, seed, of: number };
    }
    return null;
  }

  /**
   * What to use: the best candidate by its posterior if it is ahead of the default on the shared seeds, and better than it with
   * enough probability; else the default.
   * @param trials all of the study as they are now
   */
  verdict(trials: readonly FrozenTrial[]): Verdict {
    const all = this.#contenders.standing(this.#repeatsAmong(trials), this.#losses);
    const repeated = all.filter(({ pairs }) => pairs.length > 0);
    if (repeated.length === 0) return this.#unrepeated(all);
    const candidates = [...repeated, ...all.filter(({ pairs }) => pairs.length === 0)];
    const better = repeated.find((one) => isAhead(one) && one.gain.probabilityBetter >= this.#confidence);
    if (better) return { kind: 'better', trial: better.trial, candidates, why: sentence(better, 'better') };
    const kind = isAhead(repeated[0]!) ? 'within-noise' : 'not-better';
    return { kind, trial: this.#contenders.reference, candidates, why: sentence(repeated[0]!, kind) };
  }

  #unrepeated(candidates: readonly Contender[]): Verdict {
    const best = candidates[0]!;
    const isClear = best.gain.probabilityBetter >= Math.max(this.#confidence, UNREPEATED_CONFIDENCE);
    const trial = isClear ? best.trial : this.#contenders.reference;
    const end = isClear ? 'clear enough to take it' : 'not clear enough, so the default is kept';
    const why = `Nothing was repeated on other seeds. By a model of the search, trial ${best.trial.number} is better than the default with a probability of ${percent(best)}: ${end}.`;
    return { kind: 'unrepeated', trial, candidates, why };
  }

  #repeatsAmong(trials: readonly FrozenTrial[]): Repeats {
    return new Repeats(configurationsOf(trials), this.#seeds);
  }
}

/** Whole numbers that no trial of the search has as its seed. */
function seedsAfter(first: readonly FrozenTrial[]): number[] {
  const last = first.map(seedOf).reduce<number>((a, b) => (Number.isInteger(b) ? Math.max(a, b as number) : a), 0);
  return Array.from({ length: SEEDS }, (_, i) => last + 1 + i);
}

/** As many as leave enough for the best one on a second seed, as far as there are runs for that. */
function candidatesFor(runs: number, most: number): number {
  return Math.max(1, Math.min(most, runs < 4 ? runs - 1 : runs - 3));
}

/** Of contenders in their order, those that may still be the best. */
function survivors(contenders: readonly Contender[]): Contender[] {
  const [leader] = contenders;
  return contenders.filter(
    (one) => one.gain.probabilityBetter >= HOPELESS && (one === leader || mayBeat(one, leader!)),
  );
}

function mayBeat({ gain }: Contender, { gain: best }: Contender): boolean {
  return normalCdf((gain.mean - best.mean) / Math.hypot(gain.standardError, best.standardError)) >= HOPELESS;
}

function isAhead({ pairs }: Contender): boolean {
  return pairs.reduce((sum, pair) => sum + pair, 0) > 0;
}

function sentence(one: Contender, kind: Exclude<Verdict['kind'], 'unrepeated'>): string {
  const { trial, pairs } = one;
  const average = pairs.reduce((sum, pair) => sum + pair, 0) / pairs.length;
  const on = `On ${pairs.length} shared ${pairs.length === 1 ? 'seed' : 'seeds'}, trial ${trial.number}`;
  const size = Number(Math.abs(average).toPrecision(3));
  if (kind === 'not-better') return `${on} was no better than the default (by ${size} worse): the default is kept.`;
  const found = `${on} was better than the default by ${size}, and with all trials that is so with a probability of ${percent(one)}`;
  return kind === 'better' ? `${found}.` : `${found}: too little to leave the default, which is kept.`;
}

function percent({ gain }: Contender): string {
  return `${Math.round(100 * gain.probabilityBetter)} %`;
}
