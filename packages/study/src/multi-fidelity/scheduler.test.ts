import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { float, int } from '../distributions/distribution.js';
import { InvalidOptionError, UnsupportedError } from '../errors.js';
import { PriorSampler } from '../samplers/prior.js';
import { RandomSampler } from '../samplers/random.js';
import { MemoryStorage } from '../storages/memory.js';
import { createStudy, loadStudy } from '../study/create-study.js';
import { recoverLostTrials } from '../study/heartbeat.js';
import type { Params } from '../trial/frozen-trial.js';
import { AshaRule } from './asha-rule.js';
import { CurveRule } from './curves/curve-rule.js';
import type { PromotionRule } from './promotion-rule.js';
import { MultiFidelityScheduler, type SchedulerOptions, type Task } from './scheduler.js';

const space = { rate: float(1e-4, 1e-1, { log: true }), epochs: int(1, 6) };

/** Falls along the schedule towards an end that is best at a rate of 3e-3 and many epochs. */
function loss({ rate, epochs }: Params, share: number): number {
  const end = 0.2 + 0.15 * Math.log10((rate as number) / 3e-3) ** 2 + 0.3 / (epochs as number);
  return end + Math.exp(-4 * share);
}

function rulesFor(seed: number): [string, () => PromotionRule][] {
  return [
    ['AshaRule', () => new AshaRule()],
    ['CurveRule', () => new CurveRule({ seed })],
  ];
}

async function setUp(options: Partial<SchedulerOptions> = {}, seed = 1) {
  const storage = new MemoryStorage();
  const study = await createStudy({ storage, name: 's', sampler: new RandomSampler({ seed }) });
  await study.enqueue({ rate: 1e-3, epochs: 3 });
  const open = async () =>
    new MultiFidelityScheduler(await loadStudy({ storage, name: 's', sampler: new RandomSampler({ seed }) }), {
      space,
      rule: new AshaRule(),
      ...options,
    });
  return {
    storage,
    study,
    open,
    scheduler: new MultiFidelityScheduler(study, { space, rule: new AshaRule(), ...options }),
  };
}

const reached = (task: Task) => ({ value: loss(task.params, task.to), seconds: task.to - task.from });

describe.each(rulesFor(3))('%s', (name, rule) => {
  test('trial 0 goes to its end first; every piece begins where the one before ended', async () => {
    const { scheduler, study } = await setUp({ rule: rule(), trials: 12 });
    const pieces: Task[] = [];
    await scheduler.run(async (task) => {
      pieces.push(task);
      return reached(task);
    });
    expect(pieces[0]).toMatchObject({ params: { rate: 1e-3, epochs: 3 }, from: 0, to: 1 });
    const at = new Map<number, number>();
    for (const { trial, from, to } of pieces) {
      expect(from).toBe(at.get(trial.number) ?? 0);
      expect(to).toBeGreaterThan(from);
      at.set(trial.number, to);
    }
    expect(at.size).toBe(12);
    expect([...at.values()].filter((share) => share === 1).length).toBeGreaterThanOrEqual(2);
    expect([...at.values()].filter((share) => share < 0.2).length).toBeGreaterThanOrEqual(4);
    await scheduler.finish();
    const states = (await study.trials()).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['COMPLETE', 'PRUNED']));
  });

  test('the same again with the same seed, also when it is opened anew before every piece', async () => {
    const whole = await setUp({ rule: rule(), trials: 9 });
    await whole.scheduler.run(async (task) => reached(task));
    const expected = (await whole.study.trials()).map(({ params, intermediateValues }) => [params, intermediateValues]);

    const pieces = await setUp({ rule: rule(), trials: 9, alone: true });
    for (;;) {
      const scheduler = await pieces.open();
      const task = await scheduler.next();
      if (!task) break;
      // Killed in mid-piece: the next one is given the same piece again.
      const again = await (await pieces.open()).next();
      expect(again).toMatchObject({ trial: { number: task.trial.number }, from: task.from, to: task.to });
      await scheduler.reach(task, reached(task));
    }
    const trials = await pieces.study.trials();
    expect(trials.map(({ params, intermediateValues }) => [params, intermediateValues])).toEqual(expected);
  });

  test('several workers, of one process and of others, never do a piece twice', async () => {
    const { open, study } = await setUp({ rule: rule(), trials: 16 });
    const done: string[] = [];
    const work = async () =>
      (await open()).run(
        async (task) => {
          await delay(1);
          done.push(`${task.trial.number} ${task.from} ${task.to}`);
          return reached(task);
        },
        { concurrency: 2 },
      );
    await Promise.all([work(), work(), work()]);
    expect(new Set(done).size).toBe(done.length);
    expect((await study.trials()).length).toBeLessThanOrEqual(16 + 5);
  });

  test('nothing begins that cannot end in what is left', async () => {
    const budget = 20;
    const cost = (params: Params, from: number, to: number) => (params.epochs as number) * (to - from);
    const { scheduler } = await setUp({ rule: rule(), budget, cost });
    let spent = 0;
    await scheduler.run(async (task) => {
      spent += cost(task.params, task.from, task.to);
      return reached(task);
    });
    expect(spent).toBeLessThanOrEqual(name === 'CurveRule' ? budget : budget + 6);
    expect(spent).toBeGreaterThan(0.8 * budget);
  });

  test('a failed trial is left, the search goes on', async () => {
    const { scheduler, study } = await setUp({ rule: rule(), trials: 8 });
    await scheduler.run(async (task) => {
      if (task.trial.number === 2) return { value: Number.NaN };
      return reached(task);
    });
    const trials = await study.trials();
    expect(trials[2]!.state).toBe('FAIL');
    expect(trials).toHaveLength(8);
  });
});

describe('workers', () => {
  test('a paused trial gives no heartbeats and is not taken for lost', async () => {
    const { scheduler, study } = await setUp({ trials: 3 });
    await scheduler.run(async (task) => reached(task));
    await delay(5);
    expect(await recoverLostTrials(study, { intervalMs: 1, graceMs: 1 })).toEqual([]);
    expect((await study.trials()).map(({ state }) => state)).toEqual(['COMPLETE', 'RUNNING', 'RUNNING']);
  });

  test('a trial belongs to its worker until it is given back', async () => {
    const { open } = await setUp({ trials: 2 });
    const [one, other] = [await open(), await open()];
    const first = (await one.next())!;
    await one.reach(first, reached(first));
    const task = (await one.next())!;
    expect(await other.next()).toBeNull();
    await one.release(task);
    const taken = (await other.next())!;
    expect(taken).toMatchObject({ trial: { number: task.trial.number }, from: 0, to: task.to });
  });

  test('a silent worker loses its trial to another one, which goes on from the share before', async () => {
    const { storage, study, open } = await setUp({ trials: 2, graceMs: 30 });
    const one = (await (await open()).next())!;
    const silent = { worker: 'one that is gone', beat: 3, to: 1 };
    await storage.writeTrial(one.trial.id, { systemAttributes: { multi_fidelity: silent } });
    if (!one.lost.aborted) await new Promise((resolve) => one.lost.addEventListener('abort', resolve));
    const other = await open();
    let taken: Task | null = null;
    while (taken?.trial.number !== 0) {
      taken = await other.next();
      await delay(5);
    }
    expect(taken).toMatchObject({ trial: { number: 0 }, from: 0, to: 1 });
    expect((await study.trials()).length).toBeLessThanOrEqual(2);
  });

  test('an interrupted piece is given back, and taken up again', async () => {
    const { scheduler } = await setUp({ trials: 2 });
    const stop = new AbortController();
    const interrupted = scheduler.run(
      async (task, signal) => {
        if (task.trial.number === 1) {
          stop.abort(new Error('stopped'));
          signal.throwIfAborted();
        }
        return reached(task);
      },
      { signal: stop.signal },
    );
    await expect(interrupted).rejects.toThrow('stopped');
    expect(await scheduler.next()).toMatchObject({ trial: { number: 1 }, from: 0 });
  });

  test('a run that ended early counts as complete with its value', async () => {
    const { scheduler, study } = await setUp({ trials: 2, firstToEnd: false });
    const task = (await scheduler.next())!;
    await scheduler.reach(task, { value: 0.7, ended: true });
    const [trial] = await study.trials();
    expect(trial).toMatchObject({ state: 'COMPLETE', values: [0.7] });
    expect([...trial!.intermediateValues]).toEqual([
      [111, 0.7],
      [333, 0.7],
      [1000, 0.7],
    ]);
  });
});

test('the curves come nearer to the best than halving random points does, with the same epochs', async () => {
  const regret = async (seed: number, rule: PromotionRule) => {
    const study = await createStudy({ sampler: new PriorSampler({ seed }) });
    const cost = (params: Params, from: number, to: number) => (params.epochs as number) * (to - from);
    const scheduler = new MultiFidelityScheduler(study, { space, rule, budget: 40, cost });
    await scheduler.run(async (task) => reached(task));
    return (await study.bestTrial()).values![0]! - loss({ rate: 3e-3, epochs: 6 }, 1);
  };
  let [byCurves, byHalving] = [0, 0];
  for (let seed = 0; seed < 5; seed++) {
    byCurves += await regret(seed, new CurveRule({ seed }));
    byHalving += await regret(seed, new AshaRule());
  }
  expect(byCurves).toBeLessThan(0.5 * byHalving);
});

test('bad options are refused', async () => {
  const study = await createStudy();
  expect(() => new MultiFidelityScheduler(study, { space, shares: [0.5, 0.2, 1] })).toThrow(InvalidOptionError);
  expect(() => new MultiFidelityScheduler(study, { space, shares: [0.5] })).toThrow(InvalidOptionError);
  expect(() => new MultiFidelityScheduler(study, { space, budget: -1 })).toThrow(InvalidOptionError);
  expect(() => new AshaRule({ reduction: 1 })).toThrow(InvalidOptionError);
  expect(() => new CurveRule({ halving: 2 })).toThrow(InvalidOptionError);
  const several = await createStudy({ directions: ['minimize', 'maximize'] });
  expect(() => new MultiFidelityScheduler(several, { space })).toThrow(UnsupportedError);
});
