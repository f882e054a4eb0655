/** The checks that every sampler passes: the obligations of `Sampler`. */

import { categorical, float, int, type SearchSpace } from '../distributions/distribution.js';
import { contains, toInternal } from '../distributions/representation.js';
import { NonePruner } from '../pruners/none.js';
import type { Sampler, SamplingContext } from '../samplers/sampler.js';
import { MemoryStorage } from '../storages/memory.js';
import { createStudy } from '../study/create-study.js';
import type { Study } from '../study/study.js';
import type { Direction, FrozenTrial, Params } from '../trial/frozen-trial.js';
import { type ConformanceCheck, deepFreeze, expectEqual, expectTrue } from './suite.js';

export interface SamplerSubject {
  /** A new sampler; the same seed means the same choices. */
  create(seed: number): Sampler;
  /** Objectives it is checked with. Default 1. */
  readonly objectives?: number;
  /** The space it is checked with, for samplers that know only one. Default: one with every kind of distribution. */
  readonly space?: SearchSpace;
}

const EVERY_KIND: SearchSpace = {
  rate: float(1e-5, 1e-1, { log: true }),
  decay: float(0, 0.3),
  dropout: float(0, 0.5, { step: 0.05 }),
  epochs: int(1, 5),
  width: int(8, 64, { step: 8 }),
  rank: int(1, 512, { log: true }),
  schedule: categorical(['constant', null, 3, true, { floor: 0.1 }]),
  only: float(2, 2),
};

export function samplerConformance(subject: SamplerSubject): ConformanceCheck[] {
  const space = subject.space ?? EVERY_KIND;
  return [
    {
      name: 'values are those of the distributions, whatever became of past trials',
      run: () => checkValues(subject, space),
    },
    { name: 'the same seed gives the same study', run: () => checkSeeds(subject, space) },
    {
      name: 'a study goes on with a new sampler as it would have with the old one',
      run: () => checkResume(subject, space),
    },
    { name: 'what the sampler is given is not changed', run: () => checkPurity(subject, space) },
    { name: 'parameters asked for one by one, some only now and then', run: () => checkDefineByRun(subject, space) },
    { name: 'several trials at a time', run: () => checkConcurrency(subject, space) },
  ];
}

function directionsOf({ objectives = 1 }: SamplerSubject): Direction[] {
  return Array.from({ length: objectives }, (_, i) => (i % 2 ? 'maximize' : 'minimize'));
}

function newStudy(subject: SamplerSubject, sampler: Sampler): Promise<Study> {
  return createStudy({
    storage: new MemoryStorage(),
    name: 'conformance',
    directions: directionsOf(subject),
    sampler,
    pruner: new NonePruner(),
  });
}

/** Ends a trial in one of all the ways there are. */
async function end(study: Study, trial: FrozenTrial, objectives: number): Promise<void> {
  const { number } = trial;
  const values = Array.from(
    { length: objectives },
    (_, i) => Math.sin(number * 7 + i) + (i ? 0 : Object.keys(trial.params).length),
  );
  if (number % 9 === 4) await study.tell(trial, null, { state: 'FAIL' });
  else if (number % 7 === 3 && objectives === 1) await study.tell(trial, null, { state: 'PRUNED' });
  else if (number % 11 === 5)
    await study.tell(
      trial,
      values.map(() => Number.POSITIVE_INFINITY),
    );
  else await study.tell(trial, values);
}

async function run(subject: SamplerSubject, study: Study, space: SearchSpace, trials: number): Promise<Params[]> {
  for (let i = 0; i < trials; i++) {
    const trial = await study.ask(space);
    if (trial.number % 7 === 3) await trial.report(trial.number % 2 ? Number.NaN : trial.number, 1);
    await end(study, trial.frozen, subject.objectives ?? 1);
  }
  return (await study.trials()).map(({ params }) => params);
}

async function checkValues(subject: SamplerSubject, space: SearchSpace): Promise<void> {
  const study = await newStudy(subject, subject.create(1));
  for (const params of await run(subject, study, space, 40)) {
    for (const [name, distribution] of Object.entries(space)) {
      const value = params[name]!;
      expectTrue(contains(distribution, toInternal(name, distribution, value)), `${name} was ${JSON.stringify(value)}`);
    }
  }
}

async function checkSeeds(subject: SamplerSubject, space: SearchSpace): Promise<void> {
  const [a, b, c] = await Promise.all(
    [5, 5, 6].map(async (seed) => run(subject, await newStudy(subject, subject.create(seed)), space, 25)),
  );
  expectEqual(a, b, 'two studies with the same seed');
  expectTrue(JSON.stringify(a) !== JSON.stringify(c), 'another seed gives another study');
}

async function checkResume(subject: SamplerSubject, space: SearchSpace): Promise<void> {
  const whole = await run(subject, await newStudy(subject, subject.create(3)), space, 24);
  const storage = new MemoryStorage();
  let last: Params[] = [];
  for (const trials of [14, 10]) {
    const directions = directionsOf(subject);
    const sampler = subject.create(3);
    const study = await createStudy({
      storage,
      name: 'a',
      directions,
      sampler,
      pruner: new NonePruner(),
      loadIfExists: true,
    });
    last = await run(subject, study, space, trials);
  }
  expectEqual(last, whole, 'a study interrupted and one never interrupted');
}

async function checkPurity(subject: SamplerSubject, space: SearchSpace): Promise<void> {
  const sampler = subject.create(2);
  const guarded = new Proxy(sampler, {
    get(target, key) {
      const member = Reflect.get(target, key, target) as unknown;
      if (typeof member !== 'function') return member;
      return (context: SamplingContext, ...rest: unknown[]) => {
        deepFreeze([...context.history.finished, ...context.history.unfinished, context.trial, context.study, ...rest]);
        return member.call(target, context, ...rest);
      };
    },
  });
  await run(subject, await newStudy(subject, guarded), space, 25);
}

async function checkDefineByRun(subject: SamplerSubject, space: SearchSpace): Promise<void> {
  const study = await newStudy(subject, subject.create(4));
  for (let i = 0; i < 30; i++) {
    const trial = await study.ask();
    for (const [j, [name, distribution]] of Object.entries(space).entries()) {
      // Samplers of a fixed space need all of it.
      if (!subject.space && j > 2 && (i + j) % 3 === 0) continue;
      const value = await trial.suggest(name, distribution);
      expectTrue(contains(distribution, toInternal(name, distribution, value)), `${name} was ${JSON.stringify(value)}`);
      expectEqual(await trial.suggest(name, distribution), value, `${name} asked for again`);
    }
    await end(study, trial.frozen, subject.objectives ?? 1);
  }
}

async function checkConcurrency(subject: SamplerSubject, space: SearchSpace): Promise<void> {
  const study = await newStudy(subject, subject.create(8));
  await study.enqueue({ ...Object.fromEntries(Object.keys(space).map((name) => [name, firstValue(space, name)])) });
  for (let round = 0; round < 6; round++) {
    const trials = await Promise.all(Array.from({ length: 5 }, () => study.ask(space)));
    await Promise.all(trials.map((trial) => end(study, trial.frozen, subject.objectives ?? 1)));
  }
  expectEqual(
    (await study.trials()).map(({ number }) => number),
    Array.from({ length: 30 }, (_, i) => i),
    'all trials',
  );
}

function firstValue(space: SearchSpace, name: string) {
  const distribution = space[name]!;
  return distribution.type === 'categorical' ? distribution.choices[0]! : distribution.low;
}
