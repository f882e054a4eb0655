// A runner of a model as it is, for the time of a measurement.
import { fedWeightsOf, type Model } from '../models/model.js';
import type { DeviceName } from '../runtime/device.js';
import { releaseAll } from '../runtime/device-tensor.js';
import { toDevice } from '../runtime/transfer.js';
import { BatchRunner } from './batch-runner.js';
import type { PrefixCache } from './prefix-cache.js';
import { ResidentWeights } from './resident-weights.js';

/**
 * @param prefix outputs of the model's lower layers, where they are known; it stays the caller's
 * @throws DeviceError where the GPU is asked for and there is none, or it fails
 */
export async function withRunner<T>(
  model: Model,
  device: DeviceName,
  use: (runner: BatchRunner) => Promise<T>,
  prefix?: PrefixCache,
): Promise<T> {
  const { base, tuned } = model;
  const { fed, weights } = fedWeightsOf(model);
  const onCpu = device === 'cpu';
  const resident = onCpu ? undefined : new ResidentWeights(base);
  const held = onCpu ? undefined : await toDevice(fed.shapes, (name) => weights.get(name)!);
  const { basePrecision } = tuned ?? {};
  const shared = { base, fed, weights: held ?? weights, resident, basePrecision, prefix };
  // Batches come in the order of their lengths, so a graph that another follows is not needed again.
  const runner = new BatchRunner({ ...shared, training: false, graphs: 1 });
  try {
    return await use(runner);
  } finally {
    await runner.release();
    await resident?.release();
    await releaseAll(held?.values() ?? []);
  }
}
