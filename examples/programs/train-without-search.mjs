// One training run with settings of your own, no search: the engine alone, by its library.
//
//   node examples/programs/train-without-search.mjs
//
// Teaches the shipped model to rewrite plain notes formally, then shows a few of its answers.

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BaseModel, defaultSettings, fineTune, generate } from '@goldilocks/trainer';

const settings = {
  ...defaultSettings,
  learningRate: 1e-3,
  epochs: 6,
  batchSize: 16,
  maxLength: 128,
  microBatchTokens: 1024,
};
const folder = mkdtempSync(join(tmpdir(), 'goldilocks-'));
const model = await BaseModel.load('models/goldilocks-base', { cacheDirectory: join(folder, 'cache') });

// What stands between question and answer is up to you; here it is the end of the line. Rows that cannot be used are left out.
const rows = readFileSync('examples/formal/formal.jsonl', 'utf8')
  .split('\n')
  .flatMap((line) => {
    try {
      const { prompt, completion } = JSON.parse(line);
      return completion ? [{ prompt: `${prompt}\n`, completion }] : [];
    } catch {
      return [];
    }
  });
const examples = rows.map((row) => model.tokenize(row, settings));

const { outcome, best, weights } = await fineTune({
  model,
  train: examples.slice(100),
  validation: examples.slice(10, 100),
  settings,
  checkpointDirectory: join(folder, 'checkpoints'),
  cacheDirectory: join(folder, 'cache'),
  onEvent: (event) => {
    if (event.type !== 'evaluation') return;
    console.log(`epoch ${event.evaluation.epoch.toFixed(1)}: validation loss ${event.evaluation.loss.toFixed(3)}`);
  },
});
console.log(`${outcome}; best validation loss ${best?.loss.toFixed(3)} at epoch ${best?.epoch.toFixed(1)}`);

const prompts = rows.slice(0, 3).map(({ prompt }) => prompt);
const answers = await generate({ base: model, tuned: weights }, prompts, { maxTokens: 100 });
for (const [i, answer] of answers.entries()) console.log(`\n${prompts[i]}→ ${answer}`);
