// What a journey delivers on surrogates of learning curves, by its sampler: true loss, and how often it is worse than the default.
// usage: npm run benchmark -- journey [--seeds 30] [--runs 20] [--problems feedback,crossing] [--samplers auto] [--well]
//   --runs: the budget, in whole runs of the recommended settings     --well: these are the best of 500 settings beforehand
import { parseArgs } from 'node:util';
import { createStudy, QmcSampler } from '@goldilocks/study';
import { median } from '../alternate.mjs';
import { surrogates } from '../learning-curves/surrogates.mjs';
import { synthetic } from '../multi-fidelity/families.mjs';
import { samplers } from './samplers.mjs';
import { simulate } from './simulate.mjs';

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '30' },
    from: { type: 'string', default: '0' },
    runs: { type: 'string', default: '20' },
    problems: { type: 'string' },
    samplers: { type: 'string' },
    well: { type: 'boolean', default: false },
  },
});
/** A result is worse than the default when its loss without noise is higher by more than this. */
const MARGIN = 0.01;
/** The synthetic families have no costs of their own: as those of the shipped model. */
const seconds = ({ epochs, frozenLayers }, from, to) => 5 * epochs * (1 - 0.5 * frozenLayers) * (to - from);
const all = [...Object.values(surrogates), ...synthetic.map((problem) => ({ ...problem, seconds }))];
const chosen = all.filter(({ name }) => !options.problems || options.problems.split(',').includes(name));
const problems = options.well ? await Promise.all(chosen.map(wellRecommended)) : chosen;
const names = options.samplers?.split(',') ?? Object.keys(samplers);
const [first, count, runs] = [options.from, options.seeds, options.runs].map(Number);

const results = [];
for (let seed = first; seed < first + count; seed++) {
  for (const problem of problems) {
    for (const name of names) {
      const result = await simulate(problem, { seed, runs, sampler: samplers[name] });
      results.push({ seed, problem: problem.name, sampler: name, ...result });
      if (process.env.VERBOSE) console.error(JSON.stringify(results.at(-1)));
    }
  }
}

const summary = problems.flatMap((problem) => names.map((name) => summarise(problem.name, name)));
console.table(summary);
const worse = Object.fromEntries(
  names.map((name) => [name, results.filter((one) => one.sampler === name && isWorse(one)).length]),
);
console.log(
  JSON.stringify({ benchmark: 'journey', seeds: count, runs, well: options.well, margin: MARGIN, worse, summary }),
);

/** The problem with the best of many settings as what is recommended: nothing much is left to gain. */
async function wellRecommended(problem) {
  const study = await createStudy({ sampler: new QmcSampler({ seed: 9 }) });
  let best = { params: problem.recommended, loss: problem.loss(problem.recommended) };
  for (let i = 0; i < 500; i++) {
    const { params } = await study.ask(problem.space);
    const loss = problem.loss(params);
    if (loss < best.loss) best = { params, loss };
  }
  return {
    ...problem,
    recommended: best.params,
    name: problem.name,
    loss: (params, where) => problem.loss(params, where),
    seconds: (...run) => problem.seconds(...run),
    space: problem.space,
  };
}

function isWorse({ delivered, default: base }) {
  return delivered > base + MARGIN;
}

function summarise(problem, sampler) {
  const some = results.filter((one) => one.problem === problem && one.sampler === sampler);
  const of = (key) => Number(median(some.map((one) => one[key])).toFixed(4));
  return {
    problem,
    sampler,
    default: of('default'),
    delivered: of('delivered'),
    observed: of('observed'),
    oracle: of('oracle'),
    trials: of('trials'),
    found: some.filter(({ kind }) => kind === 'better').length,
    worse: some.filter(isWorse).length,
    worseUnconfirmed: some.filter(({ observed, default: base }) => observed > base + MARGIN).length,
  };
}
