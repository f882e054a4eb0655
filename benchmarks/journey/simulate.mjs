// A journey's search and confirmation on a surrogate of learning curves, for as long as so many runs of the recommended settings take.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStudy } from '@goldilocks/study';
import { confirm } from '../../packages/goldilocks/dist/confirm/confirm.js';
import { Clock } from '../../packages/goldilocks/dist/search/clock.js';
import { betterTrials } from '../../packages/goldilocks/dist/search/limits.js';
import { search } from '../../packages/goldilocks/dist/search/search.js';
import { SurrogateEngine } from './surrogate-engine.mjs';

/** As a journey divides its time. */
const CONFIRM_SHARE = 0.25;

export async function simulate(problem, { seed, runs, sampler }) {
  const { recommended } = problem;
  const engine = new SurrogateEngine(problem, seed);
  const folder = await mkdtemp(join(tmpdir(), 'goldilocks-benchmark-'));
  const cost = (params, from = 0, to = 1) => problem.seconds(params, from, to);
  const end = runs * cost(recommended);
  const study = await createStudy({ sampler: sampler.make({ recommended, seed }) });
  const common = {
    engine,
    model: '',
    train: { file: '' },
    validation: { file: '' },
    emit() {},
    clock: new Clock(0, engine.now),
    endsAt: end,
  };
  const trials = await search({
    ...common,
    study,
    space: sampler.space(problem),
    recommended,
    settingsOf: (params) => ({ params, seed: 0 }),
    folderOf: (trial) => join(folder, `${trial}`),
    predict: ({ params }, from, to) => cost(params, from, to),
    subset: 1,
    keepFor(contenders, _pace, repeat) {
      if (contenders.length === 0 || !repeat) return 0;
      const dearest = Math.max(...contenders.map(({ params }) => cost(params)));
      return Math.max(cost(recommended) + dearest, CONFIRM_SHARE * end);
    },
  });
  const better = betterTrials(trials).map(({ number }) => number);
  const paramsOf = (trial) => trials[trial].params;
  const confirmation =
    better.length === 0
      ? null
      : await confirm({
          ...common,
          trials: await study.trials(),
          better,
          settingsOfTrial: (trial) => ({ params: paramsOf(trial), seed: 0 }),
          folderOf: (trial, repeat) => join(folder, `${trial}-${repeat}`),
          seeds: [1, 2, 3],
          predict: (trial) => cost(paramsOf(trial)),
          done: [],
          onRun: async () => undefined,
        });
  await rm(folder, { recursive: true });
  const loss = (trial) => problem.loss(paramsOf(trial));
  const complete = trials.filter(({ state }) => state === 'complete').map(({ number }) => loss(number));
  return {
    trials: trials.length,
    seeds: confirmation?.seeds.length ?? 0,
    kind: confirmation?.decision.kind ?? 'nothing-better',
    default: problem.loss(recommended),
    delivered: loss(confirmation?.decision.winner ?? 0),
    observed: loss(better[0] ?? 0),
    oracle: Math.min(...complete),
  };
}
