// `goldilocks train DATA`: one run, no search.
import type { TrainResult } from '../../train/options.js';
import { addDataFlags, type DataFlags, dataOptions } from '../flags/data-flags.js';
import { addHyperparameterFlags, type HyperparameterFlags, userSettings } from '../flags/hyperparameter-flags.js';
import { addModelFlags, type ModelFlags, modelOptions } from '../flags/model-flags.js';
import { choice, count } from '../values.js';
import { type Outcome, verb } from '../verb.js';

interface Flags extends DataFlags, ModelFlags, HyperparameterFlags {
  out: string;
  overwrite?: boolean;
  method?: 'lora' | 'full';
  seed?: number;
}

export const train = verb<Flags>({
  name: 'train',
  summary: 'one run without a search, with the recommended settings or your own',
  examples: [
    ['goldilocks train feedback.jsonl', 'with what plan recommends'],
    [
      'goldilocks train feedback.jsonl --learning-rate 5e-4 --epochs 3 --frozen-layers 2 --dropout 0.1',
      'with your own',
    ],
  ],
  define(command) {
    command
      .argument('<data>', 'a file or a folder of files')
      .option('--out <folder>', 'where the model goes; new or empty', 'goldilocks-model')
      .option('--overwrite', 'replace an earlier result there')
      .option('--method <method>', 'lora or full (default: what suits the model)', choice(['lora', 'full']))
      .option('--seed <seed>', 'of everything random (default: 0)', count(0, '1'));
    addHyperparameterFlags(addModelFlags(addDataFlags(command)));
  },
  async run([data], flags, { signal, onEvent }) {
    const { train } = await import('../../train/train.js');
    const { out, overwrite, method, seed } = flags;
    const result = await train({
      ...dataOptions(data!, flags),
      ...modelOptions(flags),
      settings: userSettings(flags),
      ...{ out, overwrite, method, seed, signal, onEvent },
    });
    return trainOutcome(result);
  },
});

export async function trainOutcome(result: TrainResult): Promise<Outcome> {
  const { scoreLines } = await import('../../use/describe-scores.js');
  const { diagnosisLines } = await import('../../refine/session.js');
  const { quote } = await import('../../journey/report/command.js');
  const { test, layers, output, name, diagnoses } = result;
  const lines = [
    `On ${test.examples} test examples:`,
    ...scoreLines(result.metric, { 'base model': test.base, 'tuned model': test.tuned }),
    '',
    ...diagnoses.flatMap((diagnosis) => diagnosisLines(diagnosis, layers)),
    '',
    `The model is in ${output}. Next:`,
    result.isEncoder ? `  goldilocks evaluate ${quote(output)} DATA` : `  goldilocks chat ${quote(output)} --base`,
    `  goldilocks refine ${quote(name)}`,
  ];
  return { json: { ...result }, text: lines.join('\n') };
}
