// True loss of what is recommended against epochs spent, on surrogates of real learning curves and on families with a known
// truth, the default being everyone's trial 0: ours beside Optuna's TPE with Hyperband (optuna-5.0.0.json).
// Ours is told what it may spend, as a person says, so each budget is a search of its own; Optuna's knows of no budget, so one
// search is looked at after each of them. Its pruned trials never go on: what it spends is what they and the others ran.
// usage: npm run benchmark -- multi-fidelity [--peer] [--seeds 30] [--first-seed 0] [--budgets 22.5,27] [--problems feedback,crossing]
//          [--searches curves] [--save FILE]
//   --budgets  of ours, in epochs; up to 54 are the default
//   --peer   first measures what optuna-5.0.0.json lacks; GOLDILOCKS_PYTHON names a Python with optuna 5
//   --first-seed  of ours, so that what was chosen on some seeds can be judged on others
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { median } from '../alternate.mjs';
import { surrogates } from '../learning-curves/surrogates.mjs';
import { epochsRatio } from './epochs-ratio.mjs';
import { synthetic } from './families.mjs';
import { searches, searchOurs } from './ours.mjs';
import { MARKS, measurePeers, readPeers } from './peers.mjs';

const { values: options } = parseArgs({
  options: {
    peer: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '30' },
    'first-seed': { type: 'string', default: '0' },
    budgets: { type: 'string', default: '13.5,18,22.5,27,31.5,36,45,54' },
    problems: { type: 'string' },
    searches: { type: 'string' },
    save: { type: 'string' },
  },
});
const reference = 'optuna tpe hyperband';
const [count, first] = [options.seeds, options['first-seed']].map(Number);
const seeds = Array.from({ length: count }, (_, i) => first + i);
const all = [...Object.values(surrogates), ...synthetic];
const problems = all.filter(({ name }) => !options.problems || options.problems.split(',').includes(name));
const budgets = options.budgets.split(',').map(Number);
const shown = [...new Set([...budgets, 27, 54, 108])].sort((a, b) => a - b);
/** Optuna's medians after so many epochs are what is to be reached. */
const ENDS = [54, 108];

if (options.peer) await measurePeers(problems, [reference], seeds);
const peer = readPeers();
const saved = {};
const results = [];
for (const problem of problems) {
  const theirs = Object.values(peer.results[problem.name]?.[reference] ?? {}).map((run) =>
    run.map((value) => value ?? Number.POSITIVE_INFINITY),
  );
  console.log(`\n${problem.name}: the default reaches ${problem.loss(problem.recommended).toFixed(4)}; medians`);
  print('', shown, String);
  if (theirs.length > 0)
    print(
      reference,
      medians(theirs, MARKS).filter((_, i) => shown.includes(MARKS[i])),
    );
  for (const name of options.searches?.split(',') ?? Object.keys(searches)) {
    const started = process.cpuUsage();
    const runs = [];
    for (const seed of seeds) {
      const run = [];
      for (const budget of budgets) run.push(await searchOurs(problem, name, seed, budget));
      runs.push(run);
      if (options.save) save(problem.name, name, seed, runs.at(-1));
    }
    const milliseconds = process.cpuUsage(started).user / 1000 / runs.length;
    const ratios = theirs.length > 0 ? ENDS.map((end) => epochsRatio(runs, budgets, theirs, MARKS, end)) : [];
    results.push({
      problem: problem.name,
      search: name,
      peers: theirs.length,
      ratios,
      medians: medians(runs, budgets),
      milliseconds,
    });
    const found = results.at(-1).medians;
    print(
      name,
      shown.map((budget) => found[budgets.indexOf(budget)]),
    );
    for (const { end, ratio, low, high } of ratios)
      console.log(`    what Optuna has after ${end} epochs takes ${ratio} of its epochs (90 %: ${low} to ${high})`);
  }
}
console.log(
  JSON.stringify({ benchmark: 'multi-fidelity', optuna: peer.version, seeds: count, first, budgets, results }),
);

function medians(runs, at) {
  return at.map((_, i) => median(runs.map((run) => run[i])));
}

function print(name, values, format = (value) => value?.toFixed(4) ?? '') {
  console.log(`  ${name.padEnd(34)} ${values.map((value) => format(value).padStart(7)).join(' ')}`);
}

function save(problem, name, seed, run) {
  ((saved[problem] ??= {})[name] ??= {})[seed] = run;
  writeFileSync(options.save, JSON.stringify(saved));
}
