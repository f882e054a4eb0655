// Learning curves of the shipped model as functions of the settings: fitted to real runs (curves.jsonl) by fit.py.
import { readFileSync } from 'node:fs';
import { RandomGenerator } from '@goldilocks/study';
import { recommended, space } from './configurations.mjs';

const fitted = JSON.parse(readFileSync(new URL('surrogate.json', import.meta.url), 'utf8'));
const schedules = space.schedule.choices;
/** Curves are known at 0, 1/27 … 1 of the schedule. */
export const lastPoint = 27;

/** As in fit.py. */
function features(p) {
  const numbers = [
    Math.log(p.learningRate / 2.5e-4) / Math.log(40),
    Math.log2(p.batchSize / 4) / 3,
    (p.epochs - 1) / 5,
    p.dropout / 0.2,
    p.weightDecay / 0.1,
    p.frozenLayers / 0.75,
  ];
  return [...numbers, ...schedules.map((name) => (p.schedule === name ? 0.5 : 0))];
}

function matern(x, other, lengths) {
  const r = Math.sqrt(5 * x.reduce((sum, xi, i) => sum + ((xi - other[i]) / lengths[i]) ** 2, 0));
  return (1 + r + (r * r) / 3) * Math.exp(-r);
}

/** One data set's surrogate. Losses are the best validation loss so far, in nats, as a run keeps its best weights. */
export class Surrogate {
  #model;

  constructor(name) {
    this.name = name;
    this.space = space;
    this.recommended = recommended;
    this.#model = fitted[name];
  }

  /** The whole curve, 28 log losses; with a seed, as that run would measure it, else without noise. */
  logCurve(params, seed) {
    const { mean, components, processes, points, noise } = this.#model;
    const x = features(params);
    const scores = processes.map(({ mean, weights, lengths }) =>
      weights.reduce((sum, weight, i) => sum + weight * matern(x, points[i], lengths), mean),
    );
    const curve = mean.map((value, k) => scores.reduce((sum, score, c) => sum + score * components[c][k], value));
    if (seed !== undefined) addNoise(curve, noise, RandomGenerator.of(seed, this.name, JSON.stringify(params)));
    for (let k = 1; k < curve.length; k++) curve[k] = Math.min(curve[k], curve[k - 1]);
    return curve;
  }

  /** The loss at a share of the schedule, a multiple of 1/27. */
  loss(params, { share = 1, seed } = {}) {
    return Math.exp(this.logCurve(params, seed)[Math.round(share * lastPoint)]);
  }

  /** Processor seconds to train between two shares. */
  seconds({ epochs, batchSize, frozenLayers }, from = 0, to = 1) {
    const { cost } = this.#model;
    const steps = (cost.examples / batchSize) * epochs;
    const logSeconds = cost.intercept + cost.steps * Math.log(steps) + cost.epochs * Math.log(epochs);
    return (to - from) * Math.exp(logSeconds + cost.frozenLayers * frozenLayers);
  }
}

/** A run's deviation: of the size that repeats have, and staying much the same from one share to the next. */
function addNoise(curve, { deviation, correlation }, random) {
  let z = normal(random);
  for (let k = 1; k < curve.length; k++) {
    curve[k] += deviation[k] * z;
    z = correlation * z + Math.sqrt(1 - correlation * correlation) * normal(random);
  }
}

function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

export const surrogates = Object.fromEntries(Object.keys(fitted).map((name) => [name, new Surrogate(name)]));
