// What past studies on like and on unlike tasks give a new one: its best true loss after 3 to 16 trials, and how soon it gets there.
// usage: npm run benchmark -- transfer [studies] [first seed]
import { AutoSampler, createStudy, RandomGenerator, TransferSampler } from '@goldilocks/study';
import { drawTask, normal, spaceAround } from '../simulated/fine-tuning.mjs';

const [count = 40, firstSeed = 5000] = process.argv.slice(2).map(Number);
const [NOISE, PAST, TRIALS] = [0.01, 20, 16];
const AT = [2, 3, 4, 6, 8, 12, 16];
/** The default is the one for tasks in general, as somebody starts with who has no better one. */
const DEFAULTS = drawTask(1).defaults;

async function search(sampler, truth, trials, seed) {
  const study = await createStudy({ sampler });
  const space = spaceAround(DEFAULTS);
  for (let i = 0; i < trials; i++) {
    const trial = await study.ask(space);
    await study.tell(trial, truth(trial.params) + NOISE * normal(RandomGenerator.of(seed, 'run', i)));
  }
  return study.trials();
}

/** The best true loss among the first trials, for each number of them. */
const bests = (trials, truth) => {
  let best = Number.POSITIVE_INFINITY;
  return trials.map(({ params }) => (best = Math.min(best, truth(params))));
};

const rows = [];
for (let i = 0; i < count; i++) {
  const seed = firstSeed + i;
  const { truth, best } = drawTask(seed + 100_000, seed);
  const past = async (name, task, index) => ({
    name,
    trials: await search(new AutoSampler({ seed: seed + index }), task.truth, PAST, seed + index),
  });
  const like = [await past('like', drawTask(seed), 1)];
  const unlike = [await past('unlike', drawTask(seed + 50_000), 2)];
  const another = [await past('another', drawTask(seed + 60_000), 3)];
  // Values upside down: what was the worst passes for the best.
  const misleading = like.map(({ trials }) => ({
    name: 'misleading',
    trials: trials.map((trial) => ({ ...trial, values: [-trial.values[0]] })),
  }));
  const samplers = {
    'no past': new AutoSampler({ seed }),
    'a like past': new TransferSampler({ past: like, seed }),
    'an unlike past': new TransferSampler({ past: unlike, seed }),
    'a misleading past': new TransferSampler({ past: misleading, seed }),
    'two unlike pasts': new TransferSampler({ past: [...unlike, ...another], seed }),
    'both, the unlike first': new TransferSampler({ past: [...unlike, ...like], seed }),
  };
  const row = {};
  for (const [name, sampler] of Object.entries(samplers)) {
    row[name] = bests(await search(sampler, truth, TRIALS, seed), truth).map((value) => value - truth(best));
  }
  rows.push(row);
  if (process.env.VERBOSE)
    console.error(
      i,
      Object.values(row)
        .map((curve) => curve[7].toFixed(4))
        .join(' '),
    );
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const names = Object.keys(rows[0]);
const target = mean(rows.map((row) => row['no past'][TRIALS - 1]));
const summary = Object.fromEntries(
  names.map((name) => {
    const regret = AT.map((trials) => mean(rows.map((row) => row[name][trials - 1])));
    // Trials until the mean regret is what the search without a past reaches with all of its trials.
    const curve = Array.from({ length: TRIALS }, (_, k) => mean(rows.map((row) => row[name][k])));
    const reached = curve.findIndex((value) => value <= target);
    const atEight = rows.filter((row) => row[name][7] > row['no past'][7] + 0.01).length;
    return [
      name,
      {
        ...Object.fromEntries(AT.map((trials, k) => [`after ${trials}`, Number(regret[k].toFixed(4))])),
        'median after 8': Number(median(rows.map((row) => row[name][7])).toFixed(4)),
        'as good as 16 without': reached < 0 ? `> ${TRIALS}` : reached + 1,
        'worse by 0.01 after 8': `${Math.round((100 * atEight) / rows.length)} %`,
      },
    ];
  }),
);
console.table(summary);
console.log(
  JSON.stringify({
    benchmark: 'transfer',
    studies: rows.length,
    noise: NOISE,
    past: PAST,
    node: process.version,
    summary,
  }),
);
