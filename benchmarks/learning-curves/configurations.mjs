// Which settings the learning curves are of: Sobol points over the journey's space, the recommended setting first.
import { categorical, createStudy, float, int, QmcSampler } from '@goldilocks/study';

/** What the journey searches for the shipped model; see packages/goldilocks/src/plan. */
export const space = {
  learningRate: float(2.5e-4, 1e-2, { log: true }),
  batchSize: categorical([4, 8, 16, 32]),
  epochs: int(1, 6),
  dropout: float(0, 0.2, { step: 0.05 }),
  weightDecay: float(0, 0.1, { step: 0.01 }),
  schedule: categorical(['cosine', 'linear', 'constant', 'warmup-stable-decay']),
  frozenLayers: float(0, 0.75, { step: 0.25 }),
};

export const recommended = {
  learningRate: 2e-3,
  batchSize: 16,
  epochs: 3,
  dropout: 0.05,
  weightDecay: 0.01,
  schedule: 'cosine',
  frozenLayers: 0.25,
};

/** @param {number} count */
export async function configurations(count) {
  const study = await createStudy({ sampler: new QmcSampler({ seed: 4, scramble: true }) });
  await study.enqueue(recommended);
  const all = [];
  for (let i = 0; i < count; i++) all.push((await study.ask(space)).params);
  return all;
}
