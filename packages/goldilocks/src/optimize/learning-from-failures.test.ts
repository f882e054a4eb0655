import { createStudy, float, type Sampler, TpeSampler } from '@goldilocks/study';
import { samplerConformance } from '@goldilocks/study/testing';
import { describe, expect, it, test } from 'vitest';
import { LearningFromFailures } from './learning-from-failures.js';

/** Everything above a rate of 0.01 diverges, the best is just below. Returns how many of 30 trials diverged. */
async function diverged(sampler: Sampler, failure: string): Promise<number> {
  const study = await createStudy({ sampler });
  let count = 0;
  for (let i = 0; i < 30; i++) {
    const trial = await study.ask({ rate: float(1e-5, 1, { log: true }) });
    if (trial.params.rate > 0.01) {
      count++;
      await study.tell(trial, null, { state: 'FAIL', failure });
    } else await study.tell(trial, (Math.log10(trial.params.rate) + 2.1) ** 2);
  }
  return count;
}

async function total(sampler: (seed: number) => Sampler, failure: string): Promise<number> {
  let sum = 0;
  for (const seed of [1, 2, 3, 4, 5, 6]) sum += await diverged(sampler(seed), failure);
  return sum;
}

describe('a place where trials fail through their settings', () => {
  const plain = (seed: number) => new TpeSampler({ seed, startupTrials: 8 });
  const learning = (seed: number) => new LearningFromFailures(plain(seed));

  it('is avoided', async () => {
    const before = await total(plain, 'diverged: loss was NaN');
    expect(await total(learning, 'diverged: loss was NaN')).toBeLessThan(0.7 * before);
  });

  it('is not when they failed for other reasons', async () => {
    expect(await total(learning, 'error: It ended with code 1.')).toBe(
      await total(plain, 'error: It ended with code 1.'),
    );
  });
});

for (const { name, run } of samplerConformance({
  create: (seed) => new LearningFromFailures(new TpeSampler({ seed })),
}))
  test(name, run);
