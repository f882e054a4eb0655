// `goldilocks run DATA`: the whole journey.
import type { JourneySettings } from '../../journey/options.js';
import { addBudgetFlags, type BudgetFlags, budgetOptions } from '../flags/budget-flags.js';
import { addClusterFlags, type ClusterFlags, clusterOptions } from '../flags/cluster-flags.js';
import { addDataFlags, type DataFlags, dataOptions } from '../flags/data-flags.js';
import { addHyperparameterFlags, type HyperparameterFlags, userSettings } from '../flags/hyperparameter-flags.js';
import { addModelFlags, type ModelFlags, modelOptions } from '../flags/model-flags.js';
import { openPage } from '../page.js';
import { journeyOutcome } from '../result.js';
import { choice, count, number } from '../values.js';
import { verb } from '../verb.js';

interface Flags extends BudgetFlags, ClusterFlags, DataFlags, ModelFlags, HyperparameterFlags {
  out: string;
  overwrite?: boolean;
  metric?: NonNullable<JourneySettings['metric']>;
  method?: 'lora' | 'full';
  seed?: number;
  study?: string;
  retentionLimit?: number;
  fresh?: boolean;
  open?: boolean;
}

const metrics = ['loss', 'accuracy', 'macroF1', 'exactMatch', 'rougeL', 'chrF', 'bitsPerByte'] as const;

export const run = verb<Flags>({
  name: 'run',
  summary: 'the whole journey: inspect, plan, pilot, search, confirm, final run, test, report',
  examples: [
    ['goldilocks run feedback.jsonl --budget 30m', 'leaves the model and its report in goldilocks-result'],
    [
      'goldilocks run notes.csv --model models/smollm2 --trials 12 --metric macroF1 --out notes-model',
      'twelve trials, judged by macro F1',
    ],
    [
      'goldilocks run feedback.jsonl --trials 40 --on ray=http://127.0.0.1:8265 --storage postgresql://db/studies --workers 8',
      'trials on a Ray cluster',
    ],
  ],
  define(command) {
    command
      .argument('<data>', 'a file or a folder of files')
      .option('--out <folder>', 'where the result goes; new or empty', 'goldilocks-result')
      .option('--overwrite', 'replace an earlier result there')
      .option('--metric <metric>', `what the search improves: ${metrics.join(', ')} (default: loss)`, choice(metrics))
      .option('--method <method>', 'lora or full (default: what suits the model)', choice(['lora', 'full']))
      .option('--seed <seed>', 'of everything random (default: 0)', count(0, '1'))
      .option('--fresh', 'take nothing from earlier studies on like data')
      .option('--open', 'open the page in the browser, to watch and steer')
      .option('--study <name>', "the study's name (default: the data's name with a number)")
      .option(
        '--retention-limit <nats>',
        'a rise of the loss on reference text above this counts against a trial',
        number('a number from 0, such as 0.1', (value) => value >= 0),
      );
    addClusterFlags(addHyperparameterFlags(addModelFlags(addDataFlags(addBudgetFlags(command)))));
  },
  async run([data], flags, session) {
    const { fineTune } = await import('../../journey.js');
    const { out, overwrite, metric, method, seed, study, retentionLimit, fresh } = flags;
    const { signal, onEvent } = session;
    const page = flags.open ? await openPage(data!, session) : undefined;
    try {
      const result = await fineTune({
        ...dataOptions(data!, flags),
        ...modelOptions(flags),
        budget: budgetOptions(flags),
        settings: userSettings(flags),
        cluster: clusterOptions(flags),
        ...{ out, overwrite, metric, method, seed, study, retentionLimit, fresh, signal, onEvent },
      });
      await page?.stay();
      return await journeyOutcome(result, session);
    } finally {
      await page?.close();
    }
  },
});
