import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectClose, numbered } from '../../test/golden-model.js';
import { tinyExamples, tinyModel, tinySettings } from '../../test/tiny-run.js';
import { SettingsError } from '../errors.js';
import { BaseModel } from '../models/base-model.js';
import type { TrainingSettings } from '../settings.js';
import { fineTune } from './fine-tune.js';
import { Learner } from './learner.js';
import { replayedExamples } from './replay.js';

const cacheDirectory = mkdtempSync(join(tmpdir(), 'goldilocks-replay-'));
const base = await BaseModel.load(tinyModel, { cacheDirectory });
const train = tinyExamples(8);
const reference = tinyExamples(3, 17).map((example) => ({
  ...example,
  supervised: new Uint8Array(example.ids.length).fill(1, 1),
}));
/** A step is a plain one along the gradient, so that its weights tell the gradient. */
const plain: TrainingSettings = {
  ...{ ...tinySettings, weightDecay: 0, maxGradientNorm: 0 },
  optimizer: { name: 'sgd', momentum: 0 },
};

/** What one step of rate 1 adds to the weights, and its loss. */
async function change(settings: TrainingSettings, examples: typeof train, replayed?: typeof train) {
  const options = { base, settings, train: examples, validation: [], reference: replayed, cacheDirectory };
  const learner = new Learner(options);
  await learner.moveTo(0);
  const before = new Map([...learner.weights.tensors].map(([name, { data }]) => [name, data.slice()]));
  const { loss } = await learner.step(numbered(examples), 0, 1);
  const changes = [...learner.weights.tensors].flatMap(([name, { data }]) => [
    ...data.map((value, i) => value - before.get(name)![i]!),
  ]);
  await learner.release();
  return { loss, changes };
}

test.each([0, 2])('the gradient is the weighted mean of data and reference, above %i frozen layers', async (layers) => {
  const settings = { ...plain, freezing: { layers, embeddings: layers > 0 } };
  const replay = { share: 0.25 }; // of a batch of 8: two pieces
  const both = await change({ ...settings, replay }, train, reference);
  const data = await change(settings, train);
  const pieces = replayedExamples(reference, { ...settings, replay }, 0, 0).map(({ example }) => example);
  expect(pieces).toHaveLength(2);
  const repeated = await change(settings, pieces);
  const wanted = data.changes.map((value, i) => 0.75 * value + 0.25 * repeated.changes[i]!);
  expectClose(both.changes, wanted, 1e-5);
  expect(both.loss).toBeCloseTo(data.loss, 6);
});

test('each pass reads every piece once, in an order that follows from the seed', () => {
  const read = (seed: number) =>
    [0, 1, 2].flatMap((step) =>
      replayedExamples(reference, { replay: { share: 0.25 }, batchSize: 8, seed }, step, 100).map(({ index }) => index),
    );
  expect([...read(1)].slice(0, 3).sort()).toEqual([100, 101, 102]);
  expect([...read(1)].slice(3).sort()).toEqual([100, 101, 102]);
  expect(read(1)).toEqual(read(1));
  expect(new Set([1, 2, 3, 4, 5, 6, 7, 8].map((seed) => read(seed).join())).size).toBeGreaterThan(1);
});

test('replay without a text to replay is refused', async () => {
  const options = {
    model: base,
    train,
    validation: [],
    cacheDirectory,
    checkpointDirectory: join(cacheDirectory, 'run'),
  };
  await expect(fineTune({ ...options, settings: { ...plain, replay: { share: 0.1 } } })).rejects.toThrow(SettingsError);
});
