/**
 * Starts where like studies ended: the recommended setting first, then the best settings of past studies, then another sampler
 * that looks around the best of these that held, as long as the past agrees with what is seen. A past that is wrong costs a trial.
 */

import type { Distribution, SearchSpace } from '../distributions/distribution.js';
import { recommending } from '../distributions/distribution.js';
import { formatJson, type JsonValue } from '../json.js';
import { randomSeed } from '../numerics/random.js';
import { AutoSampler } from '../samplers/auto.js';
import type { JointSample, Sampler, SamplingContext } from '../samplers/sampler.js';
import { searchable } from '../search-space/searchable.js';
import type { FrozenTrial, Params } from '../trial/frozen-trial.js';
import { PastModel, type PastStudy } from './past-study.js';

export interface TransferOptions {
  /** The most alike first. */
  readonly past: readonly PastStudy[];
  readonly seed?: number;
  /** Chooses all other trials. Default: an `AutoSampler` with the same seed. */
  readonly sampler?: Sampler;
  /** At most so many settings of past studies are tried. Default 2. */
  readonly winners?: number;
}

/** With so many complete trials of its own, a study can tell whether the past ranks them right. */
const TELLING = 5;
/** Of pairs of trials, the past must put this share in order to be followed on. */
const AGREEING = 0.6;
const CONFIDENCE = 0.6;

export class TransferSampler implements Sampler {
  readonly #past: readonly PastModel[];
  readonly #sampler: Sampler;
  readonly #winners: number;

  constructor(options: TransferOptions) {
    this.#past = options.past.map((study) => new PastModel(study));
    this.#sampler = options.sampler ?? new AutoSampler({ seed: options.seed ?? randomSeed() });
    this.#winners = options.winners ?? 2;
  }

  beforeTrial(context: SamplingContext) {
    return this.#sampler.beforeTrial?.(this.#around(context));
  }

  /** All of the space when a past setting is next, whatever the other sampler samples together. */
  jointSpace(context: SamplingContext) {
    const { space } = context;
    if (space && this.#nextWinner(context, space)) return searchable(space);
    return this.#sampler.jointSpace?.(this.#around(context)) ?? {};
  }

  async sampleJointly(context: SamplingContext, space: SearchSpace): Promise<JointSample> {
    const next = this.#nextWinner(context, space);
    if (next) return { params: next };
    const around = this.#around({ ...context, space });
    return (await this.#sampler.sampleJointly?.(around, around.space!)) ?? { params: {} };
  }

  sample(context: SamplingContext, name: string, distribution: Distribution): JsonValue | Promise<JsonValue> {
    return this.#sampler.sample(context, name, distribution);
  }

  get afterTrial(): Sampler['afterTrial'] {
    return this.#sampler.afterTrial?.bind(this.#sampler);
  }

  /** A winner not tried yet, once the first trial has begun: each past that is wrong costs a trial, and says nothing of the next. */
  #nextWinner(context: SamplingContext, space: SearchSpace): Params | null {
    if (context.trial.number === 0) return null;
    return this.#distinctWinners(space).find(({ params }) => !trialOf(context.history.trials, params))?.params ?? null;
  }

  #distinctWinners(space: SearchSpace): { params: Params; past: PastModel }[] {
    const winners = new Map<string, { params: Params; past: PastModel }>();
    for (const past of this.#past) {
      const params = past.winner(space);
      const key = params && formatJson(params);
      if (key && !winners.has(key)) winners.set(key, { params, past });
    }
    return [...winners.values()].slice(0, this.#winners);
  }

  /** The context with the best past setting that held recommended in place of what was; as it is, when none did. */
  #around(context: SamplingContext): SamplingContext {
    const { space, history, study } = context;
    const direction = study.directions[0]!;
    if (!space || study.directions.length > 1) return context;
    const complete = history.finished.filter(({ state }) => state === 'COMPLETE');
    const [first] = history.trials;
    const held = this.#distinctWinners(space).flatMap(({ params, past }) => {
      const trial = trialOf(complete, params);
      if (!trial || !first || falls(trial, first, direction)) return [];
      return complete.length < TELLING || past.agreement(complete, direction) >= AGREEING ? [trial] : [];
    });
    if (held.length === 0) return context;
    const best = held.reduce((a, b) => (falls(a, b, direction) ? b : a));
    const recentred = Object.entries(space).map(([name, distribution]) => [
      name,
      recommending(distribution, { recommended: best.params[name]!, confidence: CONFIDENCE }),
    ]);
    return { ...context, space: Object.fromEntries(recentred) };
  }
}

function trialOf(trials: readonly FrozenTrial[], params: Params): FrozenTrial | undefined {
  return trials.find((trial) =>
    Object.entries(params).every(([name, value]) => formatJson(trial.params[name] ?? null) === formatJson(value)),
  );
}

/** Whether a trial has ended worse than another; false while either has no value. */
function falls(trial: FrozenTrial, other: FrozenTrial, direction: 'minimize' | 'maximize'): boolean {
  if (trial.state === 'FAIL') return true;
  if (!trial.values || !other.values) return false;
  const sign = direction === 'minimize' ? 1 : -1;
  return sign * trial.values[0]! > sign * other.values[0]!;
}
