// How often a noisy search ends worse than the default it began with, and what being careful costs: ours beside Optuna.
// usage: npm run benchmark -- worse-than-default [studies] [first seed]     GOLDILOCKS_PYTHON names a Python with optuna 5
import {
  AutoSampler,
  bestOf,
  Confirmation,
  createStudy,
  RandomGenerator,
  recommendedTrial,
  repeatBudget,
  SEED_KEY,
} from '@goldilocks/study';
import { Optuna } from '../optuna/optuna.mjs';
import { drawTask, normal, spaceAround } from '../simulated/fine-tuning.mjs';

const [count = 240, firstSeed = 0] = process.argv.slice(2).map(Number);
/** A result is worse than the default when its loss without noise is higher by more than this; typical gains are 0.05. */
const MARGIN = 0.01;
const NOISES = [0.005, 0.02, 0.05, 0.15];
const SIZES = [8, 16, 24, 40];
/** Share of a run's noise that all runs of its seed have in common. */
const COMMON = [0, 0.5];

/** Losses of runs: the same run again has the same loss. */
function laboratory(task, noise, common, seed) {
  return (params, run, runSeed) => {
    const [own, shared] = [RandomGenerator.of(seed, 'run', run), RandomGenerator.of(seed, 'seed', runSeed)];
    const luck = Math.sqrt(1 - common) * normal(own) + Math.sqrt(common) * normal(shared);
    return task.truth(params) + noise * luck;
  };
}

/** N runs in all: a search with the default first, then repeats. */
async function ours(task, measure, trials, seed) {
  const study = await createStudy({ sampler: new AutoSampler({ seed }) });
  const space = spaceAround(task.defaults);
  const repeats = repeatBudget(trials);
  const run = async () => {
    const trial = await study.ask(space);
    const runSeed = (await study.trials())[trial.number].userAttributes[SEED_KEY] ?? 0;
    await study.tell(trial, measure(trial.params, trial.number, runSeed));
  };
  for (let i = 0; i < trials - repeats; i++) await run();
  const confirmation = new Confirmation(await study.trials(), { runs: repeats });
  for (;;) {
    const next = confirmation.next(await study.trials());
    if (!next) break;
    await study.enqueue(next.params, { userAttributes: { [SEED_KEY]: next.seed } });
    await run();
  }
  const all = await study.trials();
  return { trials: all, chosen: confirmation.verdict(all).trial.params };
}

/** N runs by a sampler alone, the default first. */
async function alone(study, space, task, measure, trials) {
  await study.enqueue(task.defaults);
  const finished = [];
  for (let i = 0; i < trials; i++) {
    const trial = await study.ask(space);
    const value = measure(trial.params, trial.number, 0);
    await study.tell(trial, value);
    finished.push({ number: trial.number, params: trial.params, value });
  }
  return finished;
}

/** By the value that was measured. */
const lowest = (trials) => trials.reduce((a, b) => (b.value < a.value ? b : a)).params;
const optuna = new Optuna();
const rows = [];
for (let i = 0; i < count; i++) {
  const seed = firstSeed + i;
  const task = drawTask(seed);
  const setting = {
    noise: NOISES[i % NOISES.length],
    trials: SIZES[Math.floor(i / NOISES.length) % SIZES.length],
    common: COMMON[Math.floor(i / NOISES.length / SIZES.length) % COMMON.length],
  };
  const measure = laboratory(task, setting.noise, setting.common, seed);
  const { trials, chosen } = await ours(task, measure, setting.trials, seed);
  const searched = trials.slice(0, setting.trials - repeatBudget(setting.trials));
  const peer = await optuna.createStudy({ sampler: 'tpe', seed });
  const observed = await alone(peer, task.space, task, measure, setting.trials);
  await peer.forget();
  const picks = {
    'goldilocks, confirmed': chosen,
    'by the model, unrepeated': recommendedTrial(searched, { reference: 0 }).trial.params,
    'best observed, unrepeated': bestOf(searched, 'minimize').params,
    'optuna tpe, best observed': lowest(observed),
    'oracle, among the confirmed search’s trials': trials
      .map(({ params }) => params)
      .reduce((a, b) => (task.truth(b) < task.truth(a) ? b : a)),
  };
  const base = task.truth(task.defaults);
  const gains = Object.fromEntries(Object.entries(picks).map(([name, params]) => [name, base - task.truth(params)]));
  rows.push({ ...setting, available: task.gain, gains });
  if (process.env.VERBOSE) console.error(JSON.stringify(rows.at(-1)));
}
await optuna.close();

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
/** Counts of some of the studies: worse than the default, and the gain where one of at least the margin was there to find. */
function summarise(some) {
  const gainful = some.filter(({ available }) => available > MARGIN);
  return Object.fromEntries(
    Object.keys(some[0].gains).map((name) => [
      name,
      {
        worse: some.filter(({ gains }) => gains[name] < -MARGIN).length,
        worsePercent: round((100 * some.filter(({ gains }) => gains[name] < -MARGIN).length) / some.length),
        meanGain: round(mean(gainful.map(({ gains }) => gains[name])), 4),
        gainKeptPercent: round(
          100 * mean(gainful.map(({ gains, available }) => Math.max(-1, gains[name] / available))),
        ),
      },
    ]),
  );
}
const round = (value, digits = 1) => Number(value.toFixed(digits));
const by = (key, values) =>
  Object.fromEntries(
    [...new Set(values)].map((value) => {
      const summary = summarise(rows.filter((row) => row[key] === value));
      return [
        value,
        Object.fromEntries(
          Object.entries(summary).map(([name, one]) => [
            name,
            `${one.worsePercent} % worse, ${one.gainKeptPercent} % kept`,
          ]),
        ),
      ];
    }),
  );
const summary = summarise(rows);
console.table(
  by(
    'noise',
    rows.map(({ noise }) => noise),
  ),
);
console.table(
  by(
    'trials',
    rows.map(({ trials }) => trials),
  ),
);
console.table(summary);
console.log(
  JSON.stringify({
    benchmark: 'worse-than-default',
    studies: rows.length,
    margin: MARGIN,
    node: process.version,
    summary,
  }),
);
