// Searches whose truth is known: a caricature of fine-tuning, richer than the model that judges it, searched as Goldilocks does.
import type { Params, ReportTrial } from '@goldilocks/protocol';
import { mulberry32 } from '../../metrics/bootstrap.js';
import type { SearchedParameter } from '../axis-scale.js';
import { hyperparameterFacts } from '../hyperparameter-facts.js';
import { logReach } from '../reach.js';

type Random = () => number;
/** Loss at a share of the schedule, without noise; null where the run diverged. */
export type Truth = (params: Params, share: number) => number | null;

export interface SimulatedStudy {
  trials: ReportTrial[];
  /** Number of the best complete trial. */
  incumbent: number;
  truth: Truth;
}

const trial = 0.008;
const measurement = 0.006;
/** 95th percentile of the difference that chance makes between two runs. */
export const simulatedNoise = 1.645 * Math.SQRT2 * Math.hypot(trial, measurement);

const choices = {
  batchSize: [4, 8, 16, 32, 64],
  epochs: [1, 2, 3, 4, 5, 6],
  dropout: [0, 0.05, 0.1, 0.15, 0.2],
  schedule: ['cosine', 'linear', 'constant', 'warmup-stable-decay'],
  warmup: [0, 0.025, 0.05, 0.075, 0.1],
  frozenLayers: [0, 1, 2, 3, 4],
};

export const simulatedParameters: SearchedParameter[] = [
  parameter('learningRate', { low: 2.5e-4, high: 1e-2 }),
  parameter('batchSize', { choices: choices.batchSize }),
  parameter('epochs', { low: 1, high: 6 }),
  parameter('dropout', { low: 0, high: 0.2 }),
  parameter('weightDecay', { low: 0, high: 0.1 }),
  parameter('schedule', { choices: choices.schedule }),
  parameter('frozenLayers', { low: 0, high: 4 }),
  { name: 'warmup', scale: 'linear', searched: { low: 0, high: 0.1 }, typicalEffect: 0.15 },
];

function parameter(name: keyof typeof hyperparameterFacts, searched: SearchedParameter['searched']): SearchedParameter {
  const { scale, leastPossible, mostPossible, typicalEffect } = hyperparameterFacts[name];
  return { name, scale, searched, leastPossible, mostPossible: mostPossible?.(6), typicalEffect };
}

/**
 * Loss falls with reach, fast and then slowly; rate, frozen layers, dropout and batch size change where it can end, a
 * rate that is still high keeps it up, too many epochs raise it again. How strongly, and whether at all, differs from
 * study to study. Weight decay does nothing.
 */
function drawTruth(random: Random): Truth {
  const maybe = (chance: number, size: number) => (random() < chance ? size * random() : 0);
  const [best, width, steep] = [Math.log(8e-4) + 1.8 * random(), 0.3 + 0.6 * random(), 0.02 + 0.1 * random()];
  const diverges = Math.log(4e-3) + 2 * random();
  const [start, power] = [0.002 + 0.003 * random(), 1.6 + random()];
  const [tail, slow] = [maybe(0.7, 0.5), 0.01 + 0.03 * random()];
  const [frozen, most] = [maybe(0.6, 0.05), Math.floor(3 * random())];
  const [drop, dropBest] = [maybe(0.5, 5), 0.2 * random()];
  const [overfit, enough] = [maybe(0.4, 0.06), 2 + 3 * random()];
  const [batch, residual] = [maybe(0.4, 0.03), maybe(0.6, 0.15)];
  return (params, share) => {
    const rate = Math.log(params.learningRate as number);
    if (rate > diverges) return null;
    const layers = params.frozenLayers as number;
    const dropout = params.dropout as number;
    const reach = 590 * Math.exp(logReach(params, share)) * (1 - 0.08 * layers);
    const still = Math.exp(logReach(params, share) - logReach(params, share * 0.97)) - 1;
    const floor =
      0.2 +
      steep * Math.max(0, Math.abs(rate - best) - width) ** 2 +
      frozen * Math.max(0, layers - most) +
      drop * (dropout - dropBest) ** 2 +
      overfit * Math.max(0, (params.epochs as number) * share * (1 - 2 * dropout) - enough) +
      batch * Math.abs(Math.log2((params.batchSize as number) / 16)) +
      residual * Math.min(1, (still / 0.03) * share ** 2 * (Math.exp(rate) / 2e-3));
    return floor + 5.3 * (1 + reach / start) ** -power + tail * (1 + reach / slow) ** -0.5;
  };
}

export function simulateStudy(count: number, seed: number): SimulatedStudy {
  const random = mulberry32(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const truth = drawTruth(random);
  const trials: ReportTrial[] = [];
  let incumbent = 0;
  for (let number = 0; number < count; number++) {
    const params = number === 0 ? recommended : drawParams(random, number > 5 ? trials[incumbent]!.params : null);
    const shift = trial * normal();
    const measure = (share: number) => {
      const loss = truth(params, share);
      return loss === null ? null : loss + shift + measurement * normal();
    };
    trials.push(runTrial(number, params, measure, trials));
    const own = trials.at(-1)!;
    if (own.state === 'complete' && own.value! < (trials[incumbent]!.value ?? Infinity)) incumbent = number;
  }
  return { trials, incumbent, truth };
}

const recommended: Params = {
  learningRate: 2e-3,
  batchSize: 16,
  epochs: 3,
  dropout: 0.05,
  weightDecay: 0.01,
  schedule: 'cosine',
  frozenLayers: 1,
  warmup: 0.05,
};

/** Anywhere, or half of the best trial's settings changed. */
function drawParams(random: Random, around: Params | null): Params {
  const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)]!;
  const fresh: Params = {
    learningRate: 2.5e-4 * 40 ** random(),
    batchSize: pick(choices.batchSize),
    epochs: pick(choices.epochs),
    dropout: pick(choices.dropout),
    weightDecay: Math.round(10 * random()) / 100,
    schedule: pick(choices.schedule),
    frozenLayers: pick(choices.frozenLayers),
    warmup: pick(choices.warmup),
  };
  if (!around || random() < 0.3) return fresh;
  return Object.fromEntries(
    Object.entries(fresh).map(([name, value]) => [name, random() < 0.5 ? value : around[name]!]),
  );
}

const shares = [1 / 9, 1 / 3, 1];

/** Goes on past a rung while among the best third there (1810.05934); the recommended settings go to the end. */
function runTrial(
  number: number,
  params: Params,
  measure: (share: number) => number | null,
  earlier: readonly ReportTrial[],
): ReportTrial {
  const rungs: ReportTrial['rungs'] = [];
  const common = { number, params, changed: [], rungs, seconds: 1, reason: '' };
  for (const share of shares) {
    const value = measure(share);
    if (value === null) return { ...common, value, validationLoss: value, state: 'failed', failure: 'diverged' };
    rungs.push({ share, value });
    const others = earlier.flatMap((other) => other.rungs.filter((rung) => rung.share === share));
    const better = others.filter((rung) => rung.value! < value).length;
    if (share === 1 || number === 0 || better < Math.max(1, (others.length + 1) / 3)) continue;
    return { ...common, value, validationLoss: value, state: 'pruned', failure: null };
  }
  const value = rungs.at(-1)!.value;
  return { ...common, value, validationLoss: value, state: 'complete', failure: null };
}
