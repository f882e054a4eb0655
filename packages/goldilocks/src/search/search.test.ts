import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JourneyEvent } from '@goldilocks/protocol';
import { createStudy, float, int, loadStudy, MemoryStorage, type Params } from '@goldilocks/study';
import { defaultSettings, type TrainingSettings } from '@goldilocks/trainer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine, type FakeEngineOptions, outOfMemory, usualLoss } from '../../test/fake-engine.js';
import { Clock } from './clock.js';
import { completeTrials } from './limits.js';
import { search } from './search.js';
import type { SearchOptions } from './search-options.js';
import { searchSampler } from './search-sampler.js';
import { readRecord } from './trial-files.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'goldilocks-search-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const space = {
  learningRate: float(1e-4, 1e-1, { log: true }),
  epochs: int(1, 6),
  dropout: float(0, 0.2, { step: 0.05 }),
};
const recommended = { learningRate: 1e-3, epochs: 3, dropout: 0 };

async function setUp(engineOptions: FakeEngineOptions = {}, more: Partial<SearchOptions> = {}) {
  const engine = new FakeEngine(engineOptions);
  const storage = new MemoryStorage();
  const study = await createStudy({
    storage,
    name: 's',
    directions: ['minimize'],
    sampler: searchSampler(recommended, 1),
  });
  const events: JourneyEvent[] = [];
  const perEpoch = engineOptions.secondsPerEpoch ?? 1;
  const options: SearchOptions = {
    engine,
    study,
    space,
    recommended,
    model: 'm',
    train: { file: 't' },
    validation: { file: 'v' },
    emit: (event) => events.push(event),
    settingsOf: (params: Params) => ({ ...defaultSettings, ...params }) as TrainingSettings,
    folderOf: (trial) => join(folder, String(trial)),
    predict: (settings, from, to) => settings.epochs * perEpoch * (to - from),
    clock: new Clock(0, engine.now),
    subset: 1,
    ...more,
  };
  return { engine, storage, study, events, options };
}

describe('search', () => {
  it('runs the recommended settings to the end first, then finds better ones', async () => {
    const { options, study, engine, events } = await setUp({}, { trials: 15 });
    const trials = await search(options);
    expect(trials).toHaveLength(15);
    expect(trials[0]).toMatchObject({ number: 0, state: 'complete', params: recommended });
    expect(
      engine
        .trained()
        .slice(0, 3)
        .map(({ stopAtShare }) => stopAtShare),
    ).toEqual([1, 1 / 9, 1 / 9]);
    const best = completeTrials(trials)[0]!;
    expect(best.number).not.toBe(0);
    expect(usualLoss(options.settingsOf(best.params))).toBeLessThan(usualLoss(options.settingsOf(recommended)));
    const frozen = await study.trials();
    expect([...frozen[0]!.intermediateValues.keys()]).toEqual([111, 333, 1000]);
    expect(frozen.filter(({ state }) => state === 'RUNNING')).toEqual([]);
    expect(events.filter(({ type }) => type === 'trial-pruned').length).toBeGreaterThan(3);
    // Most trials are left at the lowest rung: that is what makes the search cheap.
    expect(trials.filter(({ values }) => values.length === 1).length).toBeGreaterThanOrEqual(7);
  });

  it('keeps the losses of each validation example, and checkpoints only of trials that ended well', async () => {
    const { options } = await setUp({}, { trials: 6 });
    const trials = await search(options);
    const record = (await readRecord(join(folder, '0')))!;
    expect(record.perExample).toHaveLength(30);
    expect(record.curve.map(({ step }) => step)).toEqual(Array.from({ length: 90 }, (_, i) => i + 1));
    for (const { number, state } of trials) {
      expect(existsSync(join(folder, String(number), 'checkpoint'))).toBe(state === 'complete');
    }
  });

  it('is the same again with the same seed', async () => {
    const values = async () => (await search((await setUp({}, { trials: 8 })).options)).map(({ values }) => values);
    const first = await values();
    await rm(folder, { recursive: true });
    expect(await values()).toEqual(first);
  });

  it('keeps the time it was given within a tenth, also when predictions are wrong', async () => {
    for (const wrong of [1, 3, 0.4]) {
      const { options, engine } = await setUp({}, { endsAt: 60 });
      const predict = options.predict;
      const trials = await search({ ...options, predict: (...run) => predict(...run) * wrong });
      const seconds = engine.milliseconds / 1000;
      expect(seconds).toBeGreaterThan(50);
      expect(seconds).toBeLessThan(66);
      expect(completeTrials(trials).length).toBeGreaterThanOrEqual(2);
      await rm(folder, { recursive: true });
    }
  });

  it('records a trial that fails, with its reason, and goes on', async () => {
    const { options, study, events } = await setUp(
      {
        loss: (settings) => (settings.learningRate > 0.02 ? Number.NaN : usualLoss(settings)),
        beforeTrain(purpose) {
          if (purpose === 'trial 2') throw outOfMemory(purpose);
        },
      },
      { trials: 12 },
    );
    const trials = await search(options);
    expect(trials).toHaveLength(12);
    expect(trials[2]).toMatchObject({ state: 'failed', reason: 'trial 2 ran out of memory.' });
    expect((await study.trials())[2]!.userAttributes).toMatchObject({ failure_kind: 'out-of-memory' });
    const kinds = events.flatMap((event) => (event.type === 'trial-failed' ? [event.kind] : []));
    expect(kinds).toContain('out-of-memory');
    expect(trials.filter(({ state }) => state === 'complete').length).toBeGreaterThanOrEqual(2);
  });

  it('ends when one trial after another crashes, and when the recommended settings cannot be trained', async () => {
    const crashing = (from: number) => ({
      beforeTrain(purpose: string) {
        if (Number(purpose.split(' ')[1]) >= from) throw outOfMemory(purpose);
      },
    });
    const late = await setUp(crashing(3), { endsAt: 1000 });
    const trials = await search(late.options);
    expect(trials.length).toBeLessThan(12);
    expect(late.events).toContainEqual(expect.objectContaining({ type: 'message', level: 'warning' }));
    const early = await setUp(crashing(0), { endsAt: 1000 });
    await expect(search(early.options)).rejects.toThrow(/recommended settings could not be trained: trial 0 ran out/);
  });

  it('goes on after an interruption as if there had been none', async () => {
    const whole = await setUp({}, { trials: 8 });
    const expected = (await search(whole.options)).map(({ params, values, state }) => ({ params, values, state }));
    await rm(folder, { recursive: true });

    const { options, storage } = await setUp({}, { trials: 8 });
    for (let sitting = 0; ; sitting++) {
      const stop = new AbortController();
      let steps = 0;
      const emit = (event: JourneyEvent) => {
        if (event.type === 'trial-step' && ++steps === 70) stop.abort(new Error('stopped'));
      };
      const study = await loadStudy({ storage, name: 's', sampler: searchSampler(recommended, 1) });
      const trials = await search({ ...options, study, emit, signal: stop.signal }).catch(
        (error: Error) => error.message,
      );
      if (trials === 'stopped') continue;
      expect(sitting).toBeGreaterThan(1);
      expect((trials as typeof expected).map(({ params, values, state }) => ({ params, values, state }))).toEqual(
        expected,
      );
      break;
    }
    expect(JSON.parse(await readFile(join(folder, '0', 'record.json'), 'utf8')).curve).toHaveLength(90);
  });

  it('settles a trial whose end was measured but not told', async () => {
    const { options, study, storage } = await setUp({}, { trials: 1 });
    await study.enqueue(recommended);
    const trial = await study.ask(space);
    const { id } = (await study.trials())[trial.number]!;
    const intermediateValues = new Map([
      [111, 3],
      [333, 2],
      [1000, 1],
    ]);
    await storage.writeTrial(id, { intermediateValues });
    expect(await search(options)).toMatchObject([{ state: 'complete', values: [3, 2, 1] }]);
  });
});
