// Learning curves of the shipped model as functions of the settings: fitted to real runs (curves.jsonl) by fit.py.
import { readFileSync } from 'node:fs';
import { RandomGenerator } from '@goldilocks/study';
import { recommended, space } from './configurations.mjs';

const fitted = JSON.parse(readFileSync(new URL('surrogate.json', import.meta.url), 'utf8'));
/** Curves are known at 0, 1/27 … 1 of the schedule. */
export const lastPoint = 27;
const [WARMUP, FLOOR, DECAY] = [0.05, 0.1, 0.2];
const FINE = 20;

/** The schedule's factor at a share of the run. */
function rateFactor(schedule, t) {
  if (t < WARMUP) return t / WARMUP;
  const u = (t - WARMUP) / (1 - WARMUP);
  if (schedule === 'cosine') return FLOOR + (1 - FLOOR) * 0.5 * (1 + Math.cos(Math.PI * u));
  if (schedule === 'linear') return FLOOR + (1 - FLOOR) * (1 - u);
  if (schedule === 'constant') return 1;
  return t < 1 - DECAY ? 1 : FLOOR + ((1 - FLOOR) * (1 - t)) / DECAY;
}

/** Factors at each 27th, and their mean up to it times the share: as fit.py has them. */
const courses = Object.fromEntries(space.schedule.choices.map((schedule) => [schedule, courseOf(schedule)]));
function courseOf(schedule) {
  const sums = [0];
  for (let i = 0; i < FINE * lastPoint; i++) {
    sums.push(sums[i] + rateFactor(schedule, (i + 0.5) / (FINE * lastPoint)) / (FINE * lastPoint));
  }
  return Array.from({ length: lastPoint + 1 }, (_, k) => ({
    reached: sums[FINE * k],
    factor: rateFactor(schedule, k / lastPoint),
  }));
}

/** One data set's surrogate. Losses are the best validation loss so far, in nats, as a run keeps its best weights. */
export class Surrogate {
  #model;
  #known = new Map();

  constructor(name) {
    this.name = name;
    this.space = space;
    this.recommended = recommended;
    this.#model = fitted[name];
  }

  /** The loss at a share of the schedule; with a seed as that run would measure it, else without noise. */
  loss(params, { share = 1, seed } = {}) {
    const k = Math.max(1, Math.round(share * lastPoint));
    const curve = this.#curve(params);
    if (seed === undefined) return Math.exp(curve[k]);
    return Math.exp(
      curve[k] + deviation(this.#model.noise, k, RandomGenerator.of(seed, this.name, JSON.stringify(params))),
    );
  }

  /** The whole curve without noise: 28 log losses. */
  #curve(params) {
    const key = JSON.stringify(params);
    let curve = this.#known.get(key);
    if (!curve) {
      curve = [Math.log(this.#model.start)];
      for (let k = 1; k <= lastPoint; k++) curve.push(Math.min(curve[k - 1], this.#predict(this.#standing(params, k))));
      this.#known.set(key, curve);
    }
    return curve;
  }

  #steps({ batchSize, epochs }) {
    return Math.ceil(this.#model.examples / batchSize) * epochs;
  }

  /** Where a run stands, as in fit.py. */
  #standing(params, k) {
    const { reached, factor } = courses[params.schedule][k];
    return [
      Math.log10(params.learningRate * this.#steps(params) * reached),
      factor,
      Math.log10(params.learningRate),
      Math.log2(params.batchSize) / 3,
      params.frozenLayers,
      5 * params.dropout,
      10 * params.weightDecay,
      Math.log2(1 + (params.epochs * k) / lastPoint),
    ];
  }

  #predict(x) {
    const { mean, lengths, points, weights } = this.#model;
    let sum = mean;
    for (const [i, point] of points.entries()) {
      let squared = 0;
      for (let j = 0; j < x.length; j++) squared += ((x[j] - point[j]) / lengths[j]) ** 2;
      const r = Math.sqrt(5 * squared);
      sum += weights[i] * (1 + r + (r * r) / 3) * Math.exp(-r);
    }
    return sum;
  }

  /** Processor seconds to train between two shares. */
  seconds(params, from = 0, to = 1) {
    const { cost } = this.#model;
    const log = cost.intercept + cost.steps * Math.log(this.#steps(params)) + cost.epochs * Math.log(params.epochs);
    return (to - from) * Math.exp(log + cost.frozenLayers * params.frozenLayers);
  }
}

/** A run's deviation at the kth point: of the size that repeats have, and staying much the same from one to the next. */
function deviation({ deviation, correlation }, k, random) {
  let z = normal(random);
  for (let i = 1; i < k; i++)
    z = correlation * z + Math.sqrt(Math.max(0, 1 - correlation * correlation)) * normal(random);
  return deviation[k] * z;
}

function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

export const surrogates = Object.fromEntries(Object.keys(fitted).map((name) => [name, new Surrogate(name)]));
