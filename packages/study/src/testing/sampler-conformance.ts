/** The checks that every sampler passes: the obligations of `Sampler`. */

import {
  categorical,
  contains,
  type Distribution,
  float,
  int,
  type SearchSpace,
} from '../distributions/distribution.js';
import { toInternal } from '../distributions/representation.js';
import type { JsonValue } from '../json.js';
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
    { name: 'constraints, met or not, of some trials or of all', run: () => checkConstraints(subject, space) },
    ...(subject.space
      ? []
      : [
          { name: 'ranges huge, tiny, far from zero or of a single value', run: () => checkExtremes(subject) },
          {
            name: 'parameters that depend on others, in groups that come and go',
            run: () => checkConditional(subject),
          },
          { name: 'ranges that change while a study runs', run: () => checkChangingRanges(subject) },
        ]),
    { name: 'a study that never succeeds', run: () => checkFailures(subject, space) },
    { name: 'a sampler serves several studies', run: () => checkTwoStudies(subject, space) },
  ];
}

/** The largest and smallest that a distribution may reach. */
const EXTREMES: SearchSpace = {
  whole: float(-1e300, 1e300),
  decades: float(1e-300, 1e300, { log: true }),
  sliver: float(1, 1 + 1e-9),
  far: float(1e9, 1e9 + 1),
  lattice: float(-0.3, 0.3, { step: 0.1 }),
  last: int(0, Number.MAX_SAFE_INTEGER),
  powers: int(1, 2 ** 40, { log: true }),
  coarse: int(-1000, 1000, { step: 999 }),
  pair: int(7, 8),
  one: int(-5, -5),
  same: float(0.1, 0.1, { log: true }),
  single: categorical([{ deep: [null, 'ä'] }]),
  many: categorical(Array.from({ length: 40 }, (_, i) => `choice ${i}`)),
};

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
  for (const params of await run(subject, study, space, 28)) {
    for (const [name, distribution] of Object.entries(space)) expectContained(name, distribution, params[name]!);
  }
}

function expectContained(name: string, distribution: Distribution, value: JsonValue): void {
  expectTrue(contains(distribution, toInternal(name, distribution, value)), `${name} was ${JSON.stringify(value)}`);
}

async function checkExtremes(subject: SamplerSubject): Promise<void> {
  const study = await newStudy(subject, subject.create(9));
  for (const params of await run(subject, study, EXTREMES, 16)) {
    for (const [name, distribution] of Object.entries(EXTREMES)) expectContained(name, distribution, params[name]!);
  }
}

/** Which optimizer is used decides which parameters there are. */
async function checkConditional(subject: SamplerSubject): Promise<void> {
  const study = await newStudy(subject, subject.create(10));
  const branches: Record<string, SearchSpace> = {
    sgd: { momentum: float(0, 1), nesterov: categorical([true, false]) },
    adam: { beta: float(0.8, 0.999), epsilon: float(1e-9, 1e-6, { log: true }) },
    none: {},
  };
  for (let i = 0; i < 24; i++) {
    const trial = await study.ask();
    const optimizer = await trial.suggestCategorical('optimizer', ['sgd', 'adam', 'none']);
    for (const [name, distribution] of Object.entries(branches[optimizer]!)) {
      expectContained(name, distribution, await trial.suggest(name, distribution));
    }
    expectContained('rate', float(0, 1), await trial.suggestFloat('rate', 0, 1));
    await end(study, trial.frozen, subject.objectives ?? 1);
  }
}

async function checkChangingRanges(subject: SamplerSubject): Promise<void> {
  const study = await newStudy(subject, subject.create(11));
  for (let i = 0; i < 24; i++) {
    const space = { x: float(i, i + 1), n: int(1, 1 + (i % 4)), c: categorical(['a', 'b']) };
    const trial = await study.ask(space);
    for (const [name, distribution] of Object.entries(space)) {
      expectContained(name, distribution, (trial.params as Params)[name]!);
    }
    await end(study, trial.frozen, subject.objectives ?? 1);
  }
}

async function checkConstraints(subject: SamplerSubject, space: SearchSpace): Promise<void> {
  const study = await newStudy(subject, subject.create(12));
  for (let i = 0; i < 20; i++) {
    const trial = await study.ask(space);
    if (i % 4 !== 1) await trial.setConstraint('memory', i % 3 === 0 ? -1 : i === 14 ? Infinity : Math.sin(i));
    if (i > 10) await trial.setConstraint('time', Math.cos(i));
    await end(study, trial.frozen, subject.objectives ?? 1);
  }
  for (const { params } of await study.trials()) {
    for (const [name, distribution] of Object.entries(space)) expectContained(name, distribution, params[name]!);
  }
}

async function checkFailures(subject: SamplerSubject, space: SearchSpace): Promise<void> {
  const study = await newStudy(subject, subject.create(13));
  for (let i = 0; i < 14; i++) {
    const trial = await study.ask(space);
    await study.tell(trial, null, { state: i % 2 ? 'FAIL' : 'PRUNED' });
  }
  const infinite = await newStudy(subject, subject.create(13));
  for (let i = 0; i < 14; i++) {
    const value = i % 2 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    const trial = await infinite.ask(space);
    await infinite.tell(
      trial,
      Array.from({ length: subject.objectives ?? 1 }, () => value),
    );
  }
}

async function checkTwoStudies(subject: SamplerSubject, space: SearchSpace): Promise<void> {
  const alone = await run(subject, await newStudy(subject, subject.create(14)), space, 14);
  const shared = subject.create(14);
  const [a, b] = [await newStudy(subject, shared), await newStudy(subject, shared)];
  let [first, second]: [Params[], Params[]] = [[], []];
  // In turns, so that what it keeps of one study would be seen in the other.
  for (let i = 0; i < 14; i++) [first, second] = [await run(subject, a, space, 1), await run(subject, b, space, 1)];
  expectEqual(first, alone, 'a study that shares its sampler and one that does not');
  expectEqual(second, alone, 'the other study that shares it');
}

async function checkSeeds(subject: SamplerSubject, space: SearchSpace): Promise<void> {
  const [a, b, c] = await Promise.all(
    [5, 5, 6].map(async (seed) => run(subject, await newStudy(subject, subject.create(seed)), space, 16)),
  );
  expectEqual(a, b, 'two studies with the same seed');
  expectTrue(JSON.stringify(a) !== JSON.stringify(c), 'another seed gives another study');
}

async function checkResume(subject: SamplerSubject, space: SearchSpace): Promise<void> {
  const whole = await run(subject, await newStudy(subject, subject.create(3)), space, 18);
  const storage = new MemoryStorage();
  let last: Params[] = [];
  for (const trials of [13, 5]) {
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
  await run(subject, await newStudy(subject, guarded), space, 18);
}

async function checkDefineByRun(subject: SamplerSubject, space: SearchSpace): Promise<void> {
  const study = await newStudy(subject, subject.create(4));
  for (let i = 0; i < 20; i++) {
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
  for (let round = 0; round < 4; round++) {
    const trials = await Promise.all(Array.from({ length: 5 }, () => study.ask(space)));
    await Promise.all(trials.map((trial) => end(study, trial.frozen, subject.objectives ?? 1)));
  }
  expectEqual(
    (await study.trials()).map(({ number }) => number),
    Array.from({ length: 20 }, (_, i) => i),
    'all trials',
  );
}

function firstValue(space: SearchSpace, name: string) {
  const distribution = space[name]!;
  return distribution.type === 'categorical' ? distribution.choices[0]! : distribution.low;
}
