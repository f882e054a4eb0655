/** Optuna's results on the learning curves, measured once and kept beside this script, so that ours can be held against them quickly. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Optuna } from '../optuna/optuna.mjs';
import { searchOptuna } from './theirs.mjs';

const FILE = new URL('optuna-5.0.0.json', import.meta.url);
/** Epochs after which the true loss of what would be recommended is noted. */
export const MARKS = Array.from({ length: 23 }, (_, i) => 4.5 * (i + 2));

/** @returns {{version: string, results: Record<string, Record<string, Record<string, number[]>>>}} problem, search, seed */
export function readPeers() {
  if (!existsSync(FILE)) return { version: null, results: {} };
  return JSON.parse(readFileSync(FILE, 'utf8'));
}

/** Measures the searches that the file lacks; without the file, all. One process, one thread, after all other work. */
export async function measurePeers(problems, names, seeds) {
  const kept = readPeers();
  const optuna = new Optuna({ nice: 19 });
  kept.version = await optuna.version();
  for (const name of names) {
    for (const problem of problems) {
      const runs = ((kept.results[problem.name] ??= {})[name] ??= {});
      for (const seed of seeds) {
        if (runs[seed]) continue;
        const values = await searchOptuna(optuna, problem, name, seed, MARKS);
        runs[seed] = values.map((value) => (Number.isFinite(value) ? Number(value.toPrecision(6)) : null));
      }
      writeFileSync(FILE, format(kept));
      console.error(`${problem.name}: ${name} has been measured with ${Object.keys(runs).length} seeds`);
    }
  }
  await optuna.close();
}

/** One line a search, so that a later measurement changes few lines. */
function format({ version, results }) {
  const text = JSON.stringify({ version, results }, null, 2);
  return `${text.replace(/\[\s+([^\]]*?)\s+\]/g, (_, inner) => `[${inner.replace(/\s+/g, ' ')}]`)}\n`;
}
