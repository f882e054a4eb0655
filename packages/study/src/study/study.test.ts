import { describe, expect, expectTypeOf, test } from 'vitest';
import { categorical, float, int } from '../distributions/distribution.js';
import {
  DuplicateStudyError,
  InvalidDistributionError,
  InvalidOptionError,
  InvalidParameterError,
  InvalidValuesError,
  NoTrialError,
  StudyNotFoundError,
  TrialNotFoundError,
  TrialNotRunningError,
  UnsupportedError,
} from '../errors.js';
import { SuccessiveHalvingPruner } from '../pruners/successive-halving.js';
import { RandomSampler } from '../samplers/random.js';
import { MemoryStorage } from '../storages/memory.js';
import { createStudy, deleteStudy, loadStudy } from './create-study.js';
import { FAILURE_KEY } from './failure.js';

const sampler = () => new RandomSampler({ seed: 1 });
const space = { x: float(-1, 1), n: int(1, 8), c: categorical(['a', 'b', null]) };

describe('ask and tell', () => {
  test('a trial has all parameters of the space, with their types', async () => {
    const study = await createStudy({ sampler: sampler() });
    const trial = await study.ask(space);
    expectTypeOf(trial.params).toEqualTypeOf<{
      readonly x: number;
      readonly n: number;
      readonly c: 'a' | 'b' | null;
    }>();
    expect(Object.keys(trial.params)).toEqual(['x', 'n', 'c']);
    const told = await study.tell(trial, 0.5);
    expect(told).toMatchObject({ number: 0, state: 'COMPLETE', values: [0.5], params: trial.params });
  });
  test('enqueued trials come first, with their attributes; what they leave out is sampled', async () => {
    const study = await createStudy({ sampler: sampler() });
    await study.enqueue({ x: 0.25, c: null }, { userAttributes: { why: 'recommended' } });
    await study.enqueue({ c: null, x: 0.25 }, { skipIfExists: true });
    const [first, second] = [await study.ask(space), await study.ask(space)];
    expect(first.params).toMatchObject({ x: 0.25, c: null, n: expect.any(Number) });
    expect(first.userAttributes).toEqual({ why: 'recommended' });
    expect([first.number, second.number]).toEqual([0, 1]);
    expect(second.params.x).not.toBe(0.25);
  });
  test('an enqueued value that is no choice fails that trial with its reason, and not the study', async () => {
    const study = await createStudy({ sampler: sampler() });
    await study.enqueue({ c: 'z' });
    await expect(study.ask(space)).rejects.toThrow(InvalidParameterError);
    const [failed] = await study.trials();
    expect(failed).toMatchObject({
      state: 'FAIL',
      systemAttributes: { [FAILURE_KEY]: expect.stringContaining('"z"') },
    });
    expect((await study.ask(space)).number).toBe(1);
  });
  test('the states a trial can end in', async () => {
    const study = await createStudy({ sampler: sampler() });
    const end = async (...args: [number | number[] | null, { state: 'FAIL' | 'PRUNED' }?]) => {
      const trial = await study.ask(space);
      await trial.report(3, 1);
      await trial.report(7, 2);
      return study.tell(trial, ...args);
    };
    expect(await end(Infinity)).toMatchObject({ state: 'COMPLETE', values: [Infinity] });
    expect(await end([2])).toMatchObject({ state: 'COMPLETE', values: [2] });
    expect(await end(null, { state: 'PRUNED' })).toMatchObject({ state: 'PRUNED', values: [7] });
    expect(await end(null, { state: 'FAIL' })).toMatchObject({ state: 'FAIL', values: null });
    expect(await end(Number.NaN)).toMatchObject({
      state: 'FAIL',
      systemAttributes: { [FAILURE_KEY]: expect.stringContaining('NaN') },
    });
  });
  test('what does not fit is refused, and the trial can still be told', async () => {
    const study = await createStudy({ sampler: sampler() });
    const trial = await study.ask(space);
    for (const values of [[1, 2], null, '1' as unknown as number, []]) {
      await expect(study.tell(trial, values)).rejects.toThrow(InvalidValuesError);
    }
    await expect(study.tell(trial, 1, { state: 'FAIL' })).rejects.toThrow(/tell null/);
    await expect(study.tell(99, 1)).rejects.toThrow(TrialNotFoundError);
    await study.tell(0, 1);
    await expect(study.tell(trial, 1)).rejects.toThrow(TrialNotRunningError);
  });
  test('parameters asked for one by one keep their values and their distribution', async () => {
    const study = await createStudy({ sampler: sampler() });
    const trial = await study.ask();
    const x = await trial.suggestFloat('x', 0, 1);
    expect(await trial.suggestFloat('x', 0, 1)).toBe(x);
    await expect(trial.suggestFloat('x', 0, 2)).rejects.toThrow(InvalidDistributionError);
    expectTypeOf(await trial.suggestCategorical('c', ['a', 1])).toEqualTypeOf<'a' | 1>();
    expect(await trial.suggestInt('constructor', 4, 4)).toBe(4);
    const next = await study.ask();
    await expect(next.suggestInt('x', 0, 1)).rejects.toThrow(/'x'/);
    await expect(next.suggestFloat('__proto__', 0, 1)).rejects.toThrow(InvalidParameterError);
  });
  test('reports: the first of a step counts, what is no number or step is refused', async () => {
    const study = await createStudy({ sampler: sampler() });
    const trial = await study.ask();
    await trial.report(1, 0);
    await trial.report(2, 0);
    await trial.report(Number.NaN, 5);
    expect([...(await study.trials())[0]!.intermediateValues]).toEqual([
      [0, 1],
      [5, Number.NaN],
    ]);
    await expect(trial.report('1' as unknown as number, 1)).rejects.toThrow(InvalidValuesError);
    await expect(trial.report(1, -1)).rejects.toThrow(/step/);
  });
  test('a pruner stops what is worse, and leaves its marks', async () => {
    const study = await createStudy({
      sampler: sampler(),
      pruner: new SuccessiveHalvingPruner({ minResource: 1, reductionFactor: 2 }),
    });
    const run = async (level: number) => {
      const trial = await study.ask();
      for (let step = 1; step <= 4; step++) {
        await trial.report(level, step);
        if (await trial.shouldPrune()) return study.tell(trial, null, { state: 'PRUNED' });
      }
      return study.tell(trial, level);
    };
    expect((await run(1)).systemAttributes).toEqual({ completed_rung_0: 1, completed_rung_1: 1, completed_rung_2: 1 });
    expect(await run(2)).toMatchObject({ state: 'PRUNED', values: [2], systemAttributes: { completed_rung_0: 2 } });
    expect(await run(0)).toMatchObject({ state: 'COMPLETE' });
  });
});

describe('best trials', () => {
  test('of one objective: complete, feasible, the first of equals', async () => {
    const study = await createStudy({ directions: ['maximize'], sampler: sampler() });
    await expect(study.bestTrial()).rejects.toThrow(NoTrialError);
    for (const [value, constraint] of [
      [9, 0.1],
      [5, 0],
      [5, -1],
      [4, -1],
    ] as const) {
      const trial = await study.ask();
      await trial.setConstraint('memory', constraint);
      await study.tell(trial, value);
    }
    expect((await study.bestTrial()).number).toBe(1);
    expect((await study.bestTrials()).map(({ number }) => number)).toEqual([1, 2]);
  });
  test('of several objectives: the Pareto front', async () => {
    const study = await createStudy({ directions: ['minimize', 'maximize'], sampler: sampler() });
    for (const values of [
      [1, 1],
      [2, 2],
      [2, 1],
      [3, Infinity],
      [1, 1],
      [0, -5],
    ])
      await study.tell(await study.ask(), values);
    expect((await study.bestTrials()).map(({ number }) => number)).toEqual([0, 1, 3, 4, 5]);
    await expect(study.bestTrial()).rejects.toThrow(UnsupportedError);
    await expect((await study.ask()).shouldPrune()).rejects.toThrow(UnsupportedError);
  });
});

describe('studies', () => {
  test('are created once, loaded by name, deleted', async () => {
    const storage = new MemoryStorage();
    const study = await createStudy({ storage, name: 'a' });
    await study.setUserAttribute('data', { rows: 600 });
    await study.setMetricNames(['loss']);
    await expect(createStudy({ storage, name: 'a' })).rejects.toThrow(DuplicateStudyError);
    await expect(createStudy({ storage, name: 'a', directions: ['maximize'], loadIfExists: true })).rejects.toThrow(
      InvalidOptionError,
    );
    const same = await createStudy({ storage, name: 'a', loadIfExists: true });
    expect(same.id).toBe(study.id);
    const loaded = await loadStudy({ storage, name: 'a' });
    expect(await loaded.userAttributes()).toEqual({ data: { rows: 600 } });
    expect(await loaded.systemAttributes()).toEqual({ 'study:metric_names': ['loss'] });
    await deleteStudy(storage, 'a');
    await expect(loadStudy({ storage, name: 'a' })).rejects.toThrow(StudyNotFoundError);
    await expect(createStudy({ directions: [] })).rejects.toThrow(InvalidOptionError);
  });
  test('two objects on one study see each other', async () => {
    const storage = new MemoryStorage();
    const one = await createStudy({ storage, name: 'a', sampler: sampler() });
    const two = await loadStudy({ storage, name: 'a', sampler: sampler() });
    const trials = await Promise.all(Array.from({ length: 10 }, (_, i) => (i % 2 ? one : two).ask(space)));
    expect(new Set(trials.map(({ number }) => number)).size).toBe(10);
    for (const trial of trials) await two.tell(trial.number, trial.number);
    expect((await one.bestTrial()).number).toBe(0);
  });
});
