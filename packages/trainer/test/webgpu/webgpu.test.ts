// Training on a GPU against the same on the CPU and against PyTorch. Skipped unless GOLDILOCKS_WEBGPU=1 says that there is a GPU, or
// a software device that stands for one (`node packages/trainer/test/webgpu/run.mjs`).
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { makeMicroBatches, supervisedTokens } from '../../src/data/batches.js';
import { Graph } from '../../src/graph/graph.js';
import { exp } from '../../src/graph/ops/elementwise.js';
import { expand } from '../../src/graph/ops/layout.js';
import { sumAll } from '../../src/graph/ops/reduce.js';
import { BaseModel } from '../../src/models/base-model.js';
import { DeviceAdamW } from '../../src/optimizers/device-adamw.js';
import { BatchRunner } from '../../src/running/batch-runner.js';
import { ResidentWeights } from '../../src/running/resident-weights.js';
import { type DeviceChoice, DeviceError, type DeviceName } from '../../src/runtime/device.js';
import { releaseAll } from '../../src/runtime/device-tensor.js';
import { checkHalfPrecision, Executable } from '../../src/runtime/session.js';
import { toDevice, toHost } from '../../src/runtime/transfer.js';
import type { TrainingSettings } from '../../src/settings.js';
import type { TrainingEvent } from '../../src/training/events.js';
import { fineTune } from '../../src/training/fine-tune.js';
import type { FineTuneOptions, FineTuneResult } from '../../src/training/fine-tune-options.js';
import { Learner, type StepOutcome } from '../../src/training/learner.js';
import { SafetensorsFile } from '../../src/weights/safetensors.js';
import { examplesOf, expectClose, expectSteps, lossAndGradients, numbered, settingsOf } from '../golden-model.js';
import { tinyExamples, tinyModel, tinySettings } from '../tiny-run.js';

const cacheDirectory = mkdtempSync(join(tmpdir(), 'goldilocks-webgpu-'));
afterAll(() => rmSync(cacheDirectory, { recursive: true }));

const isThere = process.env.GOLDILOCKS_WEBGPU === '1';
const skipped = isThere ? '' : 'skipped, as GOLDILOCKS_WEBGPU=1 is not set: ';

/**
 * Families that differ in what they compute: windows, biases; soft caps, norms of both sides; GELU, learnt positions; partial rotation; an
 * encoder with three tables.
 */
const families = ['qwen2', 'gemma2', 'gpt2', 'gpt-neox', 'bert'];

/** Of an encoder's golden texts, the class of each is its number modulo 3. */
const classExamplesOf = ({ examples }: { examples: { ids: number[] }[] }) =>
  examplesOf({ examples: examples.map(({ ids }, i) => ({ ids: [...ids, i % 3], start: ids.length })) });

describe.runIf(isThere).each(families)(`${skipped}a tiny random model: %s`, (name) => {
  const folder = fileURLToPath(new URL(`../../../../goldens/models/${name}`, import.meta.url));
  const golden = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8'));
  const examples = name === 'bert' ? classExamplesOf(golden) : examplesOf(golden);
  const open = () => BaseModel.load(folder, { cacheDirectory });
  const tensorsIn = (file: string) => {
    const opened = SafetensorsFile.open(join(folder, file));
    return new Map(opened.names().map((tensor) => [tensor, opened.read(tensor)]));
  };

  it('the loss and every gradient are those of the CPU', async () => {
    const base = await open();
    const onCpu = await lossAndGradients(base, examples);
    const onDevice = await lossAndGradientsOnDevice(base, examples);
    expect(onDevice.loss).toBeCloseTo(onCpu.loss, 5);
    expect([...onDevice.gradients.keys()].sort()).toEqual([...onCpu.gradients.keys()].sort());
    // Without rotation a key's bias has no gradient but rounding's.
    const least = name === 'bert' ? 1e-2 : undefined;
    for (const [tensor, values] of onCpu.gradients) {
      expectClose(onDevice.gradients.get(tensor)!, values, 1e-4, tensor, least);
    }
  });

  it('five AdamW steps are PyTorch’s', async () => {
    const options = { base: await open(), examples, settings: settingsOf(golden.full), cacheDirectory };
    await expectSteps({ ...options, device: 'webgpu' }, golden.full, tensorsIn('after-5-steps.safetensors'));
  });

  it('five steps of LoRA in two micro-batches are PEFT’s', async () => {
    const { rank, alpha, targets } = golden.lora;
    const lora = { rank, alpha, targets, rankStabilized: false };
    const settings = settingsOf(golden.lora, { method: 'lora', lora, microBatchTokens: 24 });
    const start = tensorsIn('lora-start.safetensors');
    const final = tensorsIn('lora-after-5-steps.safetensors');
    const options = { base: await open(), examples, settings, cacheDirectory, device: 'webgpu' as const };
    await expectSteps(options, golden.lora, final, start);
  });
});

describe.runIf(isThere)(`${skipped}a run`, () => {
  const train = tinyExamples(24);
  const validation = tinyExamples(8, 3);
  const open = () => BaseModel.load(tinyModel, { cacheDirectory });
  const run = async (device: DeviceChoice, options: Partial<FineTuneOptions> = {}) => {
    const checkpointDirectory = mkdtempSync(join(cacheDirectory, 'run-'));
    const settings: TrainingSettings = { ...tinySettings, learningRate: 1e-3, dropout: 0.1, device };
    const folders = { cacheDirectory, checkpointDirectory, checkpointEverySeconds: 0 };
    return fineTune({ model: await open(), train, validation, settings, ...folders, ...options });
  };
  const expectSame = (a: FineTuneResult, b: FineTuneResult) => {
    expect(a.step).toBe(b.step);
    for (const [i, { loss }] of a.history.entries()) expect(Math.abs(loss / b.history[i]!.loss - 1)).toBeLessThan(1e-4);
    for (const [name, { data }] of b.weights.tensors) expectClose(a.weights.tensors.get(name)!.data, data, 5e-3, name);
  };

  it('is the same on both devices, and when it is paused on one and resumed on the other', async () => {
    const onCpu = await run('cpu');
    expectSame(await run('webgpu'), onCpu);
    for (const [first, second] of [['webgpu', 'cpu'] as const, ['cpu', 'webgpu'] as const]) {
      const checkpointDirectory = mkdtempSync(join(cacheDirectory, 'moved-'));
      expect((await run(first, { checkpointDirectory, stopAtShare: 0.5 })).outcome).toBe('paused');
      const moved = await run(second, { checkpointDirectory });
      expect(moved.device).toEqual({ name: second, because: 'as asked' });
      expectSame(moved, onCpu);
    }
  });

  it('goes on on the CPU where the device is lost, and tells so', async () => {
    const step = DeviceAdamW.prototype.step;
    let steps = 0;
    const lost = vi.spyOn(DeviceAdamW.prototype, 'step').mockImplementation(function (this: DeviceAdamW, options) {
      steps += 1;
      if (steps > 4) throw new DeviceError('failed', 'The GPU failed: it was lost.');
      return step.call(this, options);
    });
    const told: TrainingEvent[] = [];
    const result = await run('webgpu', { onEvent: (event) => told.push(event) });
    lost.mockRestore();
    const because = 'The GPU failed: it was lost. The run goes on from its last checkpoint.';
    expect(told.filter(({ type }) => type === 'device')).toEqual([
      { type: 'device', name: 'webgpu', because: 'as asked' },
      { type: 'device', name: 'cpu', because },
    ]);
    // How far the last checkpoint lies back depends on how long saving takes: at most a share of the time goes to it.
    const lostAt = told.findLastIndex(({ type }) => type === 'device');
    const saved = told.slice(0, lostAt).findLast((event) => event.type === 'checkpoint')?.step;
    expect(saved).toBeGreaterThan(0);
    expect(told.flatMap((event) => (event.type === 'start' ? event.step : []))).toEqual([0, saved]);
    expectSame(result, await run('cpu'));
  });

  it('takes the faster device, measured once, where it may choose', async () => {
    const { device } = await run('auto');
    expect(device.because).toMatch(/^[\d.e-]+ s a step, on the (CPU|GPU) [\d.e-]+ s$/);
    expect((await run('auto')).device).toEqual(device);
  });
});

/** What else changes the graph of a step, or which tensors train. */
const variants: Record<string, Partial<TrainingSettings>> = {
  'label smoothing': { labelSmoothing: 0.1 },
  NEFTune: { neftune: 5 },
  'gradient checkpointing': { gradientCheckpointing: true },
  DoRA: {
    method: 'lora',
    lora: { rank: 4, alpha: 8, targets: ['q_proj', 'up_proj'], rankStabilized: false, dora: true },
  },
  'gradual unfreezing over cached layers': { freezing: { layers: 0, embeddings: false, unfreeze: 'gradual' } },
};

describe.runIf(isThere)(`${skipped}steps`, () => {
  it.each(Object.entries(variants))('are those of the CPU: %s', async (_, change) => {
    const folder = fileURLToPath(new URL('../../../../goldens/models/qwen2', import.meta.url));
    const golden = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8'));
    const examples = examplesOf(golden);
    const settings = settingsOf(golden.full, change);
    const run = async (device: DeviceName) => {
      const base = await BaseModel.load(folder, { cacheDirectory });
      const learner = new Learner({ base, settings, train: examples, validation: [], cacheDirectory, device });
      const outcomes: StepOutcome[] = [];
      for (const [step, epoch] of [0, 0, 1.5].entries()) {
        await learner.moveTo(epoch);
        outcomes.push(await learner.step(numbered(examples), step, 1e-3));
      }
      await learner.synchronize();
      const weights = new Map([...learner.weights.tensors].map(([name, { data }]) => [name, data.slice()]));
      await learner.release();
      return { outcomes, weights };
    };
    const [onCpu, onDevice] = [await run('cpu'), await run('webgpu')];
    for (const [i, { loss, gradientNorm }] of onCpu.outcomes.entries()) {
      expect(onDevice.outcomes[i]!.loss).toBeCloseTo(loss, 5);
      expect(Math.abs(onDevice.outcomes[i]!.gradientNorm / gradientNorm - 1)).toBeLessThan(1e-4);
    }
    for (const [name, data] of onCpu.weights) expectClose(onDevice.weights.get(name)!, data, 2e-3, name);
  });
});

describe.runIf(isThere)(`${skipped}mixed precision`, () => {
  it('is close to float32 where the GPU has 16 bits, and refused where it has not', async () => {
    const refusal = await checkHalfPrecision().catch((error: unknown) => error);
    if (refusal) return expect(refusal).toMatchObject({ name: 'DeviceError', kind: 'unsupported' });
    const settings = { ...tinySettings, learningRate: 1e-3, device: 'webgpu' as const };
    const examples = tinyExamples(24);
    const run = async (mixedPrecision: boolean) =>
      fineTune({
        model: await BaseModel.load(tinyModel, { cacheDirectory }),
        ...{ train: examples, validation: examples, settings: { ...settings, mixedPrecision }, cacheDirectory },
        checkpointDirectory: mkdtempSync(join(cacheDirectory, 'half-')),
      });
    const [half, whole] = [await run(true), await run(false)];
    for (const [i, { loss }] of half.history.entries()) {
      expect(Math.abs(loss / whole.history[i]!.loss - 1)).toBeLessThan(5e-3);
    }
  });
});

describe.runIf(isThere)(`${skipped}the device`, () => {
  it('refuses a graph of which a node would run on the CPU', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [4, 4]);
    graph.output('y', graph.node('FusedMatMul', [x, x], 'float32', [4, 4], {}, 'com.microsoft'));
    await expect(Executable.compile(graph, { device: 'webgpu' })).rejects.toThrow(DeviceError);
    await (await Executable.compile(graph)).release();
  });

  it('says that its memory is full, and serves what fits', async () => {
    const graph = new Graph();
    // 4 GB in one piece.
    graph.output('y', sumAll(exp(expand(graph.input('x', 'float32', [1, 1]), [2 ** 20, 2 ** 10]))));
    const executable = await Executable.compile(graph, { device: 'webgpu' });
    await expect(executable.run({ x: Float32Array.of(1) })).rejects.toThrow(DeviceError);
    const [x] = await toHost(await toDevice(new Map([['x', [2]]]), () => Float32Array.of(1, 2)));
    expect(x).toEqual(['x', Float32Array.of(1, 2)]);
  });
});

async function lossAndGradientsOnDevice(base: BaseModel, examples: ReturnType<typeof examplesOf>) {
  const weights = await toDevice(base.shapes, (name) => base.readTensor(name));
  const resident = new ResidentWeights(base);
  const runner = new BatchRunner({ base, fed: { shapes: base.shapes }, weights, training: true, resident });
  const supervised = examples.reduce((sum, example) => sum + supervisedTokens(example), 0);
  const [packed] = makeMicroBatches(numbered(examples), 512, supervised, base.architecture.task);
  const { results, kept } = await runner.runKeeping(packed!);
  const loss = packed!.targets.reduce((sum, { weight }, slot) => sum + weight * results.losses![slot]!, 0);
  const gradients = new Map([...(await toHost(kept))].map(([name, data]) => [name.slice('gradient.'.length), data]));
  await releaseAll([...kept.values(), ...weights.values()]);
  await runner.release();
  await resident.release();
  return { loss, gradients };
}
