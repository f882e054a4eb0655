import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BaseModel, defaultSettings, evaluateLoss, fineTune, type TrainingSettings } from '@goldilocks/trainer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTask, randomTensors, shape, type Task, writeModel } from '../../test/tiny-llama.js';
import { diagnose } from './diagnose.js';
import type { RunRecord, StepRecord } from './run-record.js';
import { type RefineIo, refine } from './session.js';

const root = mkdtempSync(join(tmpdir(), 'goldilocks-diagnose-'));
const cacheDirectory = join(root, 'cache');
let base: BaseModel;
let runs = 0;

beforeAll(async () => {
  base = await BaseModel.load(writeModel(join(root, 'base'), randomTensors(1)), { cacheDirectory });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const settingsWith = (changes: Partial<TrainingSettings>): TrainingSettings => ({
  ...defaultSettings,
  learningRate: 5e-3,
  epochs: 8,
  evaluationsPerEpoch: 1,
  weightDecay: 0,
  patience: 0,
  microBatchTokens: 512,
  maxLength: 32,
  ...changes,
});

interface Experiment extends Partial<TrainingSettings> {
  task: Partial<Task> & { examples: number };
  model?: BaseModel;
}

async function train({ task, model = base, ...changes }: Experiment) {
  const settings = settingsWith(changes);
  const steps: StepRecord[] = [];
  const result = await fineTune({
    model,
    settings,
    train: makeTask({ seed: 1, ...task }),
    validation: makeTask({ seed: 2, ...task, examples: 150 }),
    checkpointDirectory: join(root, `run-${runs++}`),
    cacheDirectory,
    validateAtStart: true,
    onEvent: (event) => {
      if (event.type === 'step') steps.push(event);
    },
  });
  const { outcome, history, totalSteps } = result;
  const run: RunRecord = {
    settings,
    outcome,
    history,
    totalSteps,
    steps,
    examples: task.examples,
    layers: shape.layers,
  };
  return { run, result };
}

async function firstDiagnosis(experiment: Experiment) {
  const { run } = await train(experiment);
  const found = diagnose(run)[0]!;
  return {
    ...found,
    curve: run.history.map(({ loss, trainingLoss }) => `${loss.toFixed(3)}/${trainingLoss?.toFixed(2)}`).join(' '),
  };
}

describe('diagnoses of real runs', () => {
  it('just right', async () => {
    const found = await firstDiagnosis({ task: { examples: 600 } });
    expect(found.kind, found.curve).toBe('just-right');
  });
  it('overfitting', async () => {
    const found = await firstDiagnosis({ task: { examples: 400, noise: 0.4 }, epochs: 20, evaluationsPerEpoch: 0.5 });
    expect(found.kind, found.curve).toBe('overfitting');
  });
  it('too little data', async () => {
    const found = await firstDiagnosis({
      task: { examples: 48, noise: 0.3 },
      batchSize: 4,
      epochs: 12,
      evaluationsPerEpoch: 1,
    });
    expect(found.kind, found.curve).toBe('too-little-data');
  });
  it('too slow', async () => {
    const found = await firstDiagnosis({
      task: { examples: 400 },
      learningRate: 5e-5,
      epochs: 4,
      evaluationsPerEpoch: 2,
    });
    expect(found.kind, found.curve).toBe('too-slow');
  });
  it('still falling', async () => {
    const found = await firstDiagnosis({
      task: { examples: 400 },
      learningRate: 1.5e-3,
      epochs: 4,
      evaluationsPerEpoch: 2,
    });
    expect(found.kind, found.curve).toBe('still-falling');
  });
  it('diverged', async () => {
    const found = await firstDiagnosis({ task: { examples: 400 }, learningRate: 3 });
    expect(found.kind, found.curve).toBe('diverged');
  });
  it('stuck', async () => {
    const found = await firstDiagnosis({
      task: { examples: 400 },
      learningRate: 1e-8,
      epochs: 2,
      evaluationsPerEpoch: 2,
    });
    expect(found.kind, found.curve).toBe('stuck');
  });
  it('noisy', async () => {
    const found = await firstDiagnosis({
      task: { examples: 400, noise: 0.2 },
      batchSize: 1,
      learningRate: 6e-2,
      epochs: 3,
      evaluationsPerEpoch: 4,
      schedule: { name: 'constant', warmup: 0 },
    });
    expect(found.kind, found.curve).toBe('noisy');
  });
  it('forgetting', async () => {
    const skill = { examples: 400 };
    const { result } = await train({ task: skill });
    const tensors = new Map<string, { shape: number[]; data: Float32Array }>([
      ...randomTensors(1),
      ...result.weights.tensors,
    ]);
    const skilled = await BaseModel.load(writeModel(join(root, 'skilled'), tensors), { cacheDirectory });
    const reference = makeTask({ ...skill, seed: 3, examples: 100 });
    const before = await evaluateLoss({ base: skilled }, reference);
    const other = await train({ model: skilled, task: { examples: 400, shift: 3 } });
    const after = await evaluateLoss({ base: skilled, tuned: other.result.weights }, reference);
    const kinds = diagnose({ ...other.run, retention: { before: before.perExample, after: after.perExample } });
    expect(kinds.map(({ kind }) => kind)).toContain('forgetting');
  });

  it('and the dialogue leads from too slow to a run that is better by more than noise', async () => {
    const task = { examples: 400 };
    const { run } = await train({ task, learningRate: 2e-4, epochs: 4, evaluationsPerEpoch: 2 });
    const io: RefineIo = {
      tell: () => {},
      ask: async (proposal) => ({ kind: proposal ? 'accept' : 'stop' }),
      run: async ({ settings }) => (await train({ task, ...settings })).run,
    };
    const { attempts, best } = await refine(run, io, { maxRuns: 3 });
    expect(attempts[0]!.diagnoses[0]!.kind).toBe('too-slow');
    expect(attempts[1]!.verdict).toBe('better');
    expect(best).toBeGreaterThan(0);
  });
});
