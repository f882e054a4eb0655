/**
 * The tree-structured Parzen estimator with the defaults of Optuna 5: multivariate, with a constant liar; for several
 * objectives one by one, good trials being those of the first fronts (Ozaki et al., JAIR 73, 2022). What distributions
 * recommend takes the place of the flat prior among the good trials, where it weighs less the more of them there are.
 */

import { type Distribution, type SearchSpace, sameDistribution } from '../../distributions/distribution.js';
import { hasPrior } from '../../distributions/prior.js';
import { toExternal } from '../../distributions/representation.js';
import { InvalidOptionError } from '../../errors.js';
import { type JsonValue, own } from '../../json.js';
import { RandomGenerator, randomSeed } from '../../numerics/random.js';
import { GroupedSearchSpace } from '../../search-space/group.js';
import { IntersectionSearchSpace } from '../../search-space/intersection.js';
import { searchable } from '../../search-space/searchable.js';
import type { FrozenTrial, Params } from '../../trial/frozen-trial.js';
import { pendingAttributes, runningTrials } from '../pending.js';
import { PriorSampler } from '../prior.js';
import { RandomSampler } from '../random.js';
import type { JointSample, Sampler, SamplingContext } from '../sampler.js';
import { goodCount } from './kernels.js';
import { bestRatio } from './log-density.js';
import { Observations } from './observations.js';
import { Splits } from './split.js';

export interface TpeOptions {
  readonly seed?: number;
  /** Complete and pruned trials before the model is used. Default 10. */
  readonly startupTrials?: number;
  /** Chooses the values of those first trials. Default: random search, where a value is recommended a `PriorSampler`. */
  readonly startupSampler?: Sampler;
  /** Points drawn from the good trials' density, of which the best is taken. Default 24. */
  readonly candidates?: number;
  /** Model parameters jointly. Default: true for one objective, false for several unless `group` is given. */
  readonly multivariate?: boolean;
  /** Model conditional parameters in groups that appear together. Needs `multivariate`. Default false. */
  readonly group?: boolean;
  /** Count running trials as bad ones, so that parallel workers spread out. Default true. */
  readonly constantLiar?: boolean;
}

/** Where Optuna's TPE looks for the parameters that a running trial will still set. */
const PENDING_KEY = 'tpe:relative_params';

interface Memory {
  readonly observations: Observations;
  readonly splits: Splits;
  readonly intersection: IntersectionSearchSpace;
  readonly groups: GroupedSearchSpace;
}

export class TpeSampler implements Sampler {
  readonly #seed: number;
  readonly #startupTrials: number;
  readonly #startup: Sampler;
  /** For the first trials with recommendations. */
  readonly #informedStartup: Sampler;
  readonly #candidates: number;
  readonly #multivariate: boolean | undefined;
  readonly #group: boolean;
  readonly #constantLiar: boolean;
  readonly #memories = new WeakMap<readonly FrozenTrial[], Memory>();

  /** @throws InvalidOptionError */
  constructor(options: TpeOptions = {}) {
    this.#seed = options.seed ?? randomSeed();
    this.#startupTrials = atLeast('startupTrials', options.startupTrials ?? 10, 0);
    this.#startup = options.startupSampler ?? new RandomSampler({ seed: this.#seed });
    this.#informedStartup = options.startupSampler ?? new PriorSampler({ seed: this.#seed });
    this.#candidates = atLeast('candidates', options.candidates ?? 24, 1);
    this.#group = options.group ?? false;
    this.#multivariate = options.multivariate ?? (this.#group || undefined);
    this.#constantLiar = options.constantLiar ?? true;
    if (this.#group && options.multivariate === false) {
      throw new InvalidOptionError('TpeSampler: group needs multivariate; leave multivariate out or set it to true.');
    }
  }

  beforeTrial(context: SamplingContext) {
    return this.#isStartup(context) ? this.#startup.beforeTrial?.(context) : undefined;
  }

  jointSpace(context: SamplingContext): SearchSpace | Promise<SearchSpace> {
    if (this.#isStartup(context)) return this.#startupFor(context.space).jointSpace?.(context) ?? {};
    if (!(this.#multivariate ?? context.study.directions.length === 1)) return {};
    const { intersection, groups } = this.#memory(context);
    const spaces = this.#group
      ? groups.update(context.history.finished)
      : [intersection.update(context.history.finished)];
    return Object.fromEntries(spaces.flatMap((space) => Object.entries(searchable(space))));
  }

  async sampleJointly(context: SamplingContext, space: SearchSpace): Promise<JointSample> {
    if (this.#isStartup(context)) {
      return (await this.#startupFor(context.space).sampleJointly?.(context, space)) ?? { params: {} };
    }
    const params: Record<string, JsonValue> = {};
    for (const part of this.#parts(context, space)) Object.assign(params, this.#sample(context, part));
    return this.#constantLiar ? { params, pendingAttributes: pendingAttributes(PENDING_KEY, params) } : { params };
  }

  sample(context: SamplingContext, name: string, distribution: Distribution): JsonValue | Promise<JsonValue> {
    if (this.#isStartup(context)) {
      return this.#startupFor(context.space ?? { [name]: distribution }).sample(context, name, distribution);
    }
    return this.#sample(context, { [name]: distribution })[name]!;
  }

  get afterTrial(): Sampler['afterTrial'] {
    return this.#startup.afterTrial?.bind(this.#startup);
  }

  #startupFor(space: SearchSpace = {}): Sampler {
    return Object.values(space).some(hasPrior) ? this.#informedStartup : this.#startup;
  }

  #isStartup(context: SamplingContext): boolean {
    return this.#memory(context).observations.count < this.#startupTrials;
  }

  /** What is kept of a study's history; the array of finished trials tells histories apart. */
  #memory({ study, history }: SamplingContext): Memory {
    let memory = this.#memories.get(history.finished);
    if (!memory) {
      memory = {
        observations: new Observations(study.directions),
        // Of several objectives the good trials are whole fronts, of which none is older than another.
        splits: new Splits({ fades: study.directions.length === 1, informed: true }),
        intersection: new IntersectionSearchSpace(),
        groups: new GroupedSearchSpace(),
      };
      this.#memories.set(history.finished, memory);
    }
    memory.observations.update(history.finished);
    return memory;
  }

  #parts(context: SamplingContext, space: SearchSpace): SearchSpace[] {
    if (!this.#group) return [space];
    const groups = this.#memory(context).groups.update(context.history.finished);
    const within = (group: SearchSpace) => Object.entries(group).filter(([name]) => Object.hasOwn(space, name));
    return groups.map((group) => Object.fromEntries(within(group))).filter((group) => Object.keys(group).length > 0);
  }

  #sample(context: SamplingContext, space: SearchSpace): Params {
    const names = Object.keys(space);
    if (names.length === 0) return {};
    const { observations, splits } = this.#memory(context);
    const running = this.#constantLiar ? runningTrials(context.history, context.trial.number, PENDING_KEY) : [];
    const objectives = context.study.directions.length;
    const marks = observations.markBest(goodCount(observations.count, objectives));
    const split = splits.of(space);
    split.update(observations.trials, marks, running);
    split.good.setPrior(Object.values(asAskedFor(context, space)));
    const random = RandomGenerator.of(this.#seed, context.trial.number, 'tpe', ...names);
    const points = split.good.draw(this.#candidates, random);
    const best = bestRatio(split.good.logDensity(points), split.bad.sums(points));
    return Object.fromEntries(names.map((name, d) => [name, toExternal(space[name]!, points[d]![best]!)]));
  }
}

/** The distributions as they are asked for now: what they recommend is not kept by every storage. */
function asAskedFor({ space: asked = {} }: SamplingContext, space: SearchSpace): SearchSpace {
  const same = (name: string, distribution: Distribution) => {
    const now = own(asked, name);
    return now && sameDistribution(now, distribution) ? now : distribution;
  };
  return Object.fromEntries(Object.entries(space).map(([name, distribution]) => [name, same(name, distribution)]));
}

function atLeast(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw new InvalidOptionError(`TpeSampler: ${name} is ${value}; give an integer of at least ${least}.`);
}
