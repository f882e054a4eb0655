// Which device a run uses, and why: as asked, or the one that takes less time for a step.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { stepExamples } from '../data/order.js';
import { DeviceError, type DeviceName } from '../runtime/device.js';
import { checkHalfPrecision, holdDevice } from '../runtime/session.js';
import type { TrainingSettings } from '../settings.js';
import { writeAll, writeAtomically } from '../weights/atomic-write.js';
import { obstacleOnDevice } from './device-obstacle.js';
import type { ChosenDevice } from './events.js';
import type { FineTuneOptions } from './fine-tune-options.js';
import { Learner } from './learner.js';

type Options = Pick<FineTuneOptions, 'model' | 'train' | 'settings' | 'cacheDirectory'>;

/** Seconds of one step. */
const measuredSchema = z.record(z.enum(['cpu', 'webgpu']), z.number());
type Measured = z.infer<typeof measuredSchema>;

/** @throws DeviceError where the GPU is asked for and there is none */
export async function chooseDevice(options: Options): Promise<ChosenDevice> {
  const { device = 'cpu' } = options.settings;
  if (device === 'webgpu') await openGpu(options.settings);
  if (device !== 'auto') return { name: device, because: 'as asked' };
  const obstacle = obstacleOnDevice(options.settings);
  if (obstacle) return { name: 'cpu', because: `${obstacle} does not run on a GPU` };
  try {
    await openGpu(options.settings);
    return fasterOf(await measureOnce(options));
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    const because = error.kind === 'missing' ? 'no GPU was found' : error.message;
    return { name: 'cpu', because };
  }
}

/** Half precision is for a GPU: a run that is on the CPU, or goes on there, computes in float32. */
export const learnsInHalf = ({ mixedPrecision = false }: TrainingSettings, device: DeviceName): boolean =>
  mixedPrecision && device === 'webgpu';

async function openGpu({ mixedPrecision }: TrainingSettings): Promise<void> {
  await holdDevice();
  if (mixedPrecision) await checkHalfPrecision();
}

/** The faster one; the CPU where they are alike. */
export function fasterOf({ cpu, webgpu }: Measured): ChosenDevice {
  const seconds = (value: number) => `${value.toPrecision(2)} s`;
  return webgpu < cpu
    ? { name: 'webgpu', because: `${seconds(webgpu)} a step, on the CPU ${seconds(cpu)}` }
    : { name: 'cpu', because: `${seconds(cpu)} a step, on the GPU ${seconds(webgpu)}` };
}

/** Measures both devices, unless a run before did for this model and these lengths. */
async function measureOnce(options: Options): Promise<Measured> {
  const { method, maxLength, microBatchTokens, mixedPrecision } = options.settings;
  const key = JSON.stringify([options.model.hash, method, maxLength, microBatchTokens, mixedPrecision]);
  const name = `device-${createHash('sha256').update(key).digest('hex').slice(0, 24)}.json`;
  const file = join(options.cacheDirectory, name);
  if (existsSync(file)) return measuredSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const measured = { cpu: await secondsPerStep(options, 'cpu'), webgpu: await secondsPerStep(options, 'webgpu') };
  await writeAtomically(file, (handle) => writeAll(handle, Buffer.from(JSON.stringify(measured))));
  return measured;
}

/** The second step counts: in the first, graphs and shaders are compiled. Nothing of it remains. */
async function secondsPerStep(
  { model, train, settings, cacheDirectory }: Options,
  device: DeviceName,
): Promise<number> {
  const mixedPrecision = learnsInHalf(settings, device);
  const data = { base: model, train, validation: [], cacheDirectory };
  const learner = new Learner({ ...data, settings, device, mixedPrecision });
  const order = { seed: settings.seed, count: train.length, batchSize: settings.batchSize, step: 0 };
  const examples = Array.from(stepExamples(order), (index) => ({ index, example: train[index]! }));
  await learner.moveTo(settings.epochs);
  await learner.step(examples, 0, 0);
  const started = performance.now();
  await learner.step(examples, 1, 0);
  const seconds = (performance.now() - started) / 1000;
  await learner.release();
  return seconds;
}
