import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSettings } from '@goldilocks/trainer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../test/fake-engine.js';
import { Clock } from '../search/clock.js';
import { type ConfirmOptions, type ConfirmRun, confirm } from './confirm.js';
import { decide } from './decide.js';

const run = (trial: number, seed: number, value: number | null, perExample: number[] = []): ConfirmRun => ({
  trial,
  seed,
  folder: '',
  value,
  loss: value,
  perExample,
});

describe('decide', () => {
  it('takes the candidate that is better beyond one standard error', () => {
    const runs = [run(0, 1, 1.0), run(3, 1, 0.9), run(0, 2, 1.1), run(3, 2, 0.98), run(5, 1, 0.99), run(5, 2, 1.12)];
    const decision = decide(runs, [5, 3]);
    expect(decision).toMatchObject({ kind: 'better', winner: 3 });
    // Differences −0.10 and −0.12: mean −0.11, standard error 0.01.
    expect(decision.candidates[0]!.difference.mean).toBeCloseTo(-0.11, 12);
    expect(decision.candidates[0]!.difference.standardError).toBeCloseTo(0.01, 12);
    // Deviations from each trial's mean: ±0.05, ±0.04, ±0.065, pooled with three degrees of freedom.
    expect(decision.seedDeviation).toBeCloseTo(Math.sqrt((2 * (0.05 ** 2 + 0.04 ** 2 + 0.065 ** 2)) / 3), 12);
  });

  it('leans to the recommended settings within one standard error, over seeds or over examples', () => {
    const luck = [run(0, 1, 1.0), run(3, 1, 0.8), run(0, 2, 1.0), run(3, 2, 1.18)];
    expect(decide(luck, [3])).toMatchObject({ kind: 'within-noise', winner: 0 });
    const examples = [run(0, 1, 1.0, [1, 1, 1]), run(3, 1, 0.99, [0, 2, 0.97])];
    expect(decide(examples, [3])).toMatchObject({ kind: 'within-noise', winner: 0 });
    const paired = [run(0, 1, 1.0, [0, 2, 1]), run(3, 1, 0.99, [-0.01, 1.99, 0.99])];
    expect(decide(paired, [3])).toMatchObject({ kind: 'better', winner: 3 });
  });

  it('says so when nothing is better, or nothing could be compared', () => {
    expect(decide([run(0, 1, 1), run(3, 1, 1.1)], [3])).toMatchObject({ kind: 'nothing-better', winner: 0 });
    expect(decide([run(0, 1, 1), run(3, 1, null)], [3])).toMatchObject({ kind: 'nothing-better', candidates: [] });
    expect(decide([], [])).toMatchObject({ kind: 'nothing-better', winner: 0, seedDeviation: null });
  });
});

describe('confirm', () => {
  let folder: string;
  let sets = 0;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'goldilocks-confirm-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function setUp(more: Partial<ConfirmOptions> = {}) {
    const engine = new FakeEngine();
    const place = join(folder, String(sets++));
    const rates: Record<number, number> = { 0: 1e-3, 4: 3e-3, 7: 2e-3 };
    const options: ConfirmOptions = {
      engine,
      model: 'm',
      train: { file: 't' },
      validation: { file: 'v' },
      emit: () => undefined,
      candidates: [4, 7],
      settingsOfTrial: (trial) => ({ ...defaultSettings, learningRate: rates[trial]! }),
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

  it('trains every contender on the same seeds', async () => {
    const { engine, options } = setUp();
    const { runs, seeds, decision } = await confirm(options);
    expect(seeds).toEqual([11, 12, 13]);
    expect(runs.map(({ trial, seed }) => [trial, seed])).toEqual([
      [0, 11],
      [4, 11],
      [7, 11],
      [0, 12],
      [4, 12],
      [7, 12],
      [0, 13],
      [4, 13],
      [7, 13],
    ]);
    expect(engine.trained().map(({ settings }) => settings.seed)).toEqual([11, 11, 11, 12, 12, 12, 13, 13, 13]);
    expect(decision).toMatchObject({ kind: 'better', winner: 4 });
  });

  it('keeps to its time: fewer seeds, then fewer candidates, then none', async () => {
    const twoSeeds = await confirm(setUp({ endsAt: 19 }).options);
    expect(twoSeeds.seeds).toEqual([11, 12]);
    const one = await confirm(setUp({ endsAt: 7 }).options);
    expect(one.runs.map(({ trial, seed }) => [trial, seed])).toEqual([
      [0, 11],
      [4, 11],
    ]);
    const none = await confirm(setUp({ endsAt: 0 }).options);
    expect(none).toMatchObject({ seeds: [], runs: [], decision: { kind: 'nothing-better', winner: 0 } });
  });

  it('goes on from the runs that were saved', async () => {
    let saved: readonly ConfirmRun[] = [];
    const stop = new AbortController();
    const onRun = async (runs: readonly ConfirmRun[]) => {
      saved = [...runs];
      if (saved.length === 4) stop.abort(new Error('stopped'));
    };
    await expect(confirm(setUp({ onRun, signal: stop.signal }).options)).rejects.toThrow('stopped');
    const { engine, options } = setUp({ done: saved });
    const { runs } = await confirm(options);
    expect(runs).toHaveLength(9);
    expect(engine.trained()).toHaveLength(5);
  });
});
