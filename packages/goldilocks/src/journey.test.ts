import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JourneyEvent, reportSchema } from '@goldilocks/protocol';
import { loadStudy, SqliteStorage } from '@goldilocks/study';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine, type FakeEngineOptions, outOfMemory, usualLoss } from '../test/fake-engine.js';
import { LogReader } from './events/follow.js';
import { Interrupted } from './journey/interrupted.js';
import type { FineTuneOptions } from './journey/options.js';
import { fineTune, resume } from './journey.js';

let folder: string;
let data: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'goldilocks-journey-'));
  data = join(folder, 'rows.jsonl');
  await writeRows(200);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function writeRows(count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, i) => {
    const label = ['praise', 'complaint'][i % 2];
    return JSON.stringify({ text: `${label === 'praise' ? 'I like' : 'I hate'} thing number ${i * 7919}`, label });
  });
  await writeFile(data, `${rows.join('\n')}\n`);
}

function setUp(engineOptions: FakeEngineOptions = {}, more: Partial<FineTuneOptions> = {}) {
  const engine = new FakeEngine(engineOptions);
  const events: JourneyEvent[] = [];
  const options: FineTuneOptions = {
    data,
    model: join(import.meta.dirname, '../test'),
    out: join(folder, 'out'),
    budget: { trials: 8 },
    engine,
    onEvent: (event) => events.push(event),
    ...more,
  };
  return { engine, events, options };
}

describe('fineTune', () => {
  it('tries early what an earlier study on like data found, and says so; not with fresh', async () => {
    const first = await fineTune(setUp().options);
    const { options, events } = setUp({}, { out: join(folder, 'second'), budget: { trials: 4 } });
    const second = await fineTune(options);
    const told = events.flatMap((event) => (event.type === 'message' ? [event.text] : []));
    expect(told.find((text) => text.includes(`«${first.study}»`))).toMatch(
      /best settings of the study .* tried early: the same model, method and kind of task .*--fresh/,
    );
    const { value: found } = first.report.hyperparameters.find(({ name }) => name === 'learningRate')!;
    expect(second.report.trials[1]!.params.learningRate).toBe(found);
    const fresh = setUp({}, { out: join(folder, 'third'), budget: { trials: 4 }, fresh: true });
    const third = await fineTune(fresh.options);
    expect(third.report.trials[1]!.params.learningRate).not.toBe(found);
    expect(fresh.events.filter((event) => event.type === 'message' && event.text.includes('«'))).toEqual([]);
  });

  it('goes from data to a model and a report that fits its schema', async () => {
    const { options, events, engine } = setUp();
    const { report, study, output } = await fineTune(options);
    expect(reportSchema.parse(report)).toEqual(report);
    expect(JSON.parse(await readFile(join(output, 'report.json'), 'utf8'))).toEqual(report);
    expect(await readFile(join(output, 'report.html'), 'utf8')).toContain('<html');
    expect((await readdir(output)).sort()).toEqual(['model.safetensors', 'report.html', 'report.json']);

    const stages = events.flatMap((event) => (event.type === 'stage-finished' ? [event.stage] : []));
    expect(stages).toEqual(['inspect', 'plan', 'pilot', 'search', 'confirm', 'final', 'test', 'report']);
    expect(events[0]).toMatchObject({ type: 'journey-started', budgetTrials: 8 });
    expect(events.at(-1)).toMatchObject({ type: 'journey-finished' });
    const logged = (await new LogReader(join(folder, '.goldilocks', 'runs', study)).read()).map(({ event }) => event);
    const lasting = (all: JourneyEvent[]) =>
      all.filter(({ type }) => type !== 'trial-step' && type !== 'stage-progress');
    expect(lasting(logged)).toEqual(JSON.parse(JSON.stringify(lasting(events))));

    expect(report.trials).toHaveLength(8);
    expect(report.verdict).toMatchObject({ kind: 'better', delivered: 'found' });
    expect(report.scores.found.loss.value).toBeLessThan(report.scores.recommended.loss.value);
    expect(report.scores.recommended.loss.value).toBeLessThan(report.scores.base.loss.value);
    expect(report.hyperparameters).toHaveLength(7);
    expect(report.learningCurves).toHaveLength(2);
    expect(report.reproduce.command).toBe(
      `goldilocks run ${data} --model ${options.model} --out ${output} --trials 8 --seed 0`,
    );
    // Test rows are seen once by each of the three models, and by no training.
    const testRows = report.data.splits.test;
    const scored = engine.log.filter(({ operation }) => operation === 'scoreLabels');
    expect(scored.map(({ input }) => (input as { prompts: unknown[] }).prompts.length)).toEqual([
      testRows,
      testRows,
      testRows,
    ]);

    // Python Optuna reads the same: the study, its trials and their rungs.
    const storage = await SqliteStorage.open(join(folder, '.goldilocks', 'studies.db'));
    const stored = await loadStudy({ storage, name: study });
    const trials = await stored.trials();
    expect(trials[0]).toMatchObject({ state: 'COMPLETE' });
    expect([...trials[0]!.intermediateValues.keys()]).toEqual([111, 333, 1000]);
    expect(await stored.userAttributes()).toMatchObject({ 'goldilocks:format': 1 });
    await storage.close();
  });

  it('says so when nothing is better than the recommended settings', async () => {
    const { options } = setUp({
      loss: (settings) => 1 + (settings.learningRate === 1e-3 && settings.dropout === 0 ? 0 : 0.5),
    });
    const { report } = await fineTune({ ...options, settings: { dropout: 0, batchSize: 16, epochs: 3 } });
    expect(report.verdict).toMatchObject({ kind: 'nothing-better', delivered: 'recommended' });
    expect(report.confirmation).toBeNull();
    expect(report.scores.found).toEqual(report.scores.recommended);
    expect(reportSchema.parse(report)).toEqual(report);
  });

  it('keeps a budget in minutes within a tenth', async () => {
    const { options, engine } = setUp({ secondsPerEpoch: 4 }, { budget: { minutes: 5 } });
    const { report } = await fineTune(options);
    expect(engine.milliseconds / 60_000).toBeGreaterThan(4);
    expect(engine.milliseconds / 60_000).toBeLessThan(5.5);
    expect(report.trials.length).toBeGreaterThan(8);
    expect(report.confirmation?.seeds.length).toBeGreaterThan(0);
  });

  it('searches a subset where the budget is small for the data, and trains the final runs on all', async () => {
    await writeRows(650);
    const { options, engine } = setUp({ secondsPerEpoch: 4 }, { budget: { minutes: 2.5 } });
    const { report } = await fineTune(options);
    const sizes = new Set(engine.trained().map(({ train }) => train.indices?.length));
    expect(sizes.size).toBeGreaterThan(1);
    expect(Math.max(...[...sizes].map((size) => size ?? 0))).toBe(report.data.splits.train);
    expect(engine.milliseconds / 60_000).toBeLessThan(2.75);
  });

  it('makes a metric the objective', async () => {
    const { report } = await fineTune(setUp({}, { metric: 'macroF1', budget: { trials: 4 } }).options);
    expect(report.task.objective).toEqual({
      name: '1-macroF1',
      title: '1 − macro F1 on validation',
      direction: 'minimize',
    });
    expect(report.task.metric.name).toBe('macroF1');
    expect(report.trials[0]!.value).toBeLessThan(1);
    expect(report.trials[0]!.value).not.toBe(report.trials[0]!.validationLoss);
  });

  it('prices what is forgotten beyond a limit', async () => {
    const { engine, options } = setUp({}, { retentionLimit: 0, budget: { trials: 2 } });
    await fineTune(options);
    const onReference = engine.log.filter(
      ({ purpose, operation }) => purpose === 'trial 0' && operation === 'evaluateLoss',
    );
    expect(onReference.length).toBeGreaterThan(0);
  });
});

describe('resume', () => {
  it('goes on from any stage, and ends as if never stopped', async () => {
    const whole = await fineTune({ ...setUp().options, out: join(folder, 'whole'), study: 'whole' });
    const { options } = setUp({}, { study: 'cut', fresh: true });
    const seen = new Set<string>();
    const sitting = async (isFirst: boolean) => {
      const stop = new AbortController();
      // Stops when a stage or trial starts that no sitting before has seen.
      const onEvent = (event: JourneyEvent) => {
        const key =
          event.type === 'stage-started'
            ? event.stage
            : event.type === 'trial-started'
              ? `${event.purpose}${event.trial}`
              : '';
        if (key === '' || seen.has(key)) return;
        seen.add(key);
        stop.abort();
      };
      const control = { onEvent, signal: stop.signal, engine: new FakeEngine() };
      return isFirst
        ? fineTune({ ...options, ...control })
        : resume({ study: 'cut', stateDirectory: join(folder, '.goldilocks'), ...control });
    };
    let result: Awaited<ReturnType<typeof sitting>> | undefined;
    let stops = 0;
    while (result === undefined) {
      try {
        result = await sitting(stops === 0);
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
        expect(error.resumeCommand).toContain('goldilocks resume cut');
        stops += 1;
      }
    }
    expect(stops).toBeGreaterThan(10);
    const outcome = ({ report }: typeof whole) => ({
      trials: report.trials.map(({ params, rungs, state }) => ({ params, rungs, state })),
      scores: report.scores,
      verdict: report.verdict.kind,
      confirmation: report.confirmation?.candidates,
    });
    expect(outcome(result)).toEqual(outcome(whole));
    const again = await resume({ study: 'cut', stateDirectory: join(folder, '.goldilocks'), engine: new FakeEngine() });
    expect(again.report).toEqual(result.report);
  });

  it('refuses data that changed, a study that is not there, and one of another version', async () => {
    const stateDirectory = join(folder, '.goldilocks');
    await expect(resume({ stateDirectory })).rejects.toThrow(/no studies/);
    const stop = AbortSignal.abort();
    const { options, engine } = setUp({}, { signal: stop, study: 's' });
    await expect(fineTune(options)).rejects.toBeInstanceOf(Interrupted);
    await expect(resume({ stateDirectory, study: 'other' })).rejects.toThrow(/no study «other».*It has: s/);
    const file = join(stateDirectory, 'runs', 's', 'journey.json');
    const record = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...record, dataHash: 'another' }));
    await expect(resume({ stateDirectory, engine })).rejects.toThrow(/data in .* have changed/);
    await writeFile(file, JSON.stringify({ ...record, format: 99 }));
    await expect(resume({ stateDirectory, engine })).rejects.toThrow(
      /has format 99; this version of Goldilocks reads format 1/,
    );
  });
});

describe('what cannot work', () => {
  it('is refused before anything is written', async () => {
    const refused = async (more: Partial<FineTuneOptions>, message: RegExp) => {
      await expect(fineTune(setUp({}, more).options)).rejects.toThrow(message);
      expect((await readdir(folder)).filter((name) => name !== 'rows.jsonl' && name !== 'full')).toEqual([]);
    };
    await refused({ budget: { minutes: 0 } }, /budget is 0 minutes/);
    await refused({ budget: { trials: 1.5 } }, /number of trials is 1.5/);
    await refused({ seed: -1 }, /seed is -1/);
    await refused({ model: 'no-such-model' }, /no model «no-such-model»/);
    await refused({ study: '../up' }, /cannot name a study/);
    await refused({ out: data }, /is a file; a folder is needed/);
  });

  it('leaves no output behind when the engine fails', async () => {
    const failing = setUp({
      beforeTrain: (purpose) => {
        throw outOfMemory(purpose);
      },
    });
    await expect(fineTune(failing.options)).rejects.toMatchObject({ name: 'UserError', exitCode: 1 });
    expect((await readdir(folder)).sort()).toEqual(['.goldilocks', 'rows.jsonl']);
  });

  it('goes on past trials that diverge or lose their process', async () => {
    const { options } = setUp({
      loss: (settings) => (settings.learningRate > 4e-3 ? Number.NaN : usualLoss(settings)),
      beforeTrain(purpose) {
        if (purpose === 'trial 3') throw outOfMemory(purpose);
      },
    });
    const { report } = await fineTune(options);
    expect(report.trials[3]).toMatchObject({ state: 'failed', failure: 'out-of-memory' });
    expect(reportSchema.parse(report)).toEqual(report);
  });
});
