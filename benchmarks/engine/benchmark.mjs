// All that the engine is held to, one benchmark after the other, and their last lines together.
// usage: npm run benchmark -- engine MODEL_DIRECTORY BANKING77_CSV
// GOLDILOCKS_PYTHON names a Python with optuna, torch, transformers and peft. Takes about two hours on two cores.
import { fileURLToPath } from 'node:url';
import { runVariant } from '../alternate.mjs';

const [model, csv] = process.argv.slice(2);
if (!csv) {
  console.error("Give a model directory in Hugging Face format and banking77's train.csv.");
  process.exit(2);
}
const parts = { 'fine-tuning': [model, csv], roofline: [model], growth: [model], 'whole-job': [model, csv] };
const results = {};
for (const [name, args] of Object.entries(parts)) {
  const file = fileURLToPath(new URL(`../${name}/benchmark.mjs`, import.meta.url));
  results[name] = await runVariant({ command: process.execPath, args: [file, ...args] });
  console.log(`${name}: ${JSON.stringify(results[name])}`);
}
console.log(JSON.stringify({ benchmark: 'engine', results }));
