// Training on a GPU against the same on the CPU and against PyTorch. Skipped unless GOLDILOCKS_WEBGPU=1 says that there is a GPU, or
// a software device that stands for one (`node packages/trainer/test/webgpu/run.mjs`).
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { makeMicroBatches, supervisedTokens } from '../../src/data/batches.js';
import { Graph } from '../../src/graph/graph.js';
import { BaseModel } from '../../src/models/base-model.js';
import { BatchRunner } from '../../src/running/batch-runner.js';
import { ResidentWeights } from '../../src/running/resident-weights.js';
import { DeviceError } from '../../src/runtime/device.js';
import { releaseAll } from '../../src/runtime/device-tensor.js';
import { Executable } from '../../src/runtime/session.js';
import { toDevice, toHost } from '../../src/runtime/transfer.js';
import { SafetensorsFile } from '../../src/weights/safetensors.js';
import { examplesOf, expectClose, expectSteps, lossAndGradients, numbered, settingsOf } from '../golden-model.js';

const cacheDirectory = mkdtempSync(join(tmpdir(), 'goldilocks-webgpu-'));
afterAll(() => rmSync(cacheDirectory, { recursive: true }));

const isThere = process.env.GOLDILOCKS_WEBGPU === '1';

/** Families that differ in what they compute: windows, biases; soft caps, norms of both sides; GELU, learnt positions; partial rotation. */
const families = ['qwen2', 'gemma2', 'gpt2', 'gpt-neox'];

describe.runIf(isThere).each(families)('on the device: %s', (name) => {
  const folder = fileURLToPath(new URL(`../../../../goldens/models/${name}`, import.meta.url));
  const golden = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8'));
  const examples = examplesOf(golden);
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
    for (const [tensor, values] of onCpu.gradients) expectClose(onDevice.gradients.get(tensor)!, values, 1e-4, tensor);
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

describe.runIf(isThere)('the device', () => {
  it('refuses a graph of which a node would run on the CPU', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [4, 4]);
    graph.output('y', graph.node('FusedMatMul', [x, x], 'float32', [4, 4], {}, 'com.microsoft'));
    await expect(Executable.compile(graph, { device: 'webgpu' })).rejects.toThrow(DeviceError);
    await (await Executable.compile(graph)).release();
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
