/** Asynchronous successive halving of settings from a pool, with what it sees and how it chooses in the hands of oracles. */

import { AshaRule, RandomGenerator } from '@goldilocks/study';

/**
 * @param {{shares: number[], sees: 'measured' | 'truth' | 'end', picks: 'measured' | 'truth'}} policy `sees`: promoted by the
 *   measured values, by the curves without noise, or by their true ends; `picks`: which finished run is chosen
 * @returns the true loss of the choice after so many epochs as each mark says; the default is run first
 */
export function halving(problem, pool, seed, marks, { shares, sees, picks }) {
  const order = RandomGenerator.of(seed, problem.name).shuffled(pool);
  const rule = new AshaRule();
  const trials = [];
  const values = [];
  let epochs = 0;
  const note = () => {
    const finished = trials.filter(({ state }) => state === 'complete');
    const best = finished.reduce((a, b) => (b[picks] < a[picks] ? b : a), { measured: Infinity, truth: Infinity });
    values.push(best.truth);
  };
  const advance = (number, params, to) => {
    const before = trials[number]?.share ?? 0;
    epochs += params.epochs * (to - before);
    while (values.length < marks.length && epochs > marks[values.length] + 1e-9) note();
    trials[number] = trialAt(problem, number, params, to, shares, sees, 1000 * seed + number);
  };
  advance(0, problem.recommended, 1);
  while (values.length < marks.length) {
    const step = rule.next(situationOf(trials, shares));
    if (step.type === 'new') advance(trials.length, order[(trials.length - 1) % order.length], shares[0]);
    else advance(step.trial, trials[step.trial].params, step.to);
  }
  return values;
}

function trialAt(problem, number, params, to, shares, sees, seed) {
  const see = {
    measured: (share) => problem.loss(params, { share, seed }),
    truth: (share) => problem.loss(params, { share }),
    end: () => problem.loss(params),
  }[sees];
  return {
    number,
    params,
    state: to === 1 ? 'complete' : 'paused',
    share: to,
    values: shares.filter((share) => share <= to).map(see),
    measured: problem.loss(params, { seed }),
    truth: problem.loss(params),
  };
}

function situationOf(trials, shares) {
  const cost = ({ epochs }, from, to) => epochs * (to - from);
  return {
    direction: 'minimize',
    space: {},
    shares,
    trials,
    waiting: 0,
    mayStart: true,
    cost,
    spent: 0,
    left: Infinity,
  };
}
