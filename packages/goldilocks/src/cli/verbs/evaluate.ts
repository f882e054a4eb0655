// `goldilocks evaluate MODEL DATA`: measures a model on a data file.
import type { EvaluateOptions } from '../../use/evaluate-model.js';
import { addDataFlags, type DataFlags, dataOptions } from '../flags/data-flags.js';
import { choice } from '../values.js';
import { verb } from '../verb.js';

interface Flags extends DataFlags, Pick<EvaluateOptions, 'base' | 'rows' | 'metric' | 'template' | 'device'> {}

const metrics = ['accuracy', 'macroF1', 'exactMatch', 'rougeL', 'chrF', 'bitsPerByte'] as const;

export const evaluate = verb<Flags>({
  name: 'evaluate',
  summary: 'measures a model on a data file, the base model beside it',
  examples: [
    ['goldilocks evaluate goldilocks-result feedback.jsonl', 'on the rows that training never saw'],
    ['goldilocks evaluate goldilocks-result new-rows.jsonl --rows all --json', 'on a whole file of new data'],
  ],
  define(command) {
    command
      .argument('<model>', "a result's folder, a Hugging Face folder, an adapter's, or a shipped model")
      .argument('<data>', 'a file or a folder of files')
      .option(
        '--rows <rows>',
        'test, validation, train, or all for data that are new to the model',
        choice(['test', 'validation', 'train', 'all']),
      )
      .option('--metric <metric>', `${metrics.join(', ')} (default: what suits the task)`, choice(metrics))
      .option('--base <model>', 'the base model (default: the one the folder names)')
      .option('--no-base', 'measure this model alone')
      .option('--template <template>', 'how examples are laid out: plain or chat', choice(['plain', 'chat']))
      .option('--device <device>', 'cpu (default) or webgpu (a GPU)', choice(['cpu', 'webgpu']));
    addDataFlags(command);
  },
  async run([model, data], flags, { signal, note }) {
    const { evaluateModel } = await import('../../use/evaluate-model.js');
    const { scoreLines } = await import('../../use/describe-scores.js');
    const { rows, metric, template, device } = flags;
    // Commander gives true where neither --base nor --no-base was said.
    const base = (flags.base as string | boolean | undefined) === true ? undefined : flags.base;
    const options = { ...dataOptions(data!, flags), rows, metric, template, device, base };
    const result = await evaluateModel({ ...options, model: model!, signal, tell: note });
    const scores = { ...(result.base && { 'base model': result.base.score }), 'this model': result.score };
    const where = result.rows === 'all' ? `all ${result.examples} rows` : `${result.examples} ${result.rows} rows`;
    return {
      json: { ...result },
      text: [result.data.guess, `On ${where}:`, ...scoreLines(result.metric, scores)].join('\n'),
    };
  },
});
