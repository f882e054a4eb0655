// Time to make each figure's data of a large study in memory, seven mixed parameters: ours beside Optuna's.
// usage: npm run benchmark -- figures [rounds] [trials]     GOLDILOCKS_PYTHON names a Python with optuna 5
import { fileURLToPath } from 'node:url';
import { alternate, median } from '../alternate.mjs';

const [rounds = '3', trials = '10000'] = process.argv.slice(2);
const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const results = await alternate(
  {
    goldilocks: { command: process.execPath, args: [path('worker.mjs'), trials] },
    optuna: { command: process.env.GOLDILOCKS_PYTHON ?? 'python3', args: [path('optuna_figures.py'), trials] },
  },
  Number(rounds),
);
const medianOf = (runs, figure) => median(runs.map(({ milliseconds }) => milliseconds[figure]));
const summary = Object.fromEntries(
  Object.keys(results.goldilocks[0].milliseconds).map((figure) => {
    const [goldilocks, optuna] = [medianOf(results.goldilocks, figure), medianOf(results.optuna, figure)];
    return [figure, { goldilocks, optuna, ratio: optuna / goldilocks }];
  }),
);
console.table(summary);
console.log(JSON.stringify({ benchmark: 'figures', trials: Number(trials), node: process.version, summary }));
