// True value of the best trial after 8 to 60 trials on functions whose truth is known, the default being everyone's trial 0:
// ours beside Optuna's, over seeds, medians and tests of Mann and Whitney.
// usage: npm run benchmark -- best-value [--peer] [--seeds 30] [--first-seed 0] [--functions branin,mixed] [--samplers auto,tpe,gp,cmaes] [--save FILE]
//   --peer   first measures what optuna-5.0.0.json lacks (all of it takes hours: delete the file for that);
//            GOLDILOCKS_PYTHON names a Python with optuna 5
//   --first-seed  of ours, so that what was chosen on some seeds can be judged on others
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { comparisons, print } from './comparison.mjs';
import { measurePeers, readPeers } from './peers.mjs';
import { problems } from './problems.mjs';
import { BUDGETS, ourStudy } from './studies.mjs';

const { values: options } = parseArgs({
  options: {
    peer: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '30' },
    'first-seed': { type: 'string', default: '0' },
    functions: { type: 'string' },
    samplers: { type: 'string', default: 'auto,tpe,gp,cmaes' },
    save: { type: 'string' },
  },
});
const seeds = Number(options.seeds);
const first = Number(options['first-seed']);
const names = options.functions?.split(',') ?? problems.map(({ name }) => name);
const chosen = problems.filter(({ name }) => names.includes(name));
const samplers = options.samplers.split(',').filter((name) => name !== '');
if (options.peer) await measurePeers(chosen, seeds);

const ours = {};
for (const problem of chosen) {
  const ofProblem = (ours[problem.name] = {});
  for (const sampler of samplers) {
    const start = performance.now();
    const runs = (ofProblem[sampler] = {});
    for (let seed = first; seed < first + seeds; seed++)
      runs[seed] = await ourStudy(problem, sampler, seed, BUDGETS.at(-1));
    const each = (performance.now() - start) / seeds / 1000;
    console.error(`${problem.name} ${sampler}: ${each.toFixed(2)} s a study`);
  }
}
const peer = readPeers();
if (options.save) writeFileSync(options.save, JSON.stringify(ours));
const rows = comparisons(chosen, samplers, ours, peer.results);
const summary = print(rows);
console.log(
  JSON.stringify({ benchmark: 'best-value', optuna: peer.version, seeds, first, node: process.version, summary, rows }),
);
