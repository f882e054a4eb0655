import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FrozenTrial, float } from '@goldilocks/study';
import { defaultSettings } from '@goldilocks/trainer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine, type FakeEngineOptions, usualLoss } from '../../test/fake-engine.js';
import { Clock } from '../search/clock.js';
import { rungShares, rungStep } from '../search/rungs.js';
import { type ConfirmOptions, confirm } from './confirm.js';
import type { ConfirmRun } from './confirm-run.js';

const space = { learningRate: float(1e-4, 1e-1, { log: true }) };
const settingsOf = (learningRate: number) => ({ ...defaultSettings, learningRate });
/** Of trials 0 to 9; the best, at 3e-3, is trial 4. */
const rates = [1e-3, 2e-4, 8e-2, 3e-2, 3.2e-3, 5e-4, 1e-2, 2e-3, 1.2e-4, 6e-3];
const ended = [0, 4, 7, 9];

/** A trial as the search leaves it: some at their end, the others at their first rung. */
function searched(learningRate: number, number: number): FrozenTrial {
  const isComplete = ended.includes(number);
  const loss = usualLoss(settingsOf(learningRate));
  const rungs = isComplete ? [0, 1, 2] : [0];
  return {
    id: number,
    number,
    state: isComplete ? 'COMPLETE' : 'PRUNED',
    values: isComplete ? [loss] : null,
    params: { learningRate },
    distributions: space,
    intermediateValues: new Map(rungs.map((rung) => [rungStep(rung), loss + 1.5 * (1 - rungShares[rung]!)])),
    userAttributes: {},
    systemAttributes: {},
    startedAt: null,
    completedAt: null,
  };
}

describe('confirm', () => {
  let folder: string;
  let sets = 0;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'goldilocks-confirm-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function setUp(more: Partial<ConfirmOptions> = {}, engineOptions: FakeEngineOptions = {}) {
    const engine = new FakeEngine(engineOptions);
    const place = join(folder, String(sets++));
    const options: ConfirmOptions = {
      engine,
      model: 'm',
      train: { file: 't' },
      validation: { file: 'v' },
      emit: () => undefined,
      trials: rates.map(searched),
      better: [4, 7, 9],
      settingsOfTrial: (trial) => settingsOf(rates[trial]!),
      folderOf: (trial, seed) => join(place, `${trial}-${seed}`),
      seeds: [11, 12, 13],
      predict: () => 3,
      clock: new Clock(0, engine.now),
      done: [],
      onRun: async () => undefined,
      ...more,
    };
    return { engine, options };
  }
  const pairsOf = (runs: readonly ConfirmRun[]) => runs.map(({ trial, seed }) => [trial, seed]);

  it('runs the recommended settings and their rivals on the same seeds, and takes who is surely better', async () => {
    const { engine, options } = setUp();
    const { runs, seeds, decision } = await confirm(options);
    expect(seeds).toEqual([11, 12, 13]);
    expect(pairsOf(runs)[0]).toEqual([0, 11]);
    for (const seed of seeds) {
      const trials = runs.filter((run) => run.seed === seed).map(({ trial }) => trial);
      expect(trials[0]).toBe(0);
      expect(trials).toContain(4);
    }
    expect(engine.trained().map(({ settings }) => settings.seed)).toEqual(runs.map(({ seed }) => seed));
    expect(decision).toMatchObject({ kind: 'better', winner: 4 });
    const [best] = decision.candidates;
    const value = (trial: number, seed: number) => runs.find((run) => run.trial === trial && run.seed === seed)!.value!;
    expect(best!.pairs).toHaveLength(3);
    for (const [i, seed] of seeds.entries()) expect(best!.pairs[i]).toBeCloseTo(value(4, seed) - value(0, seed), 12);
    // 0.868 against 0.840 without luck.
    expect(Math.abs(best!.difference.mean + 0.028)).toBeLessThan(0.01);
    // Both differ from run to run by the luck of the seed alone: uniform over 0.005.
    expect(decision.seedDeviation).toBeGreaterThan(0);
    expect(decision.seedDeviation).toBeLessThan(0.005);
  });

  it('keeps the recommended settings where other seeds do not bear the search out', async () => {
    const unlucky = ({ learningRate, seed }: { learningRate: number; seed: number }) =>
      0.9 + (learningRate === 1e-3 ? 0 : 0.02 * Math.sin(7 * seed));
    const { decision } = await confirm(setUp({}, { loss: unlucky }).options);
    expect(decision.winner).toBe(0);
    expect(decision.kind).not.toBe('better');
    const worse = await confirm(setUp({}, { loss: ({ learningRate }) => (learningRate === 1e-3 ? 0.9 : 1) }).options);
    expect(worse.decision).toMatchObject({ kind: 'nothing-better', winner: 0 });
    expect(worse.decision.candidates[0]!.pairs[0]).toBeCloseTo(0.1, 12);
  });

  it('keeps to its time: fewer seeds, then fewer rivals, then the search alone decides', async () => {
    const short = setUp({ endsAt: 14 });
    expect((await confirm(short.options)).seeds.length).toBeLessThan(3);
    expect(short.engine.milliseconds).toBeLessThan(14_000 * 1.05);
    const one = await confirm(setUp({ endsAt: 7 }).options);
    expect(pairsOf(one.runs)).toEqual([
      [0, 11],
      [4, 11],
    ]);
    const none = await confirm(setUp({ endsAt: 0 }).options);
    expect(none).toMatchObject({ seeds: [], runs: [] });
    expect(none.decision.candidates[0]).toMatchObject({ trial: 4, pairs: [] });
    expect(none.decision.candidates[0]!.probabilityBetter).toBeGreaterThan(0.5);
    const counted = await confirm(setUp({ runs: 2 }).options);
    expect(counted.runs).toHaveLength(2);
  });

  it('goes on from the runs that were saved', async () => {
    let saved: readonly ConfirmRun[] = [];
    const stop = new AbortController();
    const onRun = async (runs: readonly ConfirmRun[]) => {
      saved = [...runs];
      if (saved.length === 4) stop.abort(new Error('stopped'));
    };
    const whole = await confirm(setUp().options);
    await expect(confirm(setUp({ onRun, signal: stop.signal }).options)).rejects.toThrow('stopped');
    const { engine, options } = setUp({ done: saved });
    const { runs, decision } = await confirm(options);
    expect(pairsOf(runs)).toEqual(pairsOf(whole.runs));
    expect(decision).toEqual(whole.decision);
    expect(engine.trained()).toHaveLength(whole.runs.length - 4);
  });

  it('leaves out runs that failed', async () => {
    const loss = ({ learningRate, seed }: { learningRate: number; seed: number }) =>
      learningRate === 3.2e-3 && seed === 11 ? Number.NaN : usualLoss({ ...settingsOf(learningRate), seed });
    const { decision, runs } = await confirm(setUp({}, { loss }).options);
    expect(runs.find(({ trial, seed }) => trial === 4 && seed === 11)).toMatchObject({ value: null });
    expect(decision.candidates.find(({ trial }) => trial === 4)!.pairs.length).toBeLessThan(3);
  });
});
