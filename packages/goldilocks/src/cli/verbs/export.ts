// `goldilocks export MODEL --to FORMAT`: a model in another form.
import type { WritableDtype } from '@goldilocks/trainer';
import { InvalidArgumentError } from 'commander';
import type { ExportFormat } from '../../use/export-model.js';
import { choice } from '../values.js';
import { verb } from '../verb.js';

interface Flags {
  to: ExportFormat;
  out: string;
  dtype?: WritableDtype;
}

export const exportVerb = verb<Flags>({
  name: 'export',
  summary: 'writes a model in another form',
  examples: [
    ['goldilocks export goldilocks-result --to adapter --out my-adapter', 'the LoRA adapter alone, as PEFT loads it'],
    ['goldilocks export my-adapter --to safetensors --out merged --dtype BF16', 'merged, in half the space'],
  ],
  define(command) {
    command
      .argument('<model>', "a result's folder, a Hugging Face folder, or an adapter's")
      .requiredOption('--to <format>', 'adapter, or safetensors: a merged Hugging Face folder', format)
      .requiredOption('--out <folder>', 'where it goes; new or empty')
      .option('--dtype <type>', 'of merged weights: F32, F16 or BF16 (default: F32)', choice(['F32', 'F16', 'BF16']));
  },
  async run([model], { to, out, dtype }, { signal }) {
    const { exportTo } = await import('../../use/export-model.js');
    await exportTo({ model: model!, to, out, dtype, signal });
    return { json: { model, format: to, output: out }, text: `Written to ${out}.` };
  },
});

const known = choice<ExportFormat>(['adapter', 'safetensors']);

/** Formats that people ask for get their own sentence. */
function format(text: string): ExportFormat {
  if (!/^(gguf|onnx)$/i.test(text)) return known(text);
  throw new InvalidArgumentError(
    `This version cannot write ${text.toUpperCase()} yet. Export safetensors, which converters of other tools read.`,
  );
}
