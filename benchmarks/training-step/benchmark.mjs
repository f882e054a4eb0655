// Full fine-tuning, 4 × 128 tokens, all logits, AdamW included: ours beside PyTorch eager, and beside PyTorch under our allocator settings.
// usage: npm run benchmark -- training-step MODEL_DIRECTORY [rounds]     GOLDILOCKS_PYTHON names a Python with torch and transformers
import { fileURLToPath } from 'node:url';
import { allocatorSettings, alternate, median } from '../alternate.mjs';

const [model, rounds = '3'] = process.argv.slice(2);
if (!model) {
  console.error(
    'Give a model directory in Hugging Face format, such as SmolLM2-135M. Example: npm run benchmark -- training-step ./smollm2 3',
  );
  process.exit(2);
}
const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const python = process.env.GOLDILOCKS_PYTHON ?? 'python3';
const variants = {
  goldilocks: { command: process.execPath, args: [file('goldilocks.mjs'), model], env: allocatorSettings },
  pytorch: { command: python, args: [file('pytorch.py'), model] },
  'pytorch, same allocator': { command: python, args: [file('pytorch.py'), model], env: allocatorSettings },
};
const results = await alternate(variants, Number(rounds));
const summary = Object.fromEntries(
  Object.entries(results).map(([name, runs]) => [
    name,
    {
      version: runs[0].version,
      tokensPerSecond: median(runs.flatMap((run) => run.stepSeconds.map((s) => run.tokens / s))),
      best: Math.max(...runs.flatMap((run) => run.stepSeconds.map((s) => run.tokens / s))),
      peakGB: median(runs.map((run) => run.peakBytes / 1e9)),
      firstStepSeconds: median(runs.map((run) => run.firstStepSeconds)),
    },
  ]),
);
const ratio = (peer) => summary.goldilocks.tokensPerSecond / summary[peer].tokensPerSecond;
const ratios = {
  'speed over PyTorch': ratio('pytorch'),
  'speed over PyTorch, same allocator': ratio('pytorch, same allocator'),
};
console.table(summary);
console.log(JSON.stringify({ benchmark: 'training-step', summary, ratios, raw: results }));
