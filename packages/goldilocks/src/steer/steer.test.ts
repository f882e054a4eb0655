import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JourneyEvent } from '@goldilocks/protocol';
import type { SteeringCommand } from '@goldilocks/protocol/page';
import { SqliteStorage } from '@goldilocks/study';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../test/fake-engine.js';
import { Interrupted } from '../journey/interrupted.js';
import { fineTune, resume } from '../journey.js';
import type { OperationName, Operations, RunOptions, TrialEngine, TrialProcess } from '../workers/operations.js';
import { giveCommand, isPaused, markedTrials, notesOn, readCommands } from './commands.js';

let folder: string;
let data: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'goldilocks-steer-'));
  data = join(folder, 'rows.jsonl');
  const rows = Array.from({ length: 200 }, (_, i) => {
    const label = ['praise', 'complaint'][i % 2];
    return JSON.stringify({ text: `${label === 'praise' ? 'I like' : 'I hate'} thing number ${i * 7919}`, label });
  });
  await writeFile(data, `${rows.join('\n')}\n`);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What happens before a run trains, by its purpose such as `trial 2`, counting the sittings of each. */
type Before = (purpose: string, sitting: number, signal: AbortSignal) => Promise<void>;

/** A fake engine where something can happen while a run is under way. */
class SteeredEngine implements TrialEngine {
  readonly #sittings = new Map<string, number>();
  readonly now: () => number;

  constructor(
    readonly fake: FakeEngine,
    private readonly before: Before,
  ) {
    this.now = fake.now;
  }

  open(purpose: string): TrialProcess {
    const process = this.fake.open(purpose);
    const run = async <Name extends OperationName>(
      name: Name,
      input: Operations[Name]['input'],
      options: RunOptions<Name> = {},
    ) => {
      if (name === 'fineTune') {
        const sitting = 1 + (this.#sittings.get(purpose) ?? 0);
        this.#sittings.set(purpose, sitting);
        await this.before(purpose, sitting, options.signal!);
      }
      return process.run(name, input, options);
    };
    return { run, close: () => process.close() };
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done());
  });

/** Another process's hand on the study. */
async function give(command: SteeringCommand, id?: string) {
  const storage = await SqliteStorage.open(join(folder, '.goldilocks', 'studies.db'));
  try {
    const [study] = await storage.getStudies();
    return await giveCommand(storage, study!.id, { command, by: 'terminal', id });
  } finally {
    await storage.close();
  }
}

async function studyNow() {
  const storage = await SqliteStorage.open(join(folder, '.goldilocks', 'studies.db'));
  try {
    const [study] = await storage.getStudies();
    return { commands: readCommands(study!.systemAttributes), trials: await storage.getTrials(study!.id) };
  } finally {
    await storage.close();
  }
}

function setUp(before: Before, budget: { trials?: number; minutes?: number } = { trials: 5 }) {
  const events: JourneyEvent[] = [];
  const engine = new SteeredEngine(new FakeEngine(), before);
  const model = join(import.meta.dirname, '../../test');
  const onEvent = (event: JourneyEvent) => events.push(event);
  return { engine, events, options: { data, model, out: join(folder, 'out'), budget, engine, onEvent, fresh: true } };
}

describe('a search', () => {
  it('pauses in the middle of a trial, over a restart, and goes on from there when told', async () => {
    const stop = new AbortController();
    const { options, events } = setUp(async (purpose, sitting, signal) => {
      if (purpose !== 'trial 1' || sitting !== 1) return;
      await give({ kind: 'pause' });
      await aborted(signal);
    });
    // The journey is ended while it is paused.
    const endSoon = (event: JourneyEvent) => {
      options.onEvent(event);
      if (event.type === 'command') setTimeout(() => stop.abort(), 400);
    };
    await expect(fineTune({ ...options, onEvent: endSoon, signal: stop.signal })).rejects.toThrow(Interrupted);
    expect(events.find(({ type }) => type === 'command')).toMatchObject({ kind: 'pause', state: 'done' });
    expect(isPaused((await studyNow()).commands)).toBe(true);

    const second = setUp(async () => undefined);
    let resumedAt: string | undefined;
    setTimeout(async () => {
      expect(second.events.filter(({ type }) => type === 'trial-started')).toEqual([]);
      resumedAt = (await give({ kind: 'resume' })).at;
    }, 700);
    const { engine, onEvent } = second.options;
    const { report } = await resume({ stateDirectory: join(folder, '.goldilocks'), engine, onEvent });
    expect(resumedAt).toBeDefined();
    expect(report.trials).toHaveLength(5);
    const { commands } = await studyNow();
    expect(commands.map(({ command, outcome }) => [command.kind, outcome?.state])).toEqual([
      ['pause', 'done'],
      ['resume', 'done'],
    ]);
  });

  it('goes on with a trial that was paused, without losing what it had', async () => {
    const sittings: string[] = [];
    const { options, engine } = setUp(async (purpose, sitting, signal) => {
      sittings.push(`${purpose} ${sitting}`);
      if (purpose !== 'trial 1' || sitting !== 1) return;
      await give({ kind: 'pause' });
      await aborted(signal);
      setTimeout(() => void give({ kind: 'resume' }), 400);
    });
    const before = engine.fake.milliseconds;
    const { report } = await fineTune(options);
    expect(sittings.filter((name) => name.startsWith('trial 1 ')).slice(0, 2)).toEqual(['trial 1 1', 'trial 1 2']);
    expect(report.trials[1]!.rungs.length).toBeGreaterThan(0);
    expect(engine.fake.milliseconds).toBeGreaterThan(before);
  });

  it('tries what it is told, within the range it is told, for as long as it is told', async () => {
    const { options, events } = setUp(async (purpose, sitting) => {
      if (purpose !== 'trial 0' || sitting !== 1) return;
      await give({ kind: 'range', name: 'learningRate', low: 1e-3, high: 2e-3 });
      await give({ kind: 'range', name: 'schedule', choices: ['linear'] });
      await give({ kind: 'range', name: 'frozenLayers', low: 1, high: 5 });
      await give({ kind: 'extend', trials: 3 }, '019abcde-0000-7000-8000-000000000000');
      await give({ kind: 'extend', trials: 3 }, '019abcde-0000-7000-8000-000000000000'); // sent twice, done once
      await give({ kind: 'enqueue', params: { learningRate: 7e-4, frozenLayers: 6 } });
    });
    const { report } = await fineTune(options);
    const { trials, commands } = await studyNow();
    expect(commands.map(({ outcome }) => outcome?.state)).toEqual(Array.from({ length: 5 }, () => 'done'));
    expect(report.trials).toHaveLength(9); // five, three more, and the one asked for
    const [, wished, ...others] = trials;
    expect(wished!.params).toMatchObject({ learningRate: 7e-4, frozenLayers: 1 });
    expect(others.length).toBeGreaterThan(3);
    for (const { params } of others) {
      expect(params.learningRate).toBeGreaterThanOrEqual(1e-3);
      expect(params.learningRate).toBeLessThanOrEqual(2e-3);
      expect(params.schedule).toBe('linear');
      expect([0.25, 0.5, 0.75]).toContain(params.frozenLayers);
    }
    const started = events.filter((event) => event.type === 'trial-started' && event.purpose === 'search');
    expect(started[1]).toMatchObject({ trial: 1, params: { learningRate: 7e-4, frozenLayers: 6 } });
    expect(report.reproduce.command).toContain('--trials 9');
    const rate = report.hyperparameters.find(({ name }) => name === 'learningRate');
    expect(rate?.searched).toEqual({ low: 1e-3, high: 2e-3 });
  });

  it('searches choices that were added before it began, and none that are added later', async () => {
    const { options } = setUp(async (purpose, sitting) => {
      if (purpose === 'trial 0' && sitting === 1) await give({ kind: 'range', name: 'batchSize', choices: [2, 128] });
    });
    await fineTune({ ...options, ranges: { batchSize: { choices: [2, 3] } } });
    const { trials, commands } = await studyNow();
    expect(commands.map(({ outcome }) => outcome?.state)).toEqual(['done', 'refused']);
    const [, ...others] = trials.map(({ params }) => params.batchSize);
    expect(others.length).toBeGreaterThan(2);
    for (const size of others) expect([2, 3]).toContain(size);
  });

  it('stops one trial, then itself, and keeps the best', async () => {
    const { options, events } = setUp(
      async (purpose, sitting, signal) => {
        if (sitting !== 1) return;
        if (purpose === 'trial 1') {
          await give({ kind: 'stop-trial', trial: 1 });
          await aborted(signal);
        } else if (purpose === 'trial 2') {
          await give({ kind: 'stop-trial', trial: 0 });
          await give({ kind: 'stop-trial', trial: 1 });
        } else if (purpose === 'trial 3') {
          await give({ kind: 'stop' });
          await aborted(signal);
        }
      },
      { trials: 20 },
    );
    const { report } = await fineTune(options);
    expect(report.trials).toHaveLength(4);
    expect(report.trials[1]).toMatchObject({ state: 'pruned', reason: 'stopped by a person' });
    expect(report.trials[3]!.state).toBe('pruned');
    const said = events.flatMap((event) =>
      event.type === 'command' ? [[event.kind, event.state, event.sentence]] : [],
    );
    expect(said).toEqual([
      ['stop-trial', 'done', 'Trial 1 was stopped.'],
      ['stop-trial', 'refused', expect.stringContaining('recommended settings')],
      ['stop-trial', 'refused', 'Trial 1 has ended already.'],
      ['stop', 'done', expect.stringContaining('the best so far is kept')],
    ]);
  });

  it('brings the recommended settings to their end although it is stopped before', async () => {
    const { options } = setUp(async (purpose) => {
      if (purpose === 'trial 0') await give({ kind: 'stop' }, '019abcde-0000-7000-8000-00000000000a');
    });
    const { report } = await fineTune(options);
    expect(report.trials.map(({ state }) => state)).toEqual(['complete']);
    expect(report.verdict.kind).toBe('nothing-better');
  });

  it('refuses what cannot be, each with a sentence', async () => {
    const refusals: [SteeringCommand, RegExp][] = [
      [{ kind: 'range', name: 'learningRate', low: 2, high: 1 }, /lower first/],
      [{ kind: 'range', name: 'learningRate', low: 0, high: 1 }, /cannot be 0/],
      [{ kind: 'range', name: 'colour', low: 0, high: 1 }, /colour is not searched/],
      [{ kind: 'range', name: 'schedule', choices: ['zigzag'] }, /one of/],
      [{ kind: 'range', name: 'frozenLayers', low: 0, high: 99 }, /cannot be 99/],
      [{ kind: 'enqueue', params: { batchSize: 7 } }, /one of .*, not 7/],
      [{ kind: 'enqueue', params: { dropout: 'much' } }, /is a number/],
      [{ kind: 'extend', minutes: 3 }, /counted in trials/],
      [{ kind: 'stop-trial', trial: 9 }, /has not begun/],
    ];
    const ids = new Map<string, RegExp>();
    const { options } = setUp(
      async (purpose, sitting) => {
        if (purpose !== 'trial 0' || sitting > 1) return;
        for (const [command, sentence] of refusals) ids.set((await give(command)).id, sentence);
      },
      { trials: 2 },
    );
    await fineTune(options);
    const { commands } = await studyNow();
    expect(commands).toHaveLength(refusals.length);
    for (const { id, outcome } of commands) {
      expect(outcome).toMatchObject({ state: 'refused', sentence: expect.stringMatching(ids.get(id)!) });
    }
  });

  it('keeps marks and notes with the study, with their time', async () => {
    const { options } = setUp(async () => undefined, { trials: 1 });
    await fineTune(options);
    await give({ kind: 'mark', trial: 0, marked: true });
    await give({ kind: 'note', text: 'odd', trial: 0 });
    await give({ kind: 'note', text: 'on all' });
    const { commands } = await studyNow();
    expect([...markedTrials(commands)]).toEqual([0]);
    expect(notesOn(commands, 0)).toEqual([{ at: expect.stringMatching(/^20..-.*Z$/), text: 'odd' }]);
    expect(notesOn(commands, undefined).map(({ text }) => text)).toEqual(['on all']);
    await give({ kind: 'mark', trial: 0, marked: false });
    expect(markedTrials((await studyNow()).commands).size).toBe(0);
  });
});
