import { describe, expect, test } from 'vitest';
import { categorical, float, int, type SearchSpace } from '../distributions/distribution.js';
import { QmcSampler } from '../samplers/qmc.js';
import { RandomSampler } from '../samplers/random.js';
import { createStudy } from '../study/create-study.js';
import { samplerConformance } from '../testing/sampler-conformance.js';
import type { Params } from '../trial/frozen-trial.js';
import { PastModel, type PastStudy } from './past-study.js';
import { TransferSampler } from './transfer-sampler.js';

const space = {
  rate: float(1e-5, 1e-1, { log: true, recommended: 1e-4 }),
  layers: int(0, 4, { recommended: 0 }),
  schedule: categorical(['cosine', 'linear'], { recommended: 'cosine' }),
};

const truth = ({ rate, layers, schedule }: Params) =>
  1 + 0.2 * (Math.log10(rate as number) + 2.5) ** 2 + 0.1 * (layers as number) + (schedule === 'linear' ? 0 : 0.1);
const reversed = (params: Params) => -truth(params);

async function pastOf(
  name: string,
  objective: (params: Params) => number,
  of: SearchSpace = space,
): Promise<PastStudy> {
  const study = await createStudy({ sampler: new QmcSampler({ seed: 1 }) });
  for (let i = 0; i < 24; i++) {
    const trial = await study.ask(of);
    await study.tell(trial, objective(trial.params));
  }
  return { name, trials: await study.trials() };
}

async function settings(sampler: TransferSampler, count: number): Promise<Params[]> {
  const study = await createStudy({ sampler });
  for (let i = 0; i < count; i++) {
    const trial = await study.ask(space);
    await study.tell(trial, truth(trial.params));
  }
  return (await study.trials()).map(({ params }) => params);
}

const inner = () => new RandomSampler({ seed: 3 });

describe('a past study', async () => {
  const like = await pastOf('like', truth);

  test('knows its best setting, moved into the ranges of another space', () => {
    const model = new PastModel(like);
    const best = like.trials.reduce((a, b) => (b.values![0]! < a.values![0]! ? b : a)).params;
    expect(model.winner(space)).toEqual(best);
    expect(model.winner({ ...space, rate: float(1e-5, 1e-4, { log: true }) })!.rate).toBeCloseTo(1e-4, 12);
    expect(model.winner({ ...space, dropout: float(0, 1) })).toBeNull();
    expect(model.winner({ ...space, schedule: categorical(['constant']) })).toBeNull();
    expect(new PastModel({ name: 'short', trials: like.trials.slice(0, 3) }).winner(space)).toBeNull();
  });

  test('agrees with trials as far as it ranks them right', async () => {
    const other = await createStudy({ sampler: new RandomSampler({ seed: 9 }) });
    for (let i = 0; i < 12; i++) {
      const trial = await other.ask(space);
      await other.tell(trial, truth(trial.params));
    }
    const trials = await other.trials();
    const agreement = new PastModel(like).agreement(trials);
    expect(agreement).toBeGreaterThan(0.85);
    expect(new PastModel(like).agreement(trials, 'maximize')).toBeCloseTo(1 - agreement, 12);
    expect(new PastModel({ ...like, direction: 'maximize' }).agreement(trials)).toBeLessThan(0.2);
    expect(new PastModel(like).agreement(trials.slice(0, 1))).toBe(0.5);
  });
});

describe('the transfer sampler', async () => {
  const [like, wrong] = [await pastOf('like', truth), await pastOf('wrong', reversed)];

  test('tries what is recommended, then the best of the past, then looks around it', async () => {
    const tried = await settings(new TransferSampler({ past: [like], seed: 5 }), 8);
    expect(tried[0]).toMatchObject({ rate: 1e-4, layers: 0, schedule: 'cosine' });
    expect(tried[1]).toEqual(new PastModel(like).winner(space));
    const regrets = tried.slice(2).map((params) => truth(params) - 1);
    const alone = (await settings(new TransferSampler({ past: [], seed: 5 }), 8)).slice(2);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(regrets)).toBeLessThan(mean(alone.map((params) => truth(params) - 1)));
  });

  test('lets a past go that has cost one trial, and then asks the next', async () => {
    const tried = await settings(new TransferSampler({ past: [wrong, like, wrong], sampler: inner(), winners: 2 }), 4);
    expect(tried[1]).toEqual(new PastModel(wrong).winner(space));
    expect(tried[2]).toEqual(new PastModel(like).winner(space));
    expect(tried[3]).toEqual((await settings(new TransferSampler({ past: [], sampler: inner() }), 4))[3]);
  });

  test('tries no setting twice, and none that was enqueued', async () => {
    const study = await createStudy({ sampler: new TransferSampler({ past: [like, like], sampler: inner() }) });
    await study.enqueue(new PastModel(like).winner(space)!);
    for (let i = 0; i < 4; i++) {
      const trial = await study.ask(space);
      await study.tell(trial, truth(trial.params));
    }
    const keys = (await study.trials()).map(({ params }) => JSON.stringify(params));
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('conformance', () => {
  const past = [{ name: 'empty', trials: [] }];
  for (const { name, run } of samplerConformance({ create: (seed) => new TransferSampler({ past, seed }) })) {
    test(name, run);
  }
});
