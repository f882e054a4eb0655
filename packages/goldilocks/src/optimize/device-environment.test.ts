import { expect, test } from 'vitest';
import { deviceEnvironment } from './device-environment.js';

test('one device is seen by programs of every vendor; an identifier by its own', () => {
  expect(deviceEnvironment('1')).toMatchObject({
    CUDA_VISIBLE_DEVICES: '1',
    HIP_VISIBLE_DEVICES: '1',
    ZE_AFFINITY_MASK: '1',
  });
  expect(deviceEnvironment('GPU-8f2a')).toEqual({ CUDA_VISIBLE_DEVICES: 'GPU-8f2a' });
  expect(deviceEnvironment(undefined)).toEqual({});
});
