// How near a training step of every weight comes to the time that its matrix products take alone in this runtime.
// usage: npm run benchmark -- roofline MODEL_DIRECTORY [--rows 4] [--tokens 128] [--rounds 2]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BaseModel } from '@goldilocks/trainer';
import { allocatorSettings, alternate, median } from '../alternate.mjs';
import { prepare } from '../fine-tuning/prepare.mjs';

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '4' },
    tokens: { type: 'string', default: '128' },
    rounds: { type: 'string', default: '2' },
  },
});
const [model] = positionals;
if (!model) {
  console.error('Give a model directory in Hugging Face format.');
  process.exit(2);
}
const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'goldilocks-benchmark-'));
const cacheDirectory = join(folder, 'cache');
const row = {
  kind: 'step',
  method: 'full',
  rows: Number(options.rows),
  tokens: Number(options.tokens),
  warmup: 2,
  settled: 5,
};
const job = await prepare({ row, model, folder, cacheDirectory });
const { config } = await BaseModel.load(model, { cacheDirectory });
const results = await alternate(
  {
    step: {
      command: process.execPath,
      args: [file('../fine-tuning/goldilocks.mjs'), job, folder, cacheDirectory],
      env: allocatorSettings,
    },
    products: {
      command: process.execPath,
      args: [file('products.mjs'), JSON.stringify(config), String(row.rows * row.tokens)],
      env: allocatorSettings,
    },
  },
  Number(options.rounds),
);
rmSync(folder, { recursive: true });
const step = median(results.step.flatMap(({ seconds }) => seconds));
const alone = median(results.products.map(({ seconds }) => seconds));
const operations = results.products[0].operations;
console.log(
  JSON.stringify({
    ...{ benchmark: 'roofline', model, rows: row.rows, tokens: row.tokens, stepSeconds: step, productSeconds: alone },
    ...{ share: alone / step, stepGflops: operations / step / 1e9, productGflops: operations / alone / 1e9 },
  }),
);
