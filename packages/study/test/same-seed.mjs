// What the processes of `same-seed.test.ts` share: every sampler, a space, and an objective.

import * as goldilocks from '@goldilocks/study';

const { categorical, float, int } = goldilocks;

export const SPACE = {
  rate: float(1e-5, 1e-1, { log: true, recommended: 1e-3 }),
  dropout: float(0, 0.5, { step: 0.1 }),
  epochs: int(1, 5),
  schedule: categorical(['constant', null, { floor: 0.1 }]),
};

const [one, two, three] = [1, 2, 3].map((count) => Array.from({ length: count }, () => 'minimize'));
const of = (directions, create) => ({ directions, create });

export const SAMPLERS = {
  random: of(one, (seed) => new goldilocks.RandomSampler({ seed })),
  qmc: of(one, (seed) => new goldilocks.QmcSampler({ seed })),
  prior: of(one, (seed) => new goldilocks.PriorSampler({ seed })),
  tpe: of(one, (seed) => new goldilocks.TpeSampler({ seed, startupTrials: 4 })),
  'tpe, two objectives': of(two, (seed) => new goldilocks.TpeSampler({ seed, startupTrials: 4 })),
  gp: of(one, (seed) => new goldilocks.GpSampler({ seed })),
  'gp, two objectives': of(two, (seed) => new goldilocks.GpSampler({ seed })),
  cma: of(one, (seed) => new goldilocks.CmaSampler({ seed, populationSize: 4 })),
  'nsga-ii': of(two, (seed) => new goldilocks.Nsga2Sampler({ seed, populationSize: 4 })),
  'nsga-iii': of(three, (seed) => new goldilocks.Nsga3Sampler({ seed, populationSize: 4 })),
  auto: of(one, (seed) => new goldilocks.AutoSampler({ seed })),
};

export async function tell(study, trial) {
  const { rate, dropout, epochs, schedule } = trial.params;
  const loss = (Math.log10(rate) + 3) ** 2 + dropout + Math.abs(epochs - 3) + (schedule === null ? 0 : 0.5);
  if (trial.number % 6 === 5) await study.tell(trial, null, { state: 'FAIL' });
  else await study.tell(trial, [loss, epochs, dropout].slice(0, study.directions.length));
}
