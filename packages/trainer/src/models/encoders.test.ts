import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import {
  expectClose,
  expectSteps,
  type GoldenSteps,
  lossAndGradients,
  numbered,
  settingsOf,
} from '../../test/golden-model.js';
import { makeMicroBatches } from '../data/batches.js';
import type { TokenizedExample } from '../data/example.js';
import { evaluateLoss, measureLoss } from '../evaluation/evaluate-loss.js';
import { Decoder } from '../generation/decoder.js';
import { BatchRunner } from '../running/batch-runner.js';
import { defaultSettings, type LoraTarget } from '../settings.js';
import { Learner } from '../training/learner.js';
import { SafetensorsFile } from '../weights/safetensors.js';
import { writeSafetensors } from '../weights/write-safetensors.js';
import { BaseModel } from './base-model.js';

interface Golden {
  examples: { ids: number[] }[];
  logits: number[];
  loss: number;
  full: GoldenSteps;
  lora: GoldenSteps & { rank: number; alpha: number; targets: LoraTarget[] };
}

const classes = ['billing', 'delivery', 'praise'];
const cacheDirectory = mkdtempSync(join(tmpdir(), 'goldilocks-encoders-'));
afterAll(() => rmSync(cacheDirectory, { recursive: true }));

const folderOf = (name: string) => fileURLToPath(new URL(`../../../../goldens/models/${name}`, import.meta.url));
const read = (name: string, file: string) => JSON.parse(readFileSync(join(folderOf(name), file), 'utf8'));

/** The golden texts; each one's class is its number modulo 3. */
const examplesOf = ({ examples }: Golden): TokenizedExample[] =>
  examples.map(({ ids }, i) => ({
    ids: Int32Array.from([...ids, i % classes.length]),
    supervised: Uint8Array.from([...ids.map(() => 0), 1]),
    supervisedBytes: 1,
    truncatedTokens: 0,
  }));

describe.each(['bert', 'distilbert', 'modernbert'])('a tiny random encoder against Transformers: %s', (name) => {
  const golden: Golden = read(name, 'golden.json');
  const examples = examplesOf(golden);
  const open = () => BaseModel.load(folderOf(name), { cacheDirectory });
  const tensorsIn = (file: string) => {
    const opened = SafetensorsFile.open(join(folderOf(name), file));
    return new Map(opened.names().map((tensor) => [tensor, opened.read(tensor)]));
  };

  it('has the same loss and every gradient', async () => {
    const { loss, gradients } = await lossAndGradients(await open(), examples);
    expect(loss).toBeCloseTo(golden.loss, 5);
    const wanted = tensorsIn('gradients.safetensors');
    expect([...gradients.keys()].sort()).toEqual([...wanted.keys()].sort());
    // Without rotation a key's bias has no gradient but rounding's: it moves all scores of a query alike.
    for (const [tensor, values] of wanted) expectClose(gradients.get(tensor)!, values, 5e-5, tensor, 1e-2);
  });

  it('takes the same five AdamW steps', async () => {
    const options = { base: await open(), examples, settings: settingsOf(golden.full), cacheDirectory };
    await expectSteps(options, golden.full, tensorsIn('after-5-steps.safetensors'));
  });

  it('takes the same five steps with LoRA and its class head as PEFT', async () => {
    const { rank, alpha, targets } = golden.lora;
    const settings = settingsOf(golden.lora, { method: 'lora', lora: { rank, alpha, targets, rankStabilized: false } });
    const start = tensorsIn('lora-start.safetensors');
    const final = tensorsIn('lora-after-5-steps.safetensors');
    await expectSteps({ base: await open(), examples, settings, cacheDirectory }, golden.lora, final, start);
  });

  it('gives the same probabilities', async () => {
    const base = await open();
    const runner = new BatchRunner({ base, fed: { shapes: new Map() }, weights: new Map(), training: false });
    const [batch] = makeMicroBatches(numbered([examples[1]!]), 64, 1, 'classification');
    const highest = Math.max(...golden.logits);
    const total = golden.logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0);
    for (const [label, logit] of golden.logits.entries()) {
      const { losses } = await runner.run({ ...batch!, targets: [{ ...batch!.targets[0]!, label }] });
      expect(losses![0]).toBeCloseTo(Math.log(total) + highest - logit, 4);
    }
    await runner.release();
  });

  it('trains its head over cached frozen layers, and measures the same there', async () => {
    const base = await open();
    const { layers } = base.config;
    const settings = settingsOf(golden.full, { freezing: { layers, embeddings: true } });
    const learner = new Learner({ base, settings, train: examples, validation: examples, cacheDirectory });
    await learner.moveTo(0);
    expect((await measureLoss(learner.evaluation, examples)).loss).toBeCloseTo(golden.loss, 5);
    const { loss, gradientNorm } = await learner.step(numbered(examples), 0, 1e-3);
    expect(loss).toBeCloseTo(golden.loss, 5);
    const trained = [...tensorsIn('gradients.safetensors')].filter(
      ([tensor]) => base.inventory.depthOf(tensor) === layers,
    );
    const squares = trained.flatMap(([, values]) => Array.from(values, (value) => value * value));
    expect(Math.abs(gradientNorm / Math.sqrt(squares.reduce((a, b) => a + b, 0)) - 1)).toBeLessThan(1e-5);
    await learner.release();
  });
});

it('local attention and its own rotation matter to ModernBERT', async () => {
  const golden: Golden = read('modernbert', 'golden.json');
  for (const change of [{ local_attention: 64 }, { layer_types: undefined }, { rope_parameters: undefined }]) {
    const folder = mkdtempSync(join(cacheDirectory, 'changed-'));
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...read('modernbert', 'config.json'), ...change }));
    copyFileSync(join(folderOf('modernbert'), 'model.safetensors'), join(folder, 'model.safetensors'));
    const base = await BaseModel.load(folder, { cacheDirectory });
    const { loss } = await evaluateLoss({ base }, examplesOf(golden));
    if ('layer_types' in change) expect(loss).toBeCloseTo(golden.loss, 5);
    else expect(Math.abs(loss / golden.loss - 1)).toBeGreaterThan(1e-4);
  }
});

describe('a checkpoint of the bare encoder', () => {
  /** BERT as early checkpoints have it: no prefix, no head, norms called gamma and beta. */
  async function bareBert(): Promise<string> {
    const folder = mkdtempSync(join(cacheDirectory, 'bare-'));
    const { id2label, label2id, ...config } = read('bert', 'config.json');
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, architectures: ['BertModel'] }));
    const source = SafetensorsFile.open(folderOf('bert'));
    const tensors = source.names().filter((name) => name.startsWith('bert.'));
    const early = (name: string) =>
      name
        .replace('bert.', '')
        .replace('LayerNorm.weight', 'LayerNorm.gamma')
        .replace('LayerNorm.bias', 'LayerNorm.beta');
    await writeSafetensors(
      join(folder, 'model.safetensors'),
      tensors.map((name) => ({
        name: early(name),
        dtype: 'F32',
        shape: source.info(name).shape,
        data: source.read(name),
      })),
    );
    return folder;
  }

  it('begins with a random head for the classes of the data, one a seed', async () => {
    const folder = await bareBert();
    await expect(BaseModel.load(folder, { cacheDirectory })).rejects.toThrow(/encoder without classes/);
    const base = await BaseModel.load(folder, { cacheDirectory, labels: ['yes', 'no'] });
    const [first, second] = [base.readTensor('classifier.weight', 1), base.readTensor('classifier.weight', 2)];
    expect(first).toHaveLength(2 * 24);
    expect(first).toEqual(base.readTensor('classifier.weight', 1));
    expect(first).not.toEqual(second);
    expect(Math.sqrt(first.reduce((sum, x) => sum + x * x, 0) / first.length)).toBeCloseTo(0.02, 2);
    expect(base.readTensor('classifier.bias')).toEqual(new Float32Array(2));
    const whole = await BaseModel.load(folderOf('bert'), { cacheDirectory });
    const norm = 'bert.encoder.layer.1.output.LayerNorm.weight';
    expect(base.readTensor(norm)).toEqual(whole.readTensor(norm));
  });

  it('learns', async () => {
    const base = await BaseModel.load(await bareBert(), { cacheDirectory, labels: classes });
    const examples = examplesOf(read('bert', 'golden.json'));
    const settings = { ...defaultSettings, batchSize: 4, learningRate: 1e-2 };
    const learner = new Learner({ base, settings, train: examples, validation: [], cacheDirectory });
    await learner.moveTo(0);
    const losses: number[] = [];
    for (let step = 0; step < 30; step++) losses.push((await learner.step(numbered(examples), step, 1e-2)).loss);
    expect(losses[0]).toBeCloseTo(Math.log(3), 0);
    expect(losses.at(-1)).toBeLessThan(0.1);
    await learner.release();
  });

  it('keeps a head trained for the same classes, in its order, and drops one for others', async () => {
    const trained = await BaseModel.load(folderOf('bert'), {
      cacheDirectory,
      labels: ['praise', 'billing', 'delivery'],
    });
    expect(trained.config.labels).toEqual(classes);
    const kept = SafetensorsFile.open(folderOf('bert')).read('classifier.weight');
    expect(trained.readTensor('classifier.weight')).toEqual(kept);
    const others = await BaseModel.load(folderOf('bert'), { cacheDirectory, labels: ['a', 'b', 'c'] });
    expect(others.readTensor('classifier.weight')).not.toEqual(kept);
  });

  it('writes no text', async () => {
    const base = await BaseModel.load(folderOf('bert'), { cacheDirectory });
    expect(() => new Decoder({ base }, 1, 32)).toThrow(/bert is an encoder/);
  });
});
