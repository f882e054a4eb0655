// Learning curves with a known truth, each family hard for early stopping in its own way; losses at shares of the schedule.
import { RandomGenerator } from '@goldilocks/study';
import { recommended, space } from '../learning-curves/configurations.mjs';

const schedules = space.schedule.choices;

/** Coordinates from 0 to 1: rate, batch, epochs, dropout, decay, frozen. */
function unit(p) {
  return {
    rate: Math.log(p.learningRate / 2.5e-4) / Math.log(40),
    batch: Math.log2(p.batchSize / 4) / 3,
    epochs: (p.epochs - 1) / 5,
    dropout: p.dropout / 0.2,
    decay: p.weightDecay / 0.1,
    frozen: p.frozenLayers / 0.75,
    schedule: [0, 0.02, 0.1, 0.05][schedules.indexOf(p.schedule)],
  };
}

/** What a whole run reaches: too little training on one side, too much on the other, the rest second to it. */
function endOf({ rate, batch, epochs, dropout, decay, frozen, schedule }, best) {
  const reach = rate + 0.35 * (1 - batch) + 0.6 * Math.sqrt(epochs);
  return (
    0.2 +
    0.9 * (reach - best) ** 2 +
    0.5 * (rate - 0.65) ** 2 +
    0.08 * (dropout - 0.5) ** 2 +
    0.03 * (decay - 0.3) ** 2 +
    0.12 * (frozen - 0.33) ** 2 +
    schedule
  );
}

const families = {
  /** Lower rates start slower and end lower: early ranks are the wrong way round. */
  crossing(u, t) {
    const end = endOf(u, 1.4);
    const pace = 2 + 9 * u.rate + 3 * (1 - u.batch);
    return end + 1.5 * Math.exp(-pace * t);
  },
  /** High rates and long runs lead, then rise again. */
  overfitting(u, t) {
    const end = endOf(u, 1.3);
    const rise = 0.8 * Math.max(0, u.rate + u.epochs - 0.9 - 0.3 * u.dropout);
    return end + 1.2 * Math.exp(-8 * t) + rise * Math.max(0, t - 0.4) ** 2;
  },
  /** A plateau, left the later the more is frozen and the lower the rate. */
  'slow starters'(u, t) {
    const end = endOf(u, 1.5);
    const leaves = 0.1 + 0.35 * (1 - u.rate) + 0.15 * u.frozen;
    return end + 1.2 / (1 + Math.exp(14 * (t - leaves)));
  },
};

/** A run differs by its seed, and each measurement of it a little more. */
const NOISE = { run: 0.012, measurement: 0.004 };

function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

export const synthetic = Object.entries(families).map(([name, curve]) => ({
  name,
  space,
  recommended,
  loss(params, { share = 1, seed } = {}) {
    const value = curve(unit(params), share);
    if (seed === undefined) return value;
    const own = normal(RandomGenerator.of(seed, name, JSON.stringify(params)));
    const measured = normal(RandomGenerator.of(seed, name, JSON.stringify(params), Math.round(1000 * share)));
    return value + (0.5 + 0.5 * share) * NOISE.run * own + NOISE.measurement * measured;
  },
}));
