import { describe, expect, test } from 'vitest';
import { categorical, float, int, type SearchSpace } from '../distributions/distribution.js';
import { InvalidDistributionError, InvalidParameterError, InvalidValuesError, type StudyError } from '../errors.js';
import type { TrialTemplate } from '../trial/frozen-trial.js';
import { createStudy } from './create-study.js';
import type { ToldValues } from './told-values.js';

describe('objectives that do not do what they should: the trial is failed with the reason, the error is clear', () => {
  const outcome = async (objective: () => unknown, directions = 1) => {
    const study = await createStudy({ directions: Array.from({ length: directions }, () => 'minimize') });
    const run = study.optimize(objective as () => ToldValues, { trials: 1, space: { x: float(0, 1) } });
    const error = await run.then(
      () => null,
      (reason: Error) => reason,
    );
    const [trial] = await study.trials();
    return { error, state: trial!.state, failure: trial!.systemAttributes.failure };
  };

  test.each([
    ['throws', 1, () => fail(new RangeError('too deep')), /too deep/, 'RangeError: too deep'],
    ['throws what is no error', 1, () => fail('just text'), /just text/, 'just text'],
    ['returns a string', 1, () => '0.5', /told the string '0.5'; tell a number/, expect.stringContaining("'0.5'")],
    ['returns nothing', 1, () => undefined, /told the undefined/, expect.stringContaining('undefined')],
    ['returns an object', 1, () => ({ loss: 1 }), /told the object/, expect.stringContaining('object')],
    ['returns too many values', 1, () => [1, 2], /told 2 values, but the study has 1 objective/, expect.anything()],
    ['returns too few values', 2, () => 1, /told 1 values, but the study has 2 objectives/, expect.anything()],
    ['returns a bigint', 1, () => 1n, /told the bigint '1'/, expect.anything()],
  ])('%s', async (_, directions, objective, message, failure) => {
    const found = await outcome(objective, directions);
    expect(String(found.error instanceof Error ? found.error.message : found.error)).toMatch(message);
    expect(found.state).toBe('FAIL');
    expect(found.failure).toEqual(failure);
  });
  test('NaN fails the trial and the search goes on', async () => {
    const found = await outcome(() => Number.NaN);
    expect(found).toEqual({ error: null, state: 'FAIL', failure: 'the objective was NaN' });
    expect(await outcome(() => [1, Number.NaN], 2)).toMatchObject({ error: null, state: 'FAIL' });
  });
});

function fail(reason: unknown): never {
  throw reason;
}

describe('distributions that describe nothing', () => {
  test.each([
    [() => float(2, 1), /float\(2, 1\): low is above high; exchange them/],
    [() => float(0, Number.NaN), /bounds must be finite numbers/],
    [() => float(Number.NEGATIVE_INFINITY, 1), /bounds must be finite numbers/],
    [() => float('0' as unknown as number, 1), /bounds must be finite numbers/],
    [() => float(0, 1, { log: true }), /log needs low > 0/],
    [() => float(-1, 1, { log: true }), /log needs low > 0/],
    [() => float(1, 2, { log: true, step: 0.1 }), /both log and step/],
    [() => float(0, 1, { step: 0 }), /step 0 is not > 0/],
    [() => float(0, 1, { step: Number.NaN }), /step NaN is not > 0/],
    [() => int(3, 1), /int\(3, 1\): low is above high/],
    [() => int(0.5, 3), /bounds and step must be integers/],
    [() => int(0, 2 ** 53), /bounds and step must be integers of at most 2\^53 − 1 in size/],
    [() => int(0, 10, { log: true }), /log needs low ≥ 1/],
    [() => int(0, 10, { step: 0 }), /step 0 is not ≥ 1/],
    [() => int(1, 10, { log: true, step: 2 }), /log needs step 1/],
    [() => categorical([]), /at least one choice is needed/],
    [() => categorical([undefined as unknown as null]), /choice 0 is undefined, which has no JSON form/],
    [() => categorical([1, (() => 1) as unknown as null]), /choice 1 is .*, which has no JSON form/],
    [() => categorical('abc' as unknown as string[]), /choices must be an array/],
  ])('%s', (make, message) => {
    expect(make).toThrow(message);
    expect(make).toThrow(InvalidDistributionError);
  });
  test('a step that does not divide the range ends at its last point; equal choices are found as the first', async () => {
    expect(int(0, 10, { step: 4 }).high).toBe(8);
    expect(float(0, 1, { step: 0.3 }).high).toBe(0.9);
    const study = await createStudy();
    await study.enqueue({ c: 'a' });
    const trial = await study.ask({ c: categorical(['a', 'a', 'b']) });
    expect(trial.params.c).toBe('a');
  });
});

describe('questions that contradict each other', () => {
  test('an empty space is no space', async () => {
    const study = await createStudy();
    const trial = await study.ask({});
    expect(trial.params).toEqual({});
    await study.tell(trial, 1);
    expect((await study.bestTrial()).params).toEqual({});
  });
  test('one name with two distributions, in a trial and in a study', async () => {
    const study = await createStudy();
    const trial = await study.ask();
    await trial.suggestFloat('x', 0, 1);
    await expect(trial.suggestInt('x', 0, 1)).rejects.toThrow(/'x' of trial 0 is asked for with two distributions/);
    await study.tell(trial, 1);
    await expect(study.ask({ x: int(0, 1) })).rejects.toThrow(/'x': it was a float .* and is now an int/);
    await expect(study.ask({ x: float(0.1, 1, { log: true }) })).rejects.toThrow(/log was given in one place/);
    expect((await study.trials()).map(({ state }) => state)).toEqual(['COMPLETE', 'FAIL', 'FAIL']);
  });
  test('reports, constraints and states of the wrong kind', async () => {
    const study = await createStudy();
    const trial = await study.ask();
    await expect(trial.report('1' as unknown as number, 0)).rejects.toThrow(/reported string '1'; report a number/);
    await expect(trial.report(1, -1)).rejects.toThrow(/step -1 is not an integer ≥ 0/);
    await expect(trial.setConstraint('memory', Number.NaN)).rejects.toThrow(/constraint 'memory' is NaN/);
    await expect(study.tell(trial, 1, { state: 'PRUNED' })).rejects.toThrow(/PRUNED takes no value; tell null/);
    await expect(study.tell(trial, 1, { state: 'DONE' as 'FAIL' })).rejects.toThrow(/state 'DONE'/);
    await study.tell(trial, 1);
    await expect(study.tell(trial, 2)).rejects.toThrow(/has already ended as COMPLETE/);
    expect((await study.tell(trial, 2, { skipIfFinished: true })).values).toEqual([1]);
    await expect(study.tell(99, 1)).rejects.toThrow(/has no trial 99/);
  });
  test('what is no space, no objective, no limit', async () => {
    const study = await createStudy();
    const ask = (space: unknown) => study.ask(space as SearchSpace);
    await expect(ask({ x: [0, 1] })).rejects.toThrow(/'x': \[0,1\] is no distribution; make one by float, int/);
    await expect(ask({ x: null })).rejects.toThrow(/'x': null is no distribution/);
    await expect(study.optimize(undefined as never)).rejects.toThrow(/objective is undefined; give a function/);
    await expect(study.optimize(() => 1, { trials: '3' as never })).rejects.toThrow(/trials is "3"; give a number/);
    await expect(study.optimize(() => 1, { trials: Number.NaN })).rejects.toThrow(/give a number ≥ 0/);
    await expect(study.optimize(() => 1, { trials: 1, timeoutMs: Number.NaN })).rejects.toThrow(/timeoutMs is NaN/);
    await expect(study.optimize(() => 1, { trials: 1, concurrency: 0 })).rejects.toThrow(/concurrency is 0/);
    await expect(study.enqueue([1] as never)).rejects.toThrow(/an object of parameters by name, not \[1\]/);
    await expect(study.setMetricNames('loss' as never)).rejects.toThrow(/"loss" were given for 1 objectives/);
    await expect(createStudy({ directions: ['min' as 'minimize'] })).rejects.toThrow(/neither 'minimize' nor/);
    await expect(createStudy({ directions: [] })).rejects.toThrow(/at least one/);
  });
  test('pruning is for one objective', async () => {
    const study = await createStudy({ directions: ['minimize', 'minimize'] });
    const trial = await study.ask();
    await trial.report(1, 0);
    await expect(trial.shouldPrune()).rejects.toThrow(/shouldPrune needs one objective; study .* has 2/);
  });
});

describe('trials made elsewhere that do not hold together', () => {
  const params = { x: 1 };
  const distributions = { x: float(0, 2) };
  test.each<[TrialTemplate, RegExp, typeof StudyError]>([
    [{ state: 'COMPLETE' }, /complete but has no values; give 1/, InvalidValuesError],
    [{ state: 'COMPLETE', values: [1, 2] }, /2 values, but the study has 1 objectives/, InvalidValuesError],
    [{ state: 'COMPLETE', values: [Number.NaN] }, /the value NaN; give numbers, not NaN/, InvalidValuesError],
    [{ state: 'RUNNING', values: [1] }, /is RUNNING and cannot have values/, InvalidValuesError],
    [{ state: 'FAIL', values: [1] }, /is FAIL and cannot have values/, InvalidValuesError],
    [{ state: 'FAIL', params }, /a value for 'x' but no distribution; give both/, InvalidParameterError],
    [{ state: 'FAIL', distributions }, /a distribution for 'x' but no value; give both/, InvalidParameterError],
    [
      { state: 'FAIL', params: { x: 3 }, distributions },
      /'x' = 3, which is not among the values/,
      InvalidParameterError,
    ],
    [{ state: 'FAIL', params: { x: 'a' }, distributions }, /'x': "a" is not a number/, InvalidParameterError],
    [{ state: 'FAIL', intermediateValues: new Map([[-1, 0]]) }, /reports 0 at step -1/, InvalidValuesError],
  ])('%o', async (template, message, kind) => {
    const study = await createStudy();
    await expect(study.addTrial(template)).rejects.toThrow(message);
    await expect(study.addTrials([{ state: 'COMPLETE', values: [1] }, template])).rejects.toThrow(kind);
    expect(await study.trials()).toEqual([]);
  });
  test('pruned trials may have a value or none', async () => {
    const study = await createStudy();
    await study.addTrials([{ state: 'PRUNED' }, { state: 'PRUNED', values: [1], params, distributions }]);
    expect((await study.trials()).map(({ values }) => values)).toEqual([null, [1]]);
  });
});
