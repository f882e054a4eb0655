// Fine-tuning beside PyTorch, Hugging Face Trainer and PEFT, the same work on both sides: speed, peak memory, and how far losses differ.
// usage: npm run benchmark -- fine-tuning MODEL_DIRECTORY BANKING77_CSV [--rows full,lora,…] [--rounds 2] [--examples 160] [--steps 3] [--ours]
// GOLDILOCKS_PYTHON names a Python with torch, transformers and peft.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { allocatorSettings, alternate, median } from '../alternate.mjs';
import { prepare } from './prepare.mjs';
import { rows } from './rows.mjs';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: Object.keys(rows).join() },
    rounds: { type: 'string', default: '2' },
    examples: { type: 'string', default: '160' },
    steps: { type: 'string', default: '3' },
    ours: { type: 'boolean', default: false },
  },
});
const [model, csv] = positionals;
const unknown = values.rows.split(',').find((name) => !rows[name]);
if (!csv || unknown !== undefined) {
  console.error(
    `Give a model directory in Hugging Face format and banking77's train.csv; rows are ${Object.keys(rows).join(', ')}.`,
  );
  process.exit(2);
}
const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'goldilocks-benchmark-'));
const cacheDirectory = join(folder, 'cache');

const table = {};
for (const name of values.rows.split(','))
  table[name] = await measure({ ...rows[name], warmup: 2, settled: Number(values.steps) });
rmSync(folder, { recursive: true });
console.table(table);
console.log(JSON.stringify({ benchmark: 'fine-tuning', model, examples: Number(values.examples), table }));

async function measure(row) {
  const job = await prepare({ row, model, csv, examples: Number(values.examples), folder, cacheDirectory });
  // Half a gigabyte of weights still on its way to the disk would slow down who comes first.
  execFileSync('sync');
  const python = process.env.GOLDILOCKS_PYTHON ?? 'python3';
  const peer = { command: python, args: ['-W', 'ignore', file('peer.py'), job, folder] };
  const results = await alternate(
    {
      ours: {
        command: process.execPath,
        args: [file('goldilocks.mjs'), job, folder, cacheDirectory],
        env: allocatorSettings,
      },
      ...(!values.ours && { peer }),
      ...(!values.ours && row.sameAllocator && { sameAllocator: { ...peer, env: allocatorSettings } }),
    },
    Number(values.rounds),
  );
  return summary(row, results);
}

function summary({ what, must, aim }, { ours, peer, sameAllocator }) {
  const speed = (runs) => median(runs.flatMap(({ seconds, work }) => seconds.map((s) => work / s)));
  const peak = (runs) => median(runs.map(({ peakBytes }) => peakBytes / 1e9));
  const alone = { what, ours: speed(ours), oursGB: peak(ours) };
  if (!peer) return alone;
  return {
    ...{ ...alone, peer: speed(peer), ratio: speed(ours) / speed(peer), must, aim },
    ...(sameAllocator && { overSameAllocator: speed(ours) / speed(sameAllocator) }),
    ...{ peerGB: peak(peer), memoryRatio: peak(ours) / peak(peer), lossDifference: difference(ours[0], peer[0]) },
  };
}

/**
 * Largest difference of a training loss (or probability), so that it is seen that both did the same work. Validation losses are not compared:
 * Trainer's is a mean over batches of their means.
 */
function difference(ours, peer) {
  return Math.max(...ours.losses.map((value, i) => Math.abs(value - peer.losses[i])));
}
