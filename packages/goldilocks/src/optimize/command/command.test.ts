import type { SpaceFile } from '@goldilocks/protocol';
import { describe, expect, it } from 'vitest';
import { planCommand } from './plan-command.js';
import { placeholderValues, trialEnvironment } from './surroundings.js';
import { fillAll, placeholdersOf } from './template.js';

const space: SpaceFile = {
  parameters: { lr: { type: 'float', low: 0, high: 1 }, opt: { type: 'categorical', choices: ['sgd'] } },
};
const command = ['python', 'train.py', '--lr', '{lr}', '--opt={opt}'];
const facts = { study: 's', trial: 7, params: { lr: 1e-7, opt: 'a b' }, directory: '/runs/7', device: '1', seed: 3 };

describe('placeholders', () => {
  it('are filled; braces around anything else stay', () => {
    const argv = [
      '{lr}',
      '--x={opt}/{trial}',
      '{trial_dir}',
      '{params_file}',
      '{device}{seed}',
      '{"a":{"b":1}}',
      '{{lr}}',
      '{}',
    ];
    const values = placeholderValues(facts);
    expect(fillAll(argv, values)).toEqual([
      '1e-7',
      '--x=a b/7',
      '/runs/7',
      '/runs/7/params.json',
      '13',
      '{"a":{"b":1}}',
      '{lr}',
      '{}',
    ]);
    expect(placeholdersOf('{{lr}} {opt} {"a":1}')).toEqual(['opt']);
  });

  it('of parameters that do not apply take their flag with them', () => {
    const argv = [
      'run',
      '--momentum',
      '{momentum}',
      '-m',
      '{momentum}',
      '--m={momentum}',
      'optimizer.m={momentum}',
      '--fast',
      '--lr',
      '{lr}',
    ];
    expect(fillAll(argv, { lr: '1' })).toEqual(['run', '--fast', '--lr', '1']);
  });

  it('values that are no text go as JSON', () => {
    const params = { a: true, b: null, c: ['x', 1], d: 0.1 + 0.2 };
    expect(placeholderValues({ ...facts, params })).toMatchObject({
      a: 'true',
      b: 'null',
      c: '["x",1]',
      d: '0.30000000000000004',
    });
  });
});

it('variables are set for every parameter', () => {
  expect(trialEnvironment({ ...facts, params: { 'optimizer.lr': 0.1 } })).toMatchObject({
    GOLDILOCKS_PARAM_OPTIMIZER_LR: '0.1',
    GOLDILOCKS_TRIAL: '7',
    GOLDILOCKS_TRIAL_DIR: '/runs/7',
    GOLDILOCKS_PARAMS_FILE: '/runs/7/params.json',
    GOLDILOCKS_SEED: '3',
    GOLDILOCKS_DEVICE: '1',
  });
});

describe('planCommand', () => {
  it('leaves a command with all its placeholders alone', () => {
    expect(planCommand(command, space)).toMatchObject({ argv: command, fixed: [] });
  });

  it.each<[string, string[], RegExp]>([
    ['no command', [], /No command is given.*after --/],
    [
      'an unknown placeholder',
      [...command, '{wd}'],
      /\{wd\}, which is no parameter of the space \(lr, opt, trial.*\{\{wd\}\}/,
    ],
    [
      'an idle parameter',
      ['python', '{lr}'],
      /does not use \{opt\}, so searching it would change nothing.*--from-environment/,
    ],
    ['two idle parameters', ['python'], /does not use \{lr\}, \{opt\}, so searching them/],
  ])('refuses %s', (_, argv, message) => {
    expect(() => planCommand(argv, space)).toThrow(message);
  });

  it('takes the file or the environment for all parameters', () => {
    expect(planCommand(['x', '--config', '{params_file}'], space).argv).toHaveLength(3);
    expect(planCommand(['x'], space, { fromEnvironment: true }).argv).toEqual(['x']);
  });

  const own: SpaceFile = {
    args: [['--out', '{trial_dir}/out'], ['seed={seed}']],
    parameters: {
      lr: { type: 'float', low: 0, high: 1, args: ['--learning_rate', '{lr}'] },
      wd: { type: 'float', low: 0, high: 1, args: ['optimizer.wd={wd}'], when: { lr: [1] } },
      r: { type: 'int', low: 1, high: 4, args: ['--lora_r', '{r}'] },
    },
  };

  it('appends the arguments that the space brings', () => {
    expect(planCommand(['trl'], own).argv).toEqual([
      ...[
        'trl',
        '--out',
        '{trial_dir}/out',
        'seed={seed}',
        '--learning_rate',
        '{lr}',
        'optimizer.wd={wd}',
        '--lora_r',
        '{r}',
      ],
    ]);
  });

  it('leaves to the command what it says itself', () => {
    const planned = planCommand(['trl', '--out=here', '--lora-r', '8', '--rate', '{lr}'], own);
    expect(planned.argv).toEqual([
      'trl',
      '--out=here',
      '--lora-r',
      '8',
      '--rate',
      '{lr}',
      'seed={seed}',
      'optimizer.wd={wd}',
    ]);
    expect(planned.fixed).toEqual(['r']);
    const fixed = planCommand(['trl', '--learning_rate', '1e-4'], own);
    expect(Object.keys(fixed.space.parameters)).toEqual(['r']);
    expect(() => planCommand(['trl', '--learning_rate', '1', '--lora_r', '2'], own)).toThrow(
      /nothing is left to search/,
    );
  });
});
