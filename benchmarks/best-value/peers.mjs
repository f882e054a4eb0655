/** Optuna's results on the test functions, measured once and kept beside this script, because its GP takes hours. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Optuna } from '../optuna/optuna.mjs';
import { optunaStudy } from './studies.mjs';

const FILE = new URL('optuna-5.0.0.json', import.meta.url);
const TRIALS = 60;
export const PEERS = ['tpe', 'gp', 'cmaes', 'random'];

/** @returns {{version: string, results: Record<string, Record<string, Record<string, number[]>>>}} function, sampler, seed */
export function readPeers() {
  if (!existsSync(FILE)) return { version: null, results: {} };
  return JSON.parse(readFileSync(FILE, 'utf8'));
}

/** Measures the studies that the file lacks; without the file, all. One process, one thread, after all other work. */
export async function measurePeers(problems, seeds) {
  const kept = readPeers();
  const optuna = new Optuna({ nice: 19 });
  kept.version = await optuna.version();
  for (const { problem, sampler, seed } of studiesInOrder(problems, seeds)) {
    const ofSampler = ((kept.results[problem.name] ??= {})[sampler] ??= {});
    if (ofSampler[seed]) continue;
    const start = performance.now();
    const values = await optunaStudy(optuna, problem, sampler, seed, TRIALS);
    ofSampler[seed] = values.map((value) => Number(value.toPrecision(6)));
    writeFileSync(FILE, format(kept));
    console.log(`${problem.name} ${sampler} ${seed}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
  await optuna.close();
}

/** Quick samplers first, then ten seeds of everything, so that what there is can be compared early. */
function studiesInOrder(problems, seeds) {
  const blocks = Array.from({ length: Math.ceil(seeds / 10) }, (_, i) => [10 * i, Math.min(seeds, 10 * i + 10)]);
  const slow = (sampler) => sampler === 'gp';
  return [false, true].flatMap((isSlow) =>
    blocks.flatMap(([from, to]) =>
      problems.flatMap((problem) =>
        PEERS.filter((sampler) => slow(sampler) === isSlow).flatMap((sampler) =>
          Array.from({ length: to - from }, (_, i) => ({ problem, sampler, seed: from + i })),
        ),
      ),
    ),
  );
}

/** One line a study, so that a later measurement changes few lines. */
function format({ version, results }) {
  const text = JSON.stringify({ version, results }, null, 2);
  return `${text.replace(/\[\s+([^\]]*?)\s+\]/g, (_, inner) => `[${inner.replace(/\s+/g, ' ')}]`)}\n`;
}
