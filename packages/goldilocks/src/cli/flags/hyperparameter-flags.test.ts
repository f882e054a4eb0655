import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { budgetOf, type JourneySettings } from '../../journey/options.js';
import { runCommand } from '../../journey/report/command.js';
import { addBudgetFlags, budgetOptions } from './budget-flags.js';
import { addDataFlags, dataOptions } from './data-flags.js';
import { addHyperparameterFlags, userSettings } from './hyperparameter-flags.js';

function settingsOf(line: string[]): JourneySettings {
  const command = addHyperparameterFlags(addDataFlags(addBudgetFlags(new Command().argument('<data>'))));
  command.option('--out <folder>').option('--seed <seed>', '', Number).exitOverride();
  command.parse(line, { from: 'user' });
  const flags = command.opts();
  const data = dataOptions(command.args[0]!, flags);
  return { ...data, out: flags.out, seed: flags.seed, budget: budgetOptions(flags), settings: userSettings(flags) };
}

describe('userSettings', () => {
  it('has only what was given', () => {
    expect(settingsOf(['d']).settings).toBeUndefined();
    expect(settingsOf(['d', '--learning-rate', '2e-4', '--warmup', '0']).settings).toEqual({
      learningRate: 2e-4,
      schedule: { warmup: 0 },
    });
  });

  it('takes every hyperparameter, and the reproducing command gives them all again', () => {
    const line = [
      ...['d.jsonl', '--out', 'o', '--budget', '90s', '--seed', '3', '--label-column', 'topic,mood', '--skip-bad-rows'],
      ...['--learning-rate', '2e-4', '--batch-size', '8', '--epochs', '0.5', '--dropout', '0.1', '--weight-decay', '0'],
      ...['--schedule', 'warmup-stable-decay', '--warmup', '0.1', '--schedule-floor', '0.1', '--schedule-cycles', '2'],
      ...['--schedule-power', '2', '--schedule-decay', '0.3', '--frozen-layers', '2', '--unfreeze', 'gradual'],
      ...['--unfreeze-every', '0.5', '--freeze-tensors', 'model.layers.*.mlp.*,model.norm.weight'],
      ...['--layerwise-decay', '0.9', '--lora-rank', '4', '--lora-alpha', '8', '--lora-targets', 'q_proj,v_proj'],
      ...['--optimizer', 'sgd', '--momentum', '0.8', '--nesterov'],
      ...[
        '--label-smoothing',
        '0.1',
        '--neftune',
        '5',
        '--replay',
        '0.1',
        '--replay-text',
        '/t.txt',
        '--device',
        'auto',
        '--mixed-precision',
      ],
      ...['--rslora', '--dora', '--max-length', '64', '--micro-batch-tokens', '128', '--patience', '2'],
    ];
    const settings = settingsOf(line);
    expect(settings.settings).toMatchObject({
      epochs: 0.5,
      schedule: { name: 'warmup-stable-decay', floor: 0.1, cycles: 2, power: 2, decay: 0.3 },
      freezing: { layers: 2, unfreezeEvery: 0.5, tensors: ['model.layers.*.mlp.*', 'model.norm.weight'] },
      lora: { rank: 4, targets: ['q_proj', 'v_proj'], rankStabilized: true },
    });
    expect(budgetOf(settings)).toEqual({ minutes: 1.5, trials: undefined });
    const words = runCommand(settings)
      .match(/'[^']*'|\S+/g)!
      .map((word) => word.replace(/^'|'$/g, ''));
    expect(words.slice(0, 2)).toEqual(['goldilocks', 'run']);
    expect(settingsOf(words.slice(2))).toEqual(settings);
  });
});
