/** Smooth functions of the same seven hyperparameters: a bowl with interactions of two, of any strength, and offsets of choices. */

import { RandomGenerator } from '@goldilocks/study';
import { normal, space } from './fine-tuning.mjs';

const numbers = Object.entries(space).filter(([, { type }]) => type !== 'categorical');
const choices = Object.entries(space).filter(([, { type }]) => type === 'categorical');

function share({ low, high, log }, value) {
  return log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/** A task whose `truth(params)` is its loss without noise, and whose default is some setting. */
export function drawSmoothTask(seed) {
  const random = RandomGenerator.of(seed, 'smooth');
  const size = () => 0.02 * Math.exp(1.2 * normal(random));
  const bowls = numbers.map(() => ({ weight: 4 * size(), best: random.uniform() }));
  const pairs = bowls.flatMap((_, j) =>
    bowls.slice(0, j).map((_, k) => ({ j, k, weight: size() * (random.uniform() - 0.5) })),
  );
  const offsets = choices.map(([, { choices: list }]) => list.map(() => Math.abs(normal(random)) * size()));
  const truth = (params) => {
    const moved = numbers.map(([name, distribution], j) => share(distribution, params[name]) - bowls[j].best);
    let sum = 1;
    for (const [j, { weight }] of bowls.entries()) sum += weight * moved[j] ** 2;
    for (const { j, k, weight } of pairs) sum += 2 * weight * moved[j] * moved[k];
    for (const [j, [name, { choices: list }]] of choices.entries()) sum += offsets[j][list.indexOf(params[name])];
    return sum;
  };
  const defaults = {
    learning_rate: 2e-4,
    batch_size: 16,
    epochs: 3,
    dropout: 0.05,
    weight_decay: 0.01,
    schedule: 'cosine',
    frozen_layers: 0,
  };
  return { space, truth, defaults };
}
