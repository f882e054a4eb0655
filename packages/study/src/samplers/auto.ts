/** Chooses among the samplers by objectives, parameters and trials so far, and says which and why. */

import type { Distribution, SearchSpace } from '../distributions/distribution.js';
import type { JsonObject, JsonValue } from '../json.js';
import { randomSeed } from '../numerics/random.js';
import type { Attributes, FrozenTrial } from '../trial/frozen-trial.js';
import { conditionalSpace } from './gp/conditional-space.js';
import { GpSampler } from './gp/gp-sampler.js';
import { PriorSampler } from './prior.js';
import type { JointSample, Sampler, SamplingContext } from './sampler.js';
import { TpeSampler } from './tpe/tpe-sampler.js';

export interface AutoOptions {
  readonly seed?: number;
  /** How many measurements a trial's value is the mean of; see `GpSampler`. */
  readonly measurements?: (trial: FrozenTrial) => number;
}

/** What was chosen for a trial. */
export interface SamplerChoice {
  readonly sampler: 'gp' | 'tpe';
  /** A sentence for people. */
  readonly why: string;
}

/** System attribute of each trial: its `SamplerChoice`. */
export const CHOICE_KEY = 'goldilocks:sampler';

/** From so many trials on, a Gaussian process costs more than it gains. */
const MANY = 150;
/** From so many on, where some parameters depend on others. */
const MANY_CONDITIONAL = 25;
/** Boxes of the undominated space grow fast with objectives. */
const MANY_OBJECTIVES = 4;

export class AutoSampler implements Sampler {
  readonly #gp: GpSampler;
  readonly #tpe: TpeSampler;

  constructor(options: AutoOptions = {}) {
    const seed = options.seed ?? randomSeed();
    const startupSampler = new PriorSampler({ seed });
    this.#gp = new GpSampler({ seed, startupSampler, measurements: options.measurements });
    this.#tpe = new TpeSampler({ seed, startupSampler, group: true });
  }

  /** What it would choose now. */
  choose({ study, history, space }: SamplingContext): SamplerChoice {
    const objectives = study.directions.length;
    if (objectives > MANY_OBJECTIVES) {
      return {
        sampler: 'tpe',
        why: `With ${objectives} objectives what a trial adds takes too long to compute for a GP.`,
      };
    }
    const known = history.finished.filter(({ state }) => state === 'COMPLETE' || state === 'PRUNED');
    if (known.length >= MANY) {
      return { sampler: 'tpe', why: `After ${known.length} trials TPE is as good as a Gaussian process, and quicker.` };
    }
    const conditional = sometimesMissing(known, space);
    if (conditional !== null && (known.length >= MANY_CONDITIONAL || space || !conditionalSpace(known))) {
      return { sampler: 'tpe', why: `'${conditional}' is not in every trial, which TPE takes into account.` };
    }
    return { sampler: 'gp', why: `With few trials (${known.length} so far) a Gaussian process learns most from each.` };
  }

  async beforeTrial(context: SamplingContext): Promise<Attributes | undefined> {
    const choice = this.choose(context);
    const attributes = await this.#named(choice.sampler).beforeTrial?.(context);
    return { ...attributes, [CHOICE_KEY]: { ...choice } };
  }

  jointSpace(context: SamplingContext): SearchSpace | Promise<SearchSpace> {
    return this.#chosen(context).jointSpace?.(context) ?? {};
  }

  async sampleJointly(context: SamplingContext, space: SearchSpace): Promise<JointSample> {
    return (await this.#chosen(context).sampleJointly?.(context, space)) ?? { params: {} };
  }

  sample(context: SamplingContext, name: string, distribution: Distribution): JsonValue | Promise<JsonValue> {
    return this.#chosen(context).sample(context, name, distribution);
  }

  /** The sampler that was chosen when the trial began. */
  #chosen(context: SamplingContext): Sampler {
    const choice = context.trial.systemAttributes[CHOICE_KEY] as JsonObject | undefined;
    return this.#named(choice?.sampler === 'gp' ? 'gp' : 'tpe');
  }

  #named(sampler: SamplerChoice['sampler']): Sampler {
    return sampler === 'gp' ? this.#gp : this.#tpe;
  }
}

/** The name of a parameter that some of the trials, or the space asked for, have and others have not. */
function sometimesMissing(trials: readonly FrozenTrial[], space: SearchSpace | undefined): string | null {
  const spaces = [...trials.map(({ distributions }) => distributions), ...(space ? [space] : [])];
  const names = new Set(spaces.flatMap((one) => Object.keys(one)));
  for (const name of names) if (!spaces.every((one) => Object.hasOwn(one, name))) return name;
  return null;
}
