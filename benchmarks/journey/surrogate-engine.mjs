// A stand-in for training that a journey's search and confirmation run on: losses and times of a surrogate of learning curves.

import { RandomGenerator } from '@goldilocks/study';
import { rungShares } from '../../packages/goldilocks/dist/search/rungs.js';

const EXAMPLES = 60;
/** Deviation of losses over validation examples, and the part of it that is a run's own, in shares of the loss. */
const SPREAD = 0.8;
const OWN = 0.15;

/** Answers `fineTune` as a trial's process does, pauses and checkpoints included; `now` is its time in milliseconds. */
export class SurrogateEngine {
  milliseconds = 0;
  now = () => this.milliseconds;
  #reached = new Map();

  /** @param problem with `loss(params, { share, seed })` and `seconds(params, from, to)` */
  constructor(problem, seed) {
    this.problem = problem;
    this.seed = seed;
  }

  open() {
    return { run: async (operation, input) => this.#fineTune(operation, input), close: async () => undefined };
  }

  #fineTune(operation, { settings, checkpointDirectory, stopAtShare = 1 }) {
    if (operation !== 'fineTune') throw new Error(`The surrogate cannot ${operation}.`);
    const { params, seed } = settings;
    const from = this.#reached.get(checkpointDirectory) ?? 0;
    this.milliseconds += 1000 * this.problem.seconds(params, from, stopAtShare);
    this.#reached.set(checkpointDirectory, stopAtShare);
    const history = rungShares
      .filter((share) => share <= stopAtShare)
      .map((share) => this.#evaluation(params, seed, share));
    const best = history.reduce((a, b) => (b.loss <= a.loss ? b : a));
    const outcome = stopAtShare < 1 ? 'paused' : 'completed';
    return { outcome, step: best.step, totalSteps: 1000, history, best, seconds: 1, tokens: 0, peakMemoryBytes: 0 };
  }

  #evaluation(params, seed, share) {
    const loss = this.problem.loss(params, { share, seed: 1000 * this.seed + seed });
    return {
      step: Math.round(1000 * share),
      share,
      epoch: share,
      loss,
      perExample: this.#perExample(params, seed, loss),
    };
  }

  /** What makes an example hard is the same in all runs; the rest is the run's own. Their mean is the loss. */
  #perExample(params, seed, loss) {
    const hard = RandomGenerator.of(this.seed, 'examples');
    const own = RandomGenerator.of(this.seed, seed, JSON.stringify(params));
    const losses = Array.from({ length: EXAMPLES }, () => Math.exp(SPREAD * normal(hard) + OWN * normal(own)));
    const mean = losses.reduce((sum, one) => sum + one, 0) / EXAMPLES;
    return losses.map((one) => (loss * one) / mean);
  }
}

function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}
