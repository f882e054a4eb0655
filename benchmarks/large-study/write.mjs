/** Writes a study of many complete trials to a SQLite file: node write.mjs FILE TRIALS. */

import { RandomGenerator, SqliteStorage } from '@goldilocks/study';
import { loss, space } from '../seven-parameters.mjs';

const [file, trials] = process.argv.slice(2);
const generator = new RandomGenerator([1, 2, 3, 4]);
const started = Date.UTC(2026, 0, 1);

function trial(_, i) {
  const params = Object.fromEntries(Object.entries(space).map(([name, distribution]) => [name, draw(distribution)]));
  const startedAt = new Date(started + 1000 * i);
  return { state: 'COMPLETE', params, distributions: space, values: [loss(params)], startedAt, completedAt: startedAt };
}

function draw(distribution) {
  const share = generator.uniform();
  if (distribution.type === 'categorical') return distribution.choices[Math.floor(share * distribution.choices.length)];
  const { low, high, log, step } = distribution;
  if (log) return low * (high / low) ** share;
  return step === null ? low + share * (high - low) : low + step * Math.floor((share * (high - low)) / step);
}

const storage = await SqliteStorage.open(file);
await storage.addStudies([{ name: 'large', directions: ['minimize'], trials: Array.from({ length: +trials }, trial) }]);
await storage.close();
console.log(JSON.stringify({ trials: +trials }));
