// `goldilocks plan DATA`: what would be done, why, and what it would cost.

import type { PlannedCost } from '../../preview/plan-data.js';
import { addBudgetFlags, type BudgetFlags, budgetOptions } from '../flags/budget-flags.js';
import { addDataFlags, type DataFlags, dataOptions } from '../flags/data-flags.js';
import { addHyperparameterFlags, type HyperparameterFlags, userSettings } from '../flags/hyperparameter-flags.js';
import { addModelFlags, type ModelFlags, modelOptions } from '../flags/model-flags.js';
import { choice, count } from '../values.js';
import { verb } from '../verb.js';

interface Flags extends BudgetFlags, DataFlags, ModelFlags, HyperparameterFlags {
  method?: 'lora' | 'full';
  seed?: number;
  pilot: boolean;
}

export const plan = verb<Flags>({
  name: 'plan',
  summary: 'says what would be done with the data, why, and what it would cost; a few steps are trained to know',
  examples: [
    [
      'goldilocks plan feedback.jsonl --budget 1h',
      'settings with their reasons, the search, and how the hour is spent',
    ],
    ['goldilocks plan feedback.jsonl --no-pilot', 'without training anything'],
  ],
  define(command) {
    command
      .argument('<data>', 'a file or a folder of files')
      .option('--method <method>', 'lora or full', choice(['lora', 'full']))
      .option('--seed <seed>', 'of everything random (default: 0)', count(0, '1'))
      .option('--no-pilot', 'do not train the few steps that measure cost');
    addHyperparameterFlags(addModelFlags(addDataFlags(addBudgetFlags(command))));
  },
  async run([data], flags, { signal, note }) {
    const { planData } = await import('../../preview/plan-data.js');
    const { planLines } = await import('../../plan/describe.js');
    const { method, seed, pilot } = flags;
    const planned = await planData({
      ...dataOptions(data!, flags),
      ...modelOptions(flags),
      budget: budgetOptions(flags) ?? { minutes: 30 },
      settings: userSettings(flags),
      method,
      seed,
      pilot,
      signal,
      tell: note,
    });
    const text = [planned.data.guess, ...planLines(planned.plan), ...(await costLines(planned.cost))].join('\n');
    return { json: { plan: planned.plan, cost: planned.cost ?? null }, text };
  },
});

async function costLines(cost: PlannedCost | undefined): Promise<string[]> {
  if (cost === undefined) return [];
  const { amount, bytes, duration } = await import('../../report/numbers.js');
  const { secondsPerRun, peakMemoryBytes, tokensPerSecond, trials } = cost;
  const fits = trials === undefined ? [] : [`  about ${trials} trials fit into the search's part of the budget`];
  return [
    'Cost',
    `  one run: about ${duration(secondsPerRun)}, ${bytes(peakMemoryBytes)} of memory, ${amount(tokensPerSecond)} tokens a second`,
    ...fits,
  ];
}
