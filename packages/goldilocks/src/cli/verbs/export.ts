// `goldilocks export MODEL --to FORMAT`: a model in another form.
import type { ExportFormat, WeightType } from '../../use/export-model.js';
import { choice } from '../values.js';
import { verb } from '../verb.js';

interface Flags {
  to: ExportFormat;
  out: string;
  dtype?: WeightType;
}

export const exportVerb = verb<Flags>({
  name: 'export',
  summary: 'writes a model in another form',
  examples: [
    ['goldilocks export goldilocks-result --to adapter --out my-adapter', 'the LoRA adapter alone, as PEFT loads it'],
    ['goldilocks export my-adapter --to safetensors --out merged --dtype BF16', 'merged, in half the space'],
    [
      'goldilocks export goldilocks-result --to gguf --dtype Q8_0 --out for-ollama',
      'a GGUF file and a Modelfile: ollama create NAME -f for-ollama/Modelfile',
    ],
  ],
  define(command) {
    command
      .argument('<model>', "a result's folder, a Hugging Face folder, or an adapter's")
      .requiredOption(
        '--to <format>',
        'adapter; safetensors: a merged Hugging Face folder; gguf: for llama.cpp, Ollama, LM Studio; onnx: for transformers.js',
        choice(['adapter', 'safetensors', 'gguf', 'onnx']),
      )
      .requiredOption('--out <folder>', 'where it goes; new or empty')
      .option(
        '--dtype <type>',
        'of the weights: F32, F16 or BF16 in safetensors (default: F32), F16 or Q8_0 in gguf (default: F16)',
        choice(['F32', 'F16', 'BF16', 'Q8_0']),
      );
  },
  async run([model], { to, out, dtype }, { signal, note }) {
    const { exportTo } = await import('../../use/export-model.js');
    await exportTo({ model: model!, to, out, dtype, signal, tell: note });
    return { json: { model, format: to, output: out }, text: `Written to ${out}.` };
  },
});
