// Time of one suggestion of the Gaussian process after 60 finished trials, seven mixed parameters with noise: ours beside Optuna.
// usage: npm run benchmark -- gp-suggest [rounds] [trials]     GOLDILOCKS_PYTHON names a Python with optuna 5
import { fileURLToPath } from 'node:url';
import { alternate, median } from '../alternate.mjs';

const [rounds = '5', trials = '60'] = process.argv.slice(2);
const worker = fileURLToPath(new URL('worker.mjs', import.meta.url));
const variant = (name) => ({ command: process.execPath, args: [worker, name, trials] });
const results = await alternate({ goldilocks: variant('goldilocks'), optuna: variant('optuna') }, Number(rounds));
const summary = Object.fromEntries(
  Object.entries(results).map(([name, runs]) => {
    const medianMs = median(runs.flatMap(({ milliseconds }) => milliseconds));
    const bestRoundMs = Math.min(...runs.map(({ milliseconds }) => median(milliseconds)));
    return [name, { version: runs[0].version, medianMs, bestRoundMs }];
  }),
);
const ratio = summary.optuna.medianMs / summary.goldilocks.medianMs;
console.table(summary);
console.log(JSON.stringify({ benchmark: 'gp-suggest', trials: Number(trials), node: process.version, summary, ratio }));
