// Trains the shipped model with many settings and writes each run's validation losses at equal shares of its schedule.
// usage: node benchmarks/learning-curves/generate.mjs [--minutes 35] [--configurations 128] [--repeats 24] [--output FILE]
// Appends to the file (curves.jsonl here), one run a line, and leaves out runs that are there already. One thread.
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

// The engine takes as many threads as there are processors; curves are made beside other work.
os.availableParallelism = () => 1;
syncBuiltinESMExports();
const { BaseModel, defaultSettings, fineTune } = await import('@goldilocks/trainer');
const { configurations } = await import('./configurations.mjs');
const { datasets, rowsOf } = await import('./datasets.mjs');

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '35' },
    configurations: { type: 'string', default: '128' },
    repeats: { type: 'string', default: '24' },
    output: { type: 'string', default: fileURLToPath(new URL('curves.jsonl', import.meta.url)) },
  },
});
const shares = Array.from({ length: 27 }, (_, i) => (i + 1) / 27);
const root = fileURLToPath(new URL('../../', import.meta.url));
const { output } = values;
const folder = mkdtempSync(join(os.tmpdir(), 'goldilocks-curves-'));
const model = await BaseModel.load(join(root, 'models/goldilocks-base'), { cacheDirectory: join(folder, 'cache') });
const layers = 6;

function settingsOf({ schedule, frozenLayers, ...params }, seed) {
  const frozen = Math.ceil(frozenLayers * layers - 0.5);
  return {
    ...defaultSettings,
    ...params,
    schedule: { name: schedule, warmup: 0.05, floor: 0.1 },
    freezing: { layers: frozen, embeddings: frozen > 0, unfreeze: 'none', layerwiseDecay: 1 },
    maxLength: 96,
    microBatchTokens: 512,
    evaluationsPerEpoch: 1e-3,
    patience: 0,
    seed,
  };
}

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const digits = (value, count) => (Number.isFinite(value) ? Number(value.toPrecision(count)) : null);

async function run(examples, params, seed) {
  const directory = mkdtempSync(join(folder, 'run-'));
  // Processor time, not wall time: curves are made beside other work.
  let training = 0;
  let at = cpuSeconds();
  const { outcome, totalSteps, history } = await fineTune({
    model,
    ...examples,
    settings: settingsOf(params, seed),
    checkpointDirectory: directory,
    cacheDirectory: join(folder, 'cache'),
    evaluateAtShares: shares,
    validateAtStart: true,
    checkpointEverySeconds: 3600,
    onEvent({ type }) {
      const now = cpuSeconds();
      if (type === 'step') training += now - at;
      at = now;
    },
  });
  rmSync(directory, { recursive: true });
  // A diverged run has no loss from there on; short runs measure several shares at one step.
  const lossAt = (share) => history.find((evaluation) => evaluation.share >= share - 1e-9)?.loss ?? Number.NaN;
  return {
    outcome,
    steps: totalSteps,
    trainingSeconds: digits(training, 3),
    losses: [0, ...shares].map((share) => digits(lossAt(share), 5)),
  };
}

const done = new Set(
  existsSync(output)
    ? readFileSync(output, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => key(JSON.parse(line)))
    : [],
);
function key({ data, configuration, seed }) {
  return `${data} ${configuration} ${seed}`;
}

const all = await configurations(Number(values.configurations));
// Every fifth configuration again on other seeds, the recommended one three times: how much of a loss is chance.
const repeats = Array.from({ length: Number(values.repeats) }, (_, i) => ({
  configuration: i < 3 ? 0 : 5 * (i - 2),
  seed: 1 + (i < 3 ? i : 0),
}));
const tasks = [...all.map((_, configuration) => ({ configuration, seed: 0 })), ...repeats]
  // Repeats come in between, so that a stop at any time leaves some of both.
  .sort((a, b) => a.configuration + (a.seed > 0 ? 8 : 0) - b.configuration - (b.seed > 0 ? 8 : 0))
  .flatMap((task) => Object.keys(datasets).map((data) => ({ data, ...task })));
const prepared = Object.fromEntries(
  Object.keys(datasets).map((data) => {
    const tokens = rowsOf(data, root).map((row) => model.tokenize(row, { maxLength: 96, lossOn: 'completion' }));
    const { validation, train } = datasets[data];
    return [data, { validation: tokens.slice(0, validation), train: tokens.slice(validation, validation + train) }];
  }),
);
const spent = () => cpuSeconds() / 60;
for (const task of tasks) {
  if (done.has(key(task))) continue;
  if (spent() > Number(values.minutes)) break;
  const params = all[task.configuration];
  const result = await run(prepared[task.data], params, task.seed);
  appendFileSync(output, `${JSON.stringify({ ...task, params, ...result })}\n`);
  console.log(
    `${spent().toFixed(1)} min: ${key(task)} ${result.outcome} ${result.losses.at(-1)} ${result.trainingSeconds} s`,
  );
}
rmSync(folder, { recursive: true });
