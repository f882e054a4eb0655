/**
 * Functions shaped like fine-tuning, whose truth is known: seven mixed hyperparameters, a rate that is flat and then a cliff,
 * interactions (rate with batch size and epochs, dropout with epochs), and effects whose sizes differ from task to task.
 */

import { categorical, float, int, RandomGenerator } from '@goldilocks/study';

const SCHEDULES = ['cosine', 'linear', 'constant', 'polynomial'];

export const space = {
  learning_rate: float(1e-5, 1e-2, { log: true }),
  batch_size: categorical([4, 8, 16, 32, 64]),
  epochs: int(1, 6),
  dropout: float(0, 0.3, { step: 0.05 }),
  weight_decay: float(0, 0.2),
  schedule: categorical(SCHEDULES),
  frozen_layers: int(0, 12),
};

const RECOMMENDED = {
  learning_rate: 2e-4,
  batch_size: 16,
  epochs: 3,
  dropout: 0.05,
  weight_decay: 0.01,
  schedule: 'cosine',
  frozen_layers: 0,
};

/** The same space with what a task's default recommends, which the samplers start from. */
export function spaceAround(params, confidence = 0.5) {
  return Object.fromEntries(
    Object.entries(space).map(([name, distribution]) => {
      const given = { recommended: params[name], confidence };
      if (distribution.type === 'categorical') return [name, categorical(distribution.choices, given)];
      const { low, high, log, step } = distribution;
      return [name, distribution.type === 'int' ? int(low, high, given) : float(low, high, { log, step, ...given })];
    }),
  );
}

/** A standard normal number (Box and Muller). */
export function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

/**
 * A task: `truth(params)` is its loss without noise. Its default is recommended for tasks in general; of three in ten it is
 * the very best there is, and of two in ten one step away from that in two hyperparameters.
 * @param {number} seed
 * @param {number} [like] seed of a task that this one is like: the same function, its best place moved a little
 */
export function drawTask(seed, like) {
  const truth = like === undefined ? drawTruth(seed) : drawTruth(like, seed);
  const random = RandomGenerator.of(seed, 'default');
  const best = descend(truth, random);
  const kind = random.uniform();
  const defaults = kind < 0.3 ? best : kind < 0.5 ? nudged(best, random) : RECOMMENDED;
  return { space, truth, defaults, best, gain: truth(defaults) - truth(best) };
}

function drawTruth(seed, variation) {
  const random = RandomGenerator.of(seed, 'task');
  const other = RandomGenerator.of(variation ?? seed, 'variation');
  const move = variation === undefined ? 0 : 1;
  const u = () => random.uniform();
  const maybe = (chance, size) => {
    const [isThere, share] = [u() < chance, 0.2 + 0.8 * u()];
    return isThere ? size * share : 0;
  };
  const rateBest = Math.log(2e-4) + 1.2 * normal(random) + 0.25 * move * normal(other);
  const [flat, steep] = [0.2 + 0.5 * u(), 0.02 + 0.06 * u()];
  const [cliff, height] = [rateBest + 1.2 + 1.5 * u(), 0.3 + 1.5 * u()];
  const isAbrupt = u() < 0.5;
  const [byBatch, byEpochs] = [0.35 * u(), 0.25 * u()];
  const [batch, batchBest] = [maybe(0.6, 0.03), 3 + 2 * u() + 0.3 * move * normal(other)];
  const [start, pace] = [0.1 + 0.3 * u(), 0.5 + 0.7 * u()];
  const [overfit, enough] = [maybe(0.6, 0.06), 2 + 3 * u() + 0.3 * move * normal(other)];
  const [drop, dropBest] = [maybe(0.6, 3), 0.15 * u() + 0.02 * move * normal(other)];
  const decay = maybe(0.3, 1.5);
  const [frozen, most] = [maybe(0.7, 0.02), Math.floor(6 * u())];
  const schedules = SCHEDULES.map(() => maybe(0.6, 0.06));
  return (p) => {
    const log2Batch = Math.log2(p.batch_size);
    const rate = Math.log(p.learning_rate) - rateBest - byBatch * (log2Batch - 4) + byEpochs * (p.epochs - 3);
    const beyond = Math.log(p.learning_rate) - cliff - 0.5 * byBatch * (log2Batch - 4);
    const broken = isAbrupt
      ? beyond > 0
        ? height * (1 + 0.3 * beyond)
        : 0
      : (height * Math.log1p(Math.exp(6 * beyond))) / 6;
    const over = Math.max(0, p.epochs * (1 - 2 * p.dropout) - enough);
    return (
      1 +
      steep * Math.max(0, Math.abs(rate) - flat) ** 2 +
      broken +
      batch * Math.abs(log2Batch - batchBest) +
      start * Math.exp(-pace * p.epochs) +
      overfit * over +
      drop * (p.dropout - dropBest) ** 2 +
      decay * (p.weight_decay - 0.05) ** 2 +
      frozen * Math.max(0, p.frozen_layers - most) +
      schedules[SCHEDULES.indexOf(p.schedule)]
    );
  };
}

// The first is rounded to just below its range.
const RATES = Array.from({ length: 61 }, (_, i) => Math.max(space.learning_rate.low, 10 ** (-5 + i / 20)));
const values = {
  learning_rate: RATES.slice(0, -1),
  batch_size: space.batch_size.choices,
  epochs: [1, 2, 3, 4, 5, 6],
  dropout: [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3],
  weight_decay: Array.from({ length: 21 }, (_, i) => i / 100),
  schedule: SCHEDULES,
  frozen_layers: Array.from({ length: 13 }, (_, i) => i),
};

/** The best place, by going down along one hyperparameter after the other from several starts. */
function descend(truth, random) {
  const anywhere = () =>
    Object.fromEntries(Object.entries(values).map(([name, list]) => [name, list[random.integer(list.length)]]));
  const ends = [RECOMMENDED, ...Array.from({ length: 11 }, anywhere)].map((start) => {
    let at = start;
    for (let before = Number.POSITIVE_INFINITY; truth(at) < before; ) {
      before = truth(at);
      for (const [name, list] of Object.entries(values)) {
        for (const value of list) if (truth({ ...at, [name]: value }) < truth(at)) at = { ...at, [name]: value };
      }
    }
    return at;
  });
  return ends.reduce((a, b) => (truth(b) < truth(a) ? b : a));
}

/** One step away in two hyperparameters. */
function nudged(params, random) {
  const names = random.shuffled(Object.keys(values)).slice(0, 2);
  const moved = names.map((name) => {
    const list = values[name];
    const stride = name === 'learning_rate' ? 5 : name === 'weight_decay' ? 3 : 1;
    const nearest = list.reduce((best, value, i) => (value === params[name] ? i : best), 0);
    return [name, list[nearest + stride < list.length ? nearest + stride : nearest - stride]];
  });
  return { ...params, ...Object.fromEntries(moved) };
}
