import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JourneyEvent } from '@goldilocks/protocol';
import { defaultSettings } from '@goldilocks/trainer';
import { afterAll, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../test/fake-engine.js';
import { TrialFailure } from '../workers/failure.js';
import { runTrial } from './run-trial.js';

const folder = mkdtempSync(join(tmpdir(), 'goldilocks-run-trial-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a trial that runs out of memory', () => {
  const run = async (most: number) => {
    const engine = new FakeEngine({
      beforeTrain: (purpose, { settings }) => {
        if (settings.microBatchTokens > most) throw new TrialFailure('out-of-memory', `${purpose} ran out of memory.`);
      },
    });
    const events: JourneyEvent[] = [];
    const file = { file: 'rows', indices: [0, 1, 2] };
    const setting = {
      engine,
      model: 'm',
      train: file,
      validation: file,
      emit: (event: JourneyEvent) => events.push(event),
    };
    const checkpointDirectory = mkdtempSync(join(folder, 'trial-'));
    const task = {
      number: 7,
      purpose: 'search' as const,
      settings: defaultSettings,
      checkpointDirectory,
      stopAtShare: 1,
    };
    const outcome = await runTrial(setting, task);
    const texts = events.flatMap((event) => (event.type === 'message' ? [event.text] : []));
    return { outcome, texts, sizes: engine.trained().map(({ settings }) => settings.microBatchTokens) };
  };

  it('goes on once with half the micro-batch, and says so', async () => {
    const { outcome, texts, sizes } = await run(256);
    expect(outcome.type).toBe('reached');
    expect(sizes).toEqual([512, 256]);
    expect(texts).toEqual([
      'Trial 7 ran out of memory. It goes on from its last checkpoint with half the micro-batch, 256 tokens.',
    ]);
  });

  it('has failed where that does not fit either', async () => {
    const { outcome, sizes } = await run(128);
    expect(outcome).toMatchObject({ type: 'failed', kind: 'out-of-memory', reason: 'trial 7 ran out of memory.' });
    expect(sizes).toEqual([512, 256]);
  });
});
