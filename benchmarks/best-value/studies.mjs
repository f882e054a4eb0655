/** One study of a test function, by ours or by Optuna: what the person who stops after so many trials has in hand. */

import {
  AutoSampler,
  CmaSampler,
  createStudy,
  GpSampler,
  NonePruner,
  RandomGenerator,
  RandomSampler,
  recommendedTrial,
  TpeSampler,
} from '@goldilocks/study';

export const BUDGETS = [8, 15, 20, 30, 40, 60];

const OURS = { auto: AutoSampler, tpe: TpeSampler, gp: GpSampler, cmaes: CmaSampler, random: RandomSampler };

/** @returns true values of the best trial after each budget, and after `RECOMMENDED` those of the recommended one */
export async function ourStudy(problem, sampler, seed, trials) {
  const study = await createStudy({ sampler: new OURS[sampler]({ seed }), pruner: new NonePruner() });
  return run(study, problem, seed, trials, sampler === 'auto' && problem.noise ? recommended : luckiest);
}

export async function optunaStudy(optuna, problem, sampler, seed, trials) {
  const study = await optuna.createStudy({ sampler, seed });
  const picked = await run(study, problem, seed, trials, luckiest);
  await study.forget();
  return picked;
}

async function run(study, problem, seed, trials, pick) {
  const { space, suggest, truth, noise } = problem;
  await study.enqueue(problem.default);
  const seen = [];
  const picked = [];
  for (let number = 0; number < trials; number++) {
    const trial = await study.ask(space);
    await suggest?.(trial);
    const value = truth(trial.params);
    // The same noise for all: what differs is where they look.
    const measured = noise ? value + noise(trial.params, RandomGenerator.of(seed, number, problem.name)) : value;
    await study.tell(trial, measured);
    seen.push({ number, value, measured });
    if (BUDGETS.includes(number + 1)) picked.push((await pick(seen, study)).value);
  }
  return picked;
}

const luckiest = (seen) => seen.reduce((best, one) => (one.measured < best.measured ? one : best));

async function recommended(seen, study) {
  const { trial } = recommendedTrial(await study.trials());
  return seen[trial.number];
}
