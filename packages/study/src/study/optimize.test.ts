import { describe, expect, test } from 'vitest';
import { categorical, float } from '../distributions/distribution.js';
import { GridSampler } from '../samplers/grid.js';
import { RandomSampler } from '../samplers/random.js';
import { TpeSampler } from '../samplers/tpe/tpe-sampler.js';
import type { Trial } from '../trial/trial.js';
import { createStudy } from './create-study.js';
import { FAILURE_KEY } from './failure.js';
import { TrialPruned } from './optimize.js';

const sampler = () => new RandomSampler({ seed: 1 });
const square = async (trial: Trial) => (await trial.suggestFloat('x', -1, 1)) ** 2;
const soon = (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms));

describe('optimize', () => {
  test('runs so many trials and calls back after each, one at a time', async () => {
    const study = await createStudy({ sampler: sampler() });
    const seen: number[] = [];
    let calling = 0;
    const callback = async (_: unknown, { number }: { number: number }) => {
      expect(++calling).toBe(1);
      await soon();
      seen.push(number);
      calling--;
    };
    await study.optimize(square, { trials: 12, concurrency: 4, callbacks: [callback] });
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i));
  });
  test('keeps as many running as it may', async () => {
    const study = await createStudy({ sampler: sampler() });
    let [running, most] = [0, 0];
    const objective = async () => {
      most = Math.max(most, ++running);
      await soon(2);
      return running--;
    };
    await study.optimize(objective, { trials: 9, concurrency: 3 });
    expect(most).toBe(3);
  });
  test('sets the parameters of a space before the objective is called', async () => {
    const study = await createStudy({ sampler: sampler() });
    await study.optimize((trial) => trial.params.x as number, { trials: 2, space: { x: float(0, 1) } });
    expect((await study.trials()).every(({ params, values }) => params.x === values![0])).toBe(true);
  });
  test('an error ends the search after its trial failed with the reason; other workers finish theirs', async () => {
    const study = await createStudy({ sampler: sampler() });
    const objective = async (trial: Trial, signal: AbortSignal) => {
      if (trial.number === 1) throw new RangeError('out of memory');
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return signal.aborted ? 1 : 0;
    };
    await expect(study.optimize(objective, { trials: 20, concurrency: 2 })).rejects.toThrow('out of memory');
    const trials = await study.trials();
    expect(trials.map(({ state }) => state)).toEqual(['COMPLETE', 'FAIL']);
    expect(trials[0]!.values).toEqual([1]);
    expect(trials[1]!.systemAttributes[FAILURE_KEY]).toBe('RangeError: out of memory');
  });
  test('errors that are caught, pruning and NaN do not end it; values of the wrong kind do', async () => {
    const study = await createStudy({ sampler: sampler() });
    const objective = ({ number }: Trial) => {
      if (number === 0) throw new Error('crashed');
      if (number === 1) throw new TrialPruned();
      return number === 2 ? Number.NaN : number;
    };
    await study.optimize(objective, { trials: 4, catch: (error) => (error as Error).message === 'crashed' });
    expect((await study.trials()).map(({ state }) => state)).toEqual(['FAIL', 'PRUNED', 'FAIL', 'COMPLETE']);
    await expect(study.optimize(() => [1, 2], { trials: 2 })).rejects.toThrow(/1 objectives|2 values/);
    expect((await study.trials()).at(-1)!.state).toBe('FAIL');
  });
  test('stops when told to, when time is over, and when aborted', async () => {
    const study = await createStudy({ sampler: sampler() });
    await study.optimize(square, { callbacks: [(it, { number }) => (number === 4 ? it.stop() : undefined)] });
    expect(await study.trials()).toHaveLength(5);
    await study.optimize(square, { timeoutMs: 0 });
    expect(await study.trials()).toHaveLength(5);
    const controller = new AbortController();
    const objective = async (trial: Trial, signal: AbortSignal) => {
      if (trial.number === 7) controller.abort(new Error('Ctrl-C'));
      signal.throwIfAborted();
      return 1;
    };
    await expect(study.optimize(objective, { signal: controller.signal })).rejects.toThrow('Ctrl-C');
    expect((await study.trials()).map(({ state }) => state).slice(5)).toEqual(['COMPLETE', 'COMPLETE', 'FAIL']);
  });
  test('a trial that was taken for lost does not count, and its worker goes on', async () => {
    const study = await createStudy({ sampler: sampler() });
    const objective = async (trial: Trial) => {
      await study.storage.recordHeartbeat(trial.id);
      if (trial.number < 2) await study.storage.failStaleTrials(study.id, -1);
      if (trial.number === 1) await trial.report(1, 1);
      return 1;
    };
    await study.optimize(objective, { trials: 3 });
    expect((await study.trials()).map(({ state }) => state)).toEqual(['FAIL', 'FAIL', 'COMPLETE']);
  });
  test('a grid is tried once, each combination', async () => {
    const grid = { a: [1, 2, 3], b: ['x', null] };
    const study = await createStudy({ sampler: new GridSampler(grid, { seed: 3 }) });
    const space = { a: float(0, 5), b: categorical(['x', null]) };
    await study.enqueue({ a: 2, b: null });
    await study.optimize((trial) => trial.params.a as number, { space });
    const tried = (await study.trials()).map(({ params }) => `${params.a} ${params.b}`);
    expect(tried.sort()).toEqual(['1 null', '1 x', '2 null', '2 x', '3 null', '3 x']);
  });
  test('TPE finds what random search does not: medians over 15 seeds', async () => {
    const space = { x: float(-5, 5), y: float(1e-5, 1, { log: true }), c: categorical(['a', 'b', 'c']) };
    const median = async (make: (seed: number) => RandomSampler | TpeSampler) => {
      const bests: number[] = [];
      for (let seed = 0; seed < 15; seed++) {
        const study = await createStudy({ sampler: make(seed) });
        const objective = ({ params }: Trial) =>
          ((params.x as number) - 2) ** 2 + (Math.log10(params.y as number) + 3) ** 2 + (params.c === 'b' ? 0 : 1);
        await study.optimize(objective, { trials: 60, space });
        bests.push((await study.bestTrial()).values![0]!);
      }
      return bests.sort((a, b) => a - b)[7]!;
    };
    const [tpe, random] = [
      await median((seed) => new TpeSampler({ seed })),
      await median((seed) => new RandomSampler({ seed })),
    ];
    expect(tpe).toBeLessThan(random / 3);
  });
});
