// Time of one ask and tell with TPE, seven mixed parameters, in memory, after 1,000 finished trials: ours beside Optuna.
// usage: npm run benchmark -- tpe-ask-tell [rounds] [trials]     GOLDILOCKS_PYTHON names a Python with optuna 5
import { fileURLToPath } from 'node:url';
import { alternate, median } from '../alternate.mjs';

const [rounds = '5', trials = '1000'] = process.argv.slice(2);
const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const python = process.env.GOLDILOCKS_PYTHON ?? 'python3';
const results = await alternate(
  {
    goldilocks: { command: process.execPath, args: [file('goldilocks.mjs'), trials] },
    optuna: { command: python, args: ['-W', 'ignore', file('optuna_peer.py'), trials] },
  },
  Number(rounds),
);
const summary = Object.fromEntries(
  Object.entries(results).map(([name, runs]) => [
    name,
    {
      version: runs[0].version,
      medianMs: median(runs.flatMap(({ milliseconds }) => milliseconds)),
      bestRoundMs: Math.min(...runs.map(({ milliseconds }) => median(milliseconds))),
    },
  ]),
);
const ratio = summary.optuna.medianMs / summary.goldilocks.medianMs;
console.table(summary);
console.log(
  JSON.stringify({ benchmark: 'tpe-ask-tell', trials: Number(trials), node: process.version, summary, ratio }),
);
