import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tinyExamples, tinyModel, tinySettings } from '../../test/tiny-run.js';
import { BaseModel } from '../models/base-model.js';
import type { TrainingSettings } from '../settings.js';
import { fineTune } from './fine-tune.js';

const root = mkdtempSync(join(tmpdir(), 'goldilocks-open-ended-'));
afterAll(() => rmSync(root, { recursive: true }));
const cacheDirectory = join(root, 'cache');
const model = await BaseModel.load(tinyModel, { cacheDirectory });

const constant: TrainingSettings = {
  ...tinySettings,
  epochs: 1,
  dropout: 0.1,
  schedule: { name: 'constant', warmup: 0 },
};

function run(name: string, settings: TrainingSettings, validation = 0) {
  return fineTune({
    model,
    train: tinyExamples(40),
    validation: tinyExamples(validation, 3),
    settings,
    checkpointDirectory: join(root, name),
    cacheDirectory,
  });
}

const values = ({ weights }: Awaited<ReturnType<typeof run>>) =>
  [...weights.tensors].map(([name, { data }]) => [name, Array.from(data)]);

describe('an open-ended run', () => {
  it('goes on to more epochs, and ends with the weights of one that was that long from the start', async () => {
    const short = await run('grown', constant);
    expect(short).toMatchObject({ outcome: 'completed', step: 5 });
    const grown = await run('grown', { ...constant, epochs: 3 });
    expect(grown).toMatchObject({ outcome: 'completed', step: 15, totalSteps: 15 });
    expect(values(grown)).not.toEqual(values(short));
    expect(values(grown)).toEqual(values(await run('long', { ...constant, epochs: 3 })));
  });

  it('keeps its measurements, at their shares of the longer run', async () => {
    const short = await run('measured', constant, 8);
    const grown = await run('measured', { ...constant, epochs: 2 }, 8);
    const before = grown.history.slice(0, short.history.length);
    expect(before.map(({ loss }) => loss)).toEqual(short.history.map(({ loss }) => loss));
    expect(before.map(({ share }) => share)).toEqual(short.history.map(({ share }) => share / 2));
    expect(grown.history.at(-1)?.share).toBe(1);
  });

  it('does not become shorter', async () => {
    await run('shrunk', { ...constant, epochs: 2 });
    await expect(run('shrunk', constant)).rejects.toThrow(/holds 10 steps, more than the 5/);
  });
});

it('a run whose schedule stretches over it does not go on to more epochs', async () => {
  const cosine: TrainingSettings = { ...constant, schedule: { name: 'cosine', warmup: 0 } };
  await run('cosine', cosine);
  await expect(run('cosine', { ...cosine, epochs: 3 })).rejects.toThrow(/other settings/);
});
