import { defaultSettings } from '@goldilocks/trainer';
import { expect, it } from 'vitest';
import { changesBetween } from './changes-between.js';

it('names what differs, frozen layers as a number', () => {
  const frozen = { ...defaultSettings.freezing, layers: 3 };
  const to = { ...defaultSettings, learningRate: 1e-3, freezing: frozen, maxLength: 64 };
  expect(changesBetween(defaultSettings, to, 6)).toEqual([
    { name: 'learningRate', from: 5e-5, to: 1e-3 },
    { name: 'frozenLayers', from: 0, to: 3 },
  ]);
  expect(changesBetween(to, to, 6)).toEqual([]);
});
