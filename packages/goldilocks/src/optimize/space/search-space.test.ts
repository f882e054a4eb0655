import type { ParameterSpec } from '@goldilocks/protocol';
import { createStudy, RandomSampler } from '@goldilocks/study';
import { expect, test } from 'vitest';
import { inOrder, recommendedParams, suggestAll, wholeSpace } from './search-space.js';

const parameters: Record<string, ParameterSpec> = {
  nesterov: { type: 'categorical', choices: [true, false], when: { momentum: [0.9], optimizer: 'sgd' } },
  momentum: { type: 'categorical', choices: [0, 0.9], when: { optimizer: ['sgd', 'lion'] }, recommended: 0.9 },
  optimizer: { type: 'categorical', choices: ['sgd', 'adamw', 'lion'], recommended: 'sgd' },
  lr: { type: 'float', low: 1e-4, high: 1, log: true },
};

test('conditions decide which parameters a trial has, in whatever order they are written', async () => {
  expect(wholeSpace(parameters)).toBeUndefined();
  expect(inOrder(parameters)).toEqual(['optimizer', 'lr', 'momentum', 'nesterov']);
  const study = await createStudy({ sampler: new RandomSampler({ seed: 3 }) });
  const seen = new Set<string>();
  for (let i = 0; i < 60; i++) {
    const trial = await study.ask();
    await suggestAll(trial, parameters);
    const { optimizer, momentum } = trial.params;
    expect('momentum' in trial.params).toBe(optimizer !== 'adamw');
    expect('nesterov' in trial.params).toBe(optimizer === 'sgd' && momentum === 0.9);
    seen.add(Object.keys(trial.params).sort().join());
  }
  expect(seen.size).toBe(3);
});

test('what is recommended holds together', () => {
  expect(recommendedParams(parameters)).toEqual({ optimizer: 'sgd', momentum: 0.9 });
  expect(
    recommendedParams({ ...parameters, optimizer: { type: 'categorical', choices: ['adamw'], recommended: 'adamw' } }),
  ).toEqual({
    optimizer: 'adamw',
  });
  expect(recommendedParams({ lr: parameters.lr! })).toBeNull();
});
