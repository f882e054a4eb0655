// Where the epochs of a multi-fidelity search go: random settings, promoted by what runs measure or by the truth, chosen by what
// they measured or by the truth; and how well a value at a share of the schedule tells the end.
// usage: npm run benchmark -- multi-fidelity-oracles [--problems feedback,formal] [--seeds 100] [--settings 300]
import { parseArgs } from 'node:util';
import { createStudy, RandomSampler } from '@goldilocks/study';
import { median } from '../alternate.mjs';
import { surrogates } from '../learning-curves/surrogates.mjs';
import { synthetic } from '../multi-fidelity/families.mjs';
import { halving } from './halving.mjs';
import { spearman } from './spearman.mjs';

const { values: options } = parseArgs({
  options: {
    problems: { type: 'string' },
    seeds: { type: 'string', default: '100' },
    settings: { type: 'string', default: '300' },
  },
});
const MARKS = [27, 54, 108];
const SHARES = [1 / 9, 1 / 3, 5 / 9, 2 / 3, 1];
const THIRDS = [1 / 9, 1 / 3, 1];
const POLICIES = {
  'whole runs, the luckiest': { shares: [1], sees: 'measured', picks: 'measured' },
  'whole runs, the truly best': { shares: [1], sees: 'measured', picks: 'truth' },
  'halving, the luckiest': { shares: THIRDS, sees: 'measured', picks: 'measured' },
  'halving, the truly best': { shares: THIRDS, sees: 'measured', picks: 'truth' },
  'halving by the truth': { shares: THIRDS, sees: 'truth', picks: 'truth' },
  'the best end goes on, by the truth': { shares: THIRDS, sees: 'end', picks: 'truth' },
};

const all = [...Object.values(surrogates), ...synthetic];
const results = [];
for (const problem of all.filter(({ name }) => !options.problems || options.problems.split(',').includes(name))) {
  const pool = await randomSettings(problem, Number(options.settings));
  const told = SHARES.map((share) => ({ share, ...howMuchTells(problem, pool, share) }));
  console.log(
    `\n${problem.name}: rank correlation of a value at a share with the true end, of all settings and of the best third`,
  );
  console.table(told);
  const medians = Object.fromEntries(
    Object.entries(POLICIES).map(([name, policy]) => {
      const runs = Array.from({ length: Number(options.seeds) }, (_, seed) =>
        halving(problem, pool, seed, MARKS, policy),
      );
      return [name, MARKS.map((_, i) => median(runs.map((run) => run[i])))];
    }),
  );
  console.log(`true loss of the choice after ${MARKS.join(', ')} epochs`);
  for (const [name, values] of Object.entries(medians))
    console.log(`  ${name.padEnd(36)} ${values.map((value) => value.toFixed(4)).join('  ')}`);
  results.push({ problem: problem.name, told, medians });
}
console.log(
  JSON.stringify({ benchmark: 'multi-fidelity-oracles', seeds: Number(options.seeds), marks: MARKS, results }),
);

async function randomSettings({ space }, count) {
  const study = await createStudy({ sampler: new RandomSampler({ seed: 11 }) });
  const settings = [];
  while (settings.length < count) settings.push((await study.ask(space)).params);
  return settings;
}

function howMuchTells(problem, pool, share) {
  const rows = pool.map((params, seed) => ({
    value: problem.loss(params, { share, seed }),
    curve: problem.loss(params, { share }),
    end: problem.loss(params),
  }));
  const third = [...rows].sort((a, b) => a.end - b.end).slice(0, Math.round(rows.length / 3));
  const correlation = (some, key) =>
    Number(
      spearman(
        some.map((row) => row[key]),
        some.map(({ end }) => end),
      ).toFixed(2),
    );
  return {
    all: correlation(rows, 'value'),
    best: correlation(third, 'value'),
    'best, without noise': correlation(third, 'curve'),
  };
}
