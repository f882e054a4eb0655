import { spaceFileSchema } from '@goldilocks/protocol';
import { describe, expect, it } from 'vitest';
import { planCommand } from '../command/plan-command.js';
import { fillAll, placeholdersOf } from '../command/template.js';
import { openSource } from '../metrics/source.js';
import { checkSpace } from '../space/check-space.js';
import { recommendedParams } from '../space/search-space.js';
import { presetNamed, presets, presetsText } from './presets.js';

describe.each(presets.map((preset) => [preset.name, preset] as const))('%s', (name, preset) => {
  it('is a space whose every parameter reaches the command, with a recommended value and its source', () => {
    checkSpace(spaceFileSchema.parse(preset.space), name);
    const { argv, fixed } = planCommand(preset.example.split(' '), preset.space);
    expect(fixed).toEqual([]);
    const reached = new Set(argv.flatMap(placeholdersOf));
    for (const [parameter, { recommended, source }] of Object.entries(preset.space.parameters)) {
      expect(reached).toContain(parameter);
      expect(recommended, parameter).toBeDefined();
      expect(source, parameter).toBeTruthy();
    }
    expect(Object.keys(recommendedParams(preset.space.parameters)!)).toEqual(Object.keys(preset.space.parameters));
    expect(argv.join(' ')).toContain('{trial_dir}'); // two trials must not write into one folder
  });
});

it('the recommended command of TRL, in its own spelling', () => {
  const { space, example } = presetNamed('trl');
  const params = recommendedParams(space.parameters)!;
  const values = {
    ...Object.fromEntries(Object.entries(params).map(([key, value]) => [key, String(value)])),
    trial_dir: 'T',
    seed: '0',
  };
  const filled = fillAll(planCommand(example.split(' '), space).argv, values).join(' ');
  expect(filled).toContain('--learning_rate 0.0003 --num_train_epochs 3');
  expect(filled).toContain('--output_dir T/output --eval_strategy epoch');
});

it.each([
  ['Iter 200: Val loss 1.234, Val took 2.315s', { iteration: 200, val_loss: 1.234 }],
  ['   200    val 1.234    2.31s', { iteration: 200, val_loss: 1.234 }],
])('mlx-lm prints %j', (line, expected) => {
  const { lines } = openSource(presetNamed('mlx-lm').space.metrics!, '/', (path) => path);
  expect({ ...lines!.read(line) }).toEqual(expected);
  expect(lines!.read('    10    2.345 ▼      512      5.1k')).toBeNull();
});

it('torchtune’s says that it ranks by the training loss, in the list and with the results', () => {
  expect(presetNamed('torchtune').space.note).toMatch(/no validation loss.*training loss.*evaluate the best few/s);
  expect(presetsText()).toContain('measure no validation loss');
});

it('are listed, and a wrong name is answered with the right ones', () => {
  for (const { name } of presets) expect(presetsText()).toContain(`--preset ${name} -- `);
  expect(() => presetNamed('trlx')).toThrow(/no preset «trlx»\. There are transformers, trl/);
});
