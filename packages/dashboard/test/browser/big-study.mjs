// Makes a study of very many trials, as a search of seven settings leaves it: good values grow dense around the best, one
// trial in four is stopped early, some fail.
//
// usage: node packages/dashboard/test/browser/big-study.mjs STUDIES_DB NAME TRIALS
import { categorical, createStudy, float, int, RandomGenerator, SqliteStorage } from '@goldilocks/study';

const [database, name, trials] = process.argv.slice(2);
const distributions = {
  learningRate: float(1e-5, 1e-2, { log: true }),
  batchSize: categorical([4, 8, 16, 32, 64]),
  epochs: int(1, 8),
  dropout: float(0, 0.3),
  weightDecay: float(0, 0.1),
  schedule: categorical(['constant', 'linear', 'cosine', 'warmup-stable-decay']),
  frozenLayers: int(0, 6),
};
const random = RandomGenerator.of(7, 'big-study');
const pick = (choices) => choices[Math.floor(random.uniform() * choices.length)];
const start = Date.UTC(2026, 10, 1);

function template(number, count) {
  const narrow = 1 - (0.7 * number) / count;
  const params = {
    learningRate: 10 ** (-3.2 + narrow * 1.1 * (2 * random.uniform() - 1)),
    batchSize: pick([4, 8, 16, 32, 64]),
    epochs: 1 + Math.floor(8 * random.uniform()),
    dropout: 0.3 * random.uniform(),
    weightDecay: 0.1 * random.uniform(),
    schedule: pick(['constant', 'linear', 'cosine', 'warmup-stable-decay']),
    frozenLayers: Math.floor(7 * random.uniform()),
  };
  const distance = (Math.log10(params.learningRate) + 3.2) ** 2 + 0.02 * (params.epochs - 4) ** 2 + params.dropout ** 2;
  const loss = 0.4 + distance + 0.1 * random.uniform();
  const lot = random.uniform();
  const state = lot < 0.02 ? 'FAIL' : lot < 0.27 ? 'PRUNED' : 'COMPLETE';
  const rungs = state === 'COMPLETE' ? 5 : 1 + Math.floor(3 * random.uniform());
  const intermediateValues = new Map(Array.from({ length: rungs }, (_, i) => [i + 1, loss + 1 / (i + 1)]));
  const startedAt = new Date(start + number * 1000);
  const completedAt = new Date(startedAt.getTime() + 4000 + 9000 * random.uniform());
  const value = loss + 0.2;
  return {
    state,
    params,
    distributions,
    intermediateValues,
    startedAt,
    completedAt,
    values: state === 'COMPLETE' ? [value] : null,
  };
}

const storage = await SqliteStorage.open(database);
const study = await createStudy({ storage, name, directions: ['minimize'] });
const count = Number(trials);
for (let from = 0; from < count; from += 2000) {
  await study.addTrials(Array.from({ length: Math.min(2000, count - from) }, (_, i) => template(from + i, count)));
}
await storage.close();
