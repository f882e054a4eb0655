// A search of ours on a problem: paused and promoted by a rule, until so many epochs are spent.
import {
  AshaRule,
  AutoSampler,
  CurveModel,
  CurveRule,
  categorical,
  createStudy,
  float,
  int,
  MultiFidelityScheduler,
  PriorSampler,
  ProjectedSampler,
  pausableTrials,
  TpeSampler,
} from '@goldilocks/study';

/** Rule, sampler of what the rule leaves open, and where trials pause. */
export const searches = {
  curves: (seed, options) => ({
    rule: new CurveRule({ seed, ...options }),
    sampler: new PriorSampler({ seed }),
    shares: [1 / 9, 1 / 3, 2 / 3, 1],
    withPrior: true,
  }),
  'curves without prior': (seed, options) => ({ ...searches.curves(seed, options), withPrior: false }),
  'asha tpe': (seed) => ({
    rule: new AshaRule(),
    sampler: new TpeSampler({ seed }),
    shares: [1 / 9, 1 / 3, 1],
    withPrior: false,
  }),
  'asha projected tpe': (seed) => ({
    ...searches['asha tpe'](seed),
    sampler: new ProjectedSampler(new TpeSampler({ seed, startupSampler: new PriorSampler({ seed }) })),
    withPrior: true,
  }),
  'asha projected auto': (seed) => ({
    ...searches['asha tpe'](seed),
    sampler: new ProjectedSampler(new AutoSampler({ seed })),
    withPrior: true,
  }),
  'asha projected auto without prior': (seed) => ({ ...searches['asha projected auto'](seed), withPrior: false }),
};

/** @returns {Promise<number>} the true loss of what is recommended when so many epochs are spent */
export async function searchOurs(problem, name, seed, budget, options) {
  const { rule, sampler, shares, withPrior } = searches[name](seed, options);
  const space = withPrior ? recommending(problem) : problem.space;
  const study = await createStudy({ sampler });
  await study.enqueue(problem.recommended);
  const cost = (params, from, to) => params.epochs * (to - from);
  const scheduler = new MultiFidelityScheduler(study, { space, rule, shares, cost, budget, alone: true });
  for (let task = await scheduler.next(); task; task = await scheduler.next()) {
    const { params, from, to, trial } = task;
    const lossAt = (share) => problem.loss(params, { share, seed: 1000 * seed + trial.number });
    const passed = shares.filter((share) => share > from && share < to);
    await scheduler.reach(task, {
      value: lossAt(to),
      onTheWay: new Map(passed.map((share) => [share, lossAt(share)])),
    });
  }
  const pick = await recommendation(study, problem.space, shares);
  return pick ? problem.loss(pick.params) : Number.POSITIVE_INFINITY;
}

/** The finished trial that the model of the curves predicts best: not the luckiest. */
async function recommendation(study, space, shares) {
  const trials = pausableTrials(await study.trials(), shares);
  const complete = trials.filter(({ state }) => state === 'complete');
  if (complete.length < 2) return complete[0];
  return new CurveModel({ trials, space, shares, direction: 'minimize' }).finished[0];
}

export function recommending({ space, recommended }, confidence = 0.5) {
  return Object.fromEntries(
    Object.entries(space).map(([name, distribution]) => {
      const prior = { recommended: recommended[name], confidence };
      if (distribution.type === 'categorical') return [name, categorical(distribution.choices, prior)];
      const { low, high, log, step } = distribution;
      return [
        name,
        distribution.type === 'int'
          ? int(low, high, { log, ...prior })
          : float(low, high, { log, step: step ?? undefined, ...prior }),
      ];
    }),
  );
}
