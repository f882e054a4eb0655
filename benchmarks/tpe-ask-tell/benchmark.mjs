// Time of one ask and tell with TPE, seven mixed parameters, in memory, after 1,000 and 10,000 finished trials: ours beside Optuna.
// usage: npm run benchmark -- tpe-ask-tell [rounds] [trials,…]     GOLDILOCKS_PYTHON names a Python with optuna 5
import { fileURLToPath } from 'node:url';
import { alternate, median } from '../alternate.mjs';

const [rounds = '5', counts = '1000,10000'] = process.argv.slice(2);
const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const python = process.env.GOLDILOCKS_PYTHON ?? 'python3';
const rows = [];
for (const trials of counts.split(',')) {
  const results = await alternate(
    {
      goldilocks: { command: process.execPath, args: [file('goldilocks.mjs'), trials] },
      optuna: { command: python, args: ['-W', 'ignore', file('optuna_peer.py'), trials] },
    },
    Number(rounds),
  );
  const summary = Object.fromEntries(Object.entries(results).map(([name, runs]) => [name, summaryOf(runs)]));
  const ratio = summary.optuna.medianMs / summary.goldilocks.medianMs;
  console.log(`after ${trials} trials`);
  console.table(summary);
  rows.push({ trials: Number(trials), summary, ratio });
}
console.log(JSON.stringify({ benchmark: 'tpe-ask-tell', node: process.version, rows }));

function summaryOf(runs) {
  const medianMs = median(runs.flatMap(({ milliseconds }) => milliseconds));
  const bestRoundMs = Math.min(...runs.map(({ milliseconds }) => median(milliseconds)));
  return { version: runs[0].version, medianMs, bestRoundMs };
}
