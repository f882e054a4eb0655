// The data of both sides: banking77's first ten intents as a CSV with its split, and the same rows as tokens for the peer.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BaseModel } from '@goldilocks/trainer';
import { parse } from 'csv-parse/sync';

const INTENTS = 10;
const ROWS = { train: 600, validation: 150, test: 100 };

/** @returns {Promise<{data: string, tokens: string}>} paths of the CSV (text, label, split) and of the peer's tokens */
export async function prepare({ model, csv, folder }) {
  const rows = readRows(csv);
  const data = join(folder, 'intents.csv');
  const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
  const lines = rows.map(({ text, label, split }) => [quoted(text), label, split].join());
  writeFileSync(data, ['text,label,split', ...lines, ''].join('\n'));

  const base = await BaseModel.load(model, { cacheDirectory: join(folder, 'cache') });
  const tokenized = (wanted) =>
    rows
      .filter(({ split }) => split === wanted)
      .map(({ text, label }) => {
        const example = { prompt: `${text}\n`, completion: label };
        const { ids, supervised } = base.tokenize(example, { maxLength: 128, lossOn: 'completion' }, 'plain');
        return { ids: Array.from(ids), supervised: Array.from(supervised) };
      });
  const tokens = join(folder, 'tokens.json');
  writeFileSync(tokens, JSON.stringify({ model, train: tokenized('train'), validation: tokenized('validation') }));
  return { data, tokens };
}

/** Evenly from the file, in an order that mixes the intents. */
function readRows(csv) {
  const all = parse(readFileSync(csv), { columns: true }).map(({ text, category }) => ({
    text: text.trim().replaceAll(/\s+/g, ' '),
    label: category.replaceAll('_', ' '),
  }));
  const intents = [...new Set(all.map(({ label }) => label))].slice(0, INTENTS);
  const pool = all.filter(({ label }) => intents.includes(label));
  const count = Object.values(ROWS).reduce((sum, rows) => sum + rows);
  if (pool.length < count)
    throw new RangeError(`${csv} has ${pool.length} rows of its first ${INTENTS} intents; ${count} are needed.`);
  const picked = Array.from({ length: count }, (_, i) => pool[Math.floor((i * pool.length) / count)]);
  const splits = Object.entries(ROWS).flatMap(([split, rows]) => Array(rows).fill(split));
  // 359 has no factor in common with the count, so that each row comes once.
  return splits.map((split, i) => ({ ...picked[(i * 359) % count], split }));
}
