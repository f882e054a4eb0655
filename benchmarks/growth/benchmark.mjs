// How speed and memory of a training step grow with the rows' length, the cores, and the size of the model: settled steps in fresh processes.
// usage: npm run benchmark -- growth MODEL_DIRECTORY [--only lengths,cores,sizes] [--steps 3] [--sizes 360M,1B]
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { allocatorSettings, median, runVariant } from '../alternate.mjs';
import { prepare } from '../fine-tuning/prepare.mjs';
import { rows } from '../fine-tuning/rows.mjs';
import { shapes, writeRandomModel } from './random-model.mjs';

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: 'lengths,cores,sizes' },
    sizes: { type: 'string', default: Object.keys(shapes).join() },
    steps: { type: 'string', default: '3' },
  },
});
const [model] = positionals;
if (!model) {
  console.error('Give a model directory in Hugging Face format.');
  process.exit(2);
}
/** Tokens of a step while rows grow longer, so that only attention grows. */
const TOKENS = 2048;
const worker = fileURLToPath(new URL('../fine-tuning/goldilocks.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'goldilocks-benchmark-'));
const table = {};

const parts = {
  async lengths() {
    for (const tokens of [128, 256, 512, 1024, 2048])
      await measure(`every weight, ${TOKENS / tokens} × ${tokens}`, { ...rows.full, rows: TOKENS / tokens, tokens });
  },
  async cores() {
    for (let cores = 1; cores <= availableParallelism(); cores *= 2)
      await measure(`every weight, 4 × 128, cores: ${cores}`, rows.full, { cores });
  },
  async sizes() {
    await measure('LoRA, 4 × 128, 135M', rows.lora);
    for (const size of options.sizes.split(','))
      await measure(`LoRA, 4 × 128, ${size} (random weights)`, rows.lora, {
        of: await writeRandomModel(model, size, folder),
      });
  },
};
for (const part of options.only.split(',')) await parts[part]();
rmSync(folder, { recursive: true });
console.table(table);
console.log(JSON.stringify({ benchmark: 'growth', model, table }));

/** Cores are set by the system, so that the runtime sees no others. */
async function measure(name, given, { cores, of = model } = {}) {
  const row = { ...given, warmup: 2, settled: Number(options.steps) };
  const cacheDirectory = join(folder, 'cache');
  const job = await prepare({ row, model: of, folder, cacheDirectory });
  const command = [process.execPath, worker, job, folder, cacheDirectory];
  if (cores) command.unshift('taskset', '--cpu-list', `0-${cores - 1}`);
  const { seconds, work, peakBytes } = await runVariant({
    command: command[0],
    args: command.slice(1),
    env: allocatorSettings,
  });
  table[name] = { tokensPerSecond: Math.round(work / median(seconds)), peakGB: Number((peakBytes / 1e9).toFixed(2)) };
  console.log(name, table[name]);
}
