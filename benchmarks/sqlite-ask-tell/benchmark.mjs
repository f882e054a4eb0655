// Time of one ask and tell with TPE, seven mixed parameters, on a durable SQLite file after 1,000 finished trials: ours beside Optuna.
// usage: npm run benchmark -- sqlite-ask-tell [rounds] [trials]     GOLDILOCKS_PYTHON names a Python with optuna 5
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alternate, median, runVariant } from '../alternate.mjs';

const [rounds = '5', trials = '1000'] = process.argv.slice(2);
const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const python = process.env.GOLDILOCKS_PYTHON ?? 'python3';
const folder = mkdtempSync(join(tmpdir(), 'goldilocks-sqlite-'));
try {
  const [ours, theirs] = [join(folder, 'ours.db'), join(folder, 'theirs.db')];
  await runVariant({ command: process.execPath, args: [file('../large-study/write.mjs'), ours, trials] });
  copyFileSync(ours, theirs);
  const results = await alternate(
    {
      goldilocks: { command: process.execPath, args: [file('goldilocks.mjs'), ours] },
      optuna: { command: python, args: ['-W', 'ignore', file('optuna_peer.py'), theirs] },
    },
    Number(rounds),
  );
  const summary = Object.fromEntries(
    Object.entries(results).map(([name, runs]) => [
      name,
      { version: runs[0].version, medianMs: median(runs.flatMap(({ milliseconds }) => milliseconds)) },
    ]),
  );
  const ratio = summary.optuna.medianMs / summary.goldilocks.medianMs;
  console.table(summary);
  console.log(JSON.stringify({ benchmark: 'sqlite-ask-tell', trials: +trials, node: process.version, summary, ratio }));
} finally {
  rmSync(folder, { recursive: true });
}
