import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSettings } from '@goldilocks/trainer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine, type FakeEngineOptions } from '../../test/fake-engine.js';
import { availableMemory } from './memory.js';
import { type PilotInput, runPilot } from './pilot.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'goldilocks-pilot-'));
  await writeFile(join(folder, 'file'), '200');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function setUp(engineOptions: FakeEngineOptions = {}, more: Partial<PilotInput> = {}) {
  const engine = new FakeEngine(engineOptions);
  const input: PilotInput = {
    process: engine.open('the pilot'),
    model: { directory: 'm', layers: 6 },
    settings: { ...defaultSettings, learningRate: 1e-3, epochs: 3 },
    file: join(folder, 'file'),
    train: Array.from({ length: 140 }, (_, i) => i),
    validation: Array.from({ length: 30 }, (_, i) => 140 + i),
    lengths: Array.from({ length: 170 }, () => 20),
    checkpointDirectory: join(folder, 'checkpoint'),
    seconds: 60,
    now: () => engine.milliseconds / 1000,
    ...more,
  };
  return { engine, input };
}

describe('runPilot', () => {
  it('measures the time of a token, and brackets the learning rate', async () => {
    const { input } = setUp({ secondsPerEpoch: 28 });
    const pilot = await runPilot(input);
    // 28 s an epoch of 140 examples with 20 tokens each: 10 ms a token.
    expect(pilot.measurement.secondsPerTrainingToken).toBeCloseTo(0.01, 3);
    expect(pilot.ramp.length).toBeGreaterThan(40);
    expect(pilot.bracket!.low).toBeLessThan(3e-3);
    expect(pilot.bracket!.high).toBeGreaterThan(1e-3);
  });

  it('ends its run after some seconds, and leaves the ramp out where there is no time', async () => {
    const { input, engine } = setUp({ secondsPerEpoch: 280 }, { seconds: 20 });
    const pilot = await runPilot(input);
    expect(engine.milliseconds / 1000).toBeLessThan(70); // six steps of 9 s; not the whole run
    expect(pilot.bracket).toBeUndefined();
    expect(pilot.note).toMatch(/no time for a learning-rate ramp/);
  });

  it('lowers the micro-batch where memory is short, and says so', async () => {
    const settings = { ...defaultSettings, maxLength: 128, microBatchTokens: 512 };
    const { input } = setUp({ bytesPerMicroBatchToken: 1e6 }, { settings, availableBytes: 460e6 });
    expect((await runPilot(input)).microBatchTokens).toBe(128);
    expect((await runPilot(input)).gradientCheckpointing).toBeUndefined();
    const enough = setUp({ bytesPerMicroBatchToken: 1e6 }, { settings, availableBytes: 8e9 });
    expect((await runPilot(enough.input)).microBatchTokens).toBe(512);
  });

  it('computes layers again where even the smallest micro-batch does not fit, if the person did not decide', async () => {
    const settings = { ...defaultSettings, maxLength: 128, microBatchTokens: 512 };
    const short = { settings, availableBytes: 300e6 };
    const pilot = await runPilot(setUp({ bytesPerMicroBatchToken: 1e6 }, short).input);
    expect(pilot).toMatchObject({ gradientCheckpointing: true, microBatchTokens: 256 });
    const decided = { ...short, settings: { ...settings, gradientCheckpointing: false } };
    await expect(runPilot(setUp({ bytesPerMicroBatchToken: 1e6 }, decided).input)).rejects.toThrow(
      '--gradient-checkpointing',
    );
  });

  it('refuses what does not fit into memory, with what helps', async () => {
    const { input, engine } = setUp({}, { availableBytes: 100e6 });
    await expect(runPilot(input)).rejects.toMatchObject({
      name: 'UserError',
      exitCode: 1,
      message: expect.stringMatching(
        /200 MB of 100 MB available, which is too much. What helps:\n {2}- .*--method lora/s,
      ),
    });
    expect(engine.trained()).toEqual([]);
  });
});

describe('availableMemory', () => {
  it('is some of what the machine has', () => {
    expect(availableMemory()).toBeGreaterThan(0);
  });
});
