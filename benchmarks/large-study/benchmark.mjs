// A study of 50,000 trials of seven mixed parameters in a SQLite file: open it, find its best trial, suggest the next; ours beside Optuna.
// usage: npm run benchmark -- large-study [rounds] [trials]     GOLDILOCKS_PYTHON names a Python with optuna 5
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alternate, median, runVariant } from '../alternate.mjs';

const [rounds = '3', trials = '50000'] = process.argv.slice(2);
const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const python = process.env.GOLDILOCKS_PYTHON ?? 'python3';
const folder = mkdtempSync(join(tmpdir(), 'goldilocks-large-'));
try {
  const database = join(folder, 'large.db');
  await runVariant({ command: process.execPath, args: [file('write.mjs'), database, trials] });
  const results = await alternate(
    {
      goldilocks: { command: process.execPath, args: [file('goldilocks.mjs'), database] },
      optuna: { command: python, args: ['-W', 'ignore', file('optuna_peer.py'), database] },
    },
    Number(rounds),
  );
  const summary = Object.fromEntries(
    Object.entries(results).map(([name, runs]) => [
      name,
      {
        seconds: median(runs.map(({ milliseconds }) => milliseconds)) / 1000,
        bestSeconds: median(runs.map(({ bestMs }) => bestMs)) / 1000,
        megabytes: median(runs.map(({ megabytes }) => megabytes)),
      },
    ]),
  );
  console.table(summary);
  const ratio = summary.optuna.seconds / summary.goldilocks.seconds;
  console.log(JSON.stringify({ benchmark: 'large-study', trials: +trials, node: process.version, summary, ratio }));
} finally {
  rmSync(folder, { recursive: true });
}
