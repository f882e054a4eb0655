// True loss of what is recommended against epochs spent, on surrogates of real learning curves and on families with a known
// truth, the default being everyone's trial 0: ours beside Optuna's TPE with Hyperband and with successive halving.
// usage: npm run benchmark -- multi-fidelity [--seeds 30] [--epochs 108] [--problems feedback,crossing] [--searches curves]
//   GOLDILOCKS_PYTHON names a Python with optuna 5
import { parseArgs } from 'node:util';
import { median } from '../alternate.mjs';
import { surrogates } from '../learning-curves/surrogates.mjs';
import { Optuna } from '../optuna/optuna.mjs';
import { synthetic } from './families.mjs';
import { searches, searchOurs } from './ours.mjs';
import { peers, searchOptuna } from './theirs.mjs';

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '30' },
    epochs: { type: 'string', default: '108' },
    problems: { type: 'string' },
    searches: { type: 'string' },
  },
});
const all = [...Object.values(surrogates), ...synthetic];
const problems = all.filter(({ name }) => !options.problems || options.problems.split(',').includes(name));
const names = options.searches?.split(',') ?? [...Object.keys(searches), ...Object.keys(peers)];
const reference = 'optuna tpe hyperband';
const step = 4.5;
const marks = Array.from({ length: Math.floor(Number(options.epochs) / step) - 1 }, (_, i) => step * (i + 2));

const optuna = new Optuna();
const version = await optuna.version();
const results = [];
for (const problem of problems) {
  const medians = {};
  const milliseconds = {};
  for (const name of names) {
    const started = process.cpuUsage();
    const runs = [];
    for (let seed = 0; seed < Number(options.seeds); seed++) {
      const search = peers[name]
        ? searchOptuna(optuna, problem, name, seed, marks)
        : searchOurs(problem, name, seed, marks);
      runs.push(await search);
    }
    milliseconds[name] = process.cpuUsage(started).user / 1000 / runs.length;
    medians[name] = marks.map((_, i) => median(runs.map((run) => run[i])));
  }
  results.push({ problem: problem.name, default: problem.loss(problem.recommended), medians, milliseconds });
  print(results.at(-1));
}
await optuna.close();
const ratios = results.map(({ problem, medians }) => ({ problem, ...ratiosOf(medians) }));
console.table(ratios);
console.log(
  JSON.stringify({
    benchmark: 'multi-fidelity',
    optuna: version,
    seeds: Number(options.seeds),
    marks,
    ratios,
    results,
  }),
);

/** Epochs that each search needs for the reference's median loss at half and at all of the epochs, as a share of its own. */
function ratiosOf(medians) {
  const theirs = medians[reference];
  if (!theirs) return {};
  const at = [marks.length >> 1, marks.length - 1];
  return Object.fromEntries(
    Object.entries(medians)
      .filter(([name]) => name !== reference)
      .map(([name, ours]) => [name, at.map((end) => ratioTo(ours, theirs, end)).join(', ')]),
  );
}

function ratioTo(ours, theirs, end) {
  const target = theirs[end];
  const needed = marks[ours.findIndex((value) => value <= target)];
  // The reference may have been there before the mark: its epochs count from when it first was.
  const own = marks[theirs.findIndex((value) => value <= target)];
  return needed === undefined ? 'not reached' : (needed / own).toFixed(2);
}

function print({ problem, default: loss, medians, milliseconds }) {
  const shown = marks.flatMap((mark, i) => ([9, 18, 27, 36, 54, 72, 108].includes(mark) ? [i] : []));
  console.log(
    `\n${problem}: the default reaches ${loss.toFixed(4)}; median after epochs ${shown.map((i) => marks[i]).join(', ')}`,
  );
  for (const [name, values] of Object.entries(medians)) {
    const cells = shown.map((i) => values[i].toFixed(4)).join('  ');
    console.log(`  ${name.padEnd(22)} ${cells}   ${milliseconds[name].toFixed(0)} ms of our processor a search`);
  }
}
