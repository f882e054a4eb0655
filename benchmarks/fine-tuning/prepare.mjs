// Writes what both sides are given, so that they do the same work: token ids, the order of the examples, the adapters' first values.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BaseModel, defaultSettings, Learner, stepExamples, totalSteps, writeSafetensors } from '@goldilocks/trainer';
import { parse } from 'csv-parse/sync';
import { shared } from './rows.mjs';

/** @returns the path of the job that both sides read */
export async function prepare({ row, model, csv, examples, folder, cacheDirectory }) {
  const base = await BaseModel.load(model, { cacheDirectory });
  const frozen = row.frozen < 0 ? base.config.layers + row.frozen : (row.frozen ?? 0);
  const settings = {
    ...defaultSettings,
    ...{
      method: row.method ?? 'full',
      lora: row.lora,
      epochs: row.epochs ?? 1,
      dropout: 0,
      patience: 0,
      evaluationsPerEpoch: 1,
    },
    ...{ batchSize: row.rows ?? shared.batchSize, seed: shared.seed, maxGradientNorm: shared.maxGradientNorm },
    ...{
      learningRate: shared.learningRate,
      weightDecay: shared.weightDecay,
      schedule: { name: 'constant', warmup: 0 },
    },
    freezing: { ...defaultSettings.freezing, layers: frozen, embeddings: frozen > 0 },
    ...(row.tokens && { microBatchTokens: row.rows * row.tokens, maxLength: row.tokens + 1 }),
  };
  const data =
    row.kind === 'step' ? randomRows(row, base.config.vocabSize) : sentences(base, csv, examples, row.template);
  const job = { row, model, settings, ...data, adapters: undefined, order: undefined };
  if (row.kind === 'train') job.order = orderOf(settings, data.train.length);
  if (row.method === 'lora') job.adapters = await writeAdapters({ base, settings, cacheDirectory, folder });
  const path = join(folder, 'job.json');
  writeFileSync(path, JSON.stringify(job));
  return path;
}

function randomRows({ rows, tokens }, vocabulary) {
  // One token more: the last is only predicted.
  const ids = (row) => Array.from({ length: tokens + 1 }, (_, i) => (row * 7919 + i * 104_729) % vocabulary);
  const supervised = Array.from({ length: tokens + 1 }, (_, i) => (i > 0 ? 1 : 0));
  return { train: Array.from({ length: rows }, (_, row) => ({ ids: ids(row), supervised })), validation: [] };
}

function sentences(base, csv, count, template = 'plain') {
  const pairs = readPairs(csv);
  const labels = [...new Set(pairs.map(({ completion }) => completion))].slice(0, shared.intents);
  const chosen = spread(
    pairs.filter(({ completion }) => labels.includes(completion)),
    count + shared.validation,
  );
  const options = { maxLength: 128, lossOn: 'completion' };
  const tokenized = chosen.map((example) => {
    const { ids, supervised } = base.tokenize(example, options, template);
    return { ids: Array.from(ids), supervised: Array.from(supervised) };
  });
  const end = base.tokenizer.eosTokenId;
  const labelIds = labels.map((label) => [...base.tokenizer.encode(label, { addSpecialTokens: false }), end]);
  return { train: tokenized.slice(0, count), validation: tokenized.slice(count), labels: labelIds };
}

/** banking77's columns are text and category. */
function readPairs(path) {
  return parse(readFileSync(path), { columns: true }).map(({ text, category }) => ({
    prompt: `${text.trim()}\n`,
    completion: category.replaceAll('_', ' '),
  }));
}

/** So many of a list, evenly, in an order that mixes labels. */
function spread(list, count) {
  const step = list.length / count;
  const picked = Array.from({ length: count }, (_, i) => list[Math.floor(i * step)]);
  return picked.map((_, i) => picked[(i * 37) % count]);
}

/** Numbers of the examples of each step. */
function orderOf({ seed, batchSize, epochs }, count) {
  const steps = totalSteps(count, batchSize, epochs);
  return Array.from({ length: steps }, (_, step) => Array.from(stepExamples({ seed, count, batchSize, step })));
}

async function writeAdapters({ base, settings, cacheDirectory, folder }) {
  const learner = new Learner({ base, settings, train: [], validation: [], cacheDirectory });
  const path = join(folder, 'adapters.safetensors');
  await writeSafetensors(
    path,
    [...learner.weights.tensors].map(([name, { shape, data }]) => ({ name, shape, data, dtype: 'F32' })),
  );
  await learner.release();
  return path;
}
