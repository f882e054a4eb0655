/** Recommendations for a function whose truth is known: one near its best setting, one far from it, and one of both. */

import { categorical, createStudy, float, int, NonePruner, RandomSampler } from '@goldilocks/study';

/** Of so many settings drawn at random the best is a right guess: near the best there is, not at it. */
const DRAWN = 1000;

/**
 * @returns {Promise<{right: object, wrong: object, half: object}>} the wrong one is half the range away, with another choice;
 * the last is right in every other parameter
 */
export async function settingsFor({ space, truth }) {
  const study = await createStudy({ sampler: new RandomSampler({ seed: 1 }), pruner: new NonePruner() });
  let [right, least] = [null, Number.POSITIVE_INFINITY];
  for (let i = 0; i < DRAWN; i++) {
    const { params } = await study.ask(space);
    const value = truth(params);
    if (value < least) [right, least] = [params, value];
  }
  const away = Object.entries(space).map(([name, distribution]) => [name, farFrom(distribution, right[name])]);
  const half = Object.fromEntries(away.filter((_, d) => d % 2 === 1));
  return { right, wrong: Object.fromEntries(away), half: { ...right, ...half } };
}

function farFrom(distribution, value) {
  if (distribution.type === 'categorical') {
    const { choices } = distribution;
    return choices[(choices.indexOf(value) + Math.ceil(choices.length / 2)) % choices.length];
  }
  const { low, high, log, step } = distribution;
  const [to, from] = log ? [Math.log, Math.exp] : [Number, Number];
  const half = (to(high) - to(low)) / 2;
  const far = from(to(value) > to(low) + half ? to(value) - half : to(value) + half);
  const point = step === null ? far : low + Math.round((far - low) / step) * step;
  return Math.min(high, Math.max(low, point));
}

/** The space with a setting recommended, every value with the same confidence. */
export function recommending(space, setting, confidence) {
  const entries = Object.entries(space).map(([name, distribution]) => {
    const { type, low, high, choices, log, step } = distribution;
    const more = { recommended: setting[name], confidence };
    if (type === 'categorical') return [name, categorical(choices, more)];
    return [name, (type === 'int' ? int : float)(low, high, { log, step, ...more })];
  });
  return Object.fromEntries(entries);
}
