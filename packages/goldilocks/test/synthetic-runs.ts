// Synthetic runs for tests: curves of a chosen shape over examples whose losses differ.
import type { Evaluation } from '@goldilocks/trainer';
import type { RunRecord } from '../src/refine/run-record.js';
import { planOf, smol } from './plan-facts.js';

/** Standard normal draws from a seed: sums of twelve uniform ones. */
export function draws(count: number, seed: number): number[] {
  let state = seed * 7919 + 1;
  const uniform = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  for (let i = 0; i < 10; i++) uniform();
  return Array.from({ length: count }, () => Array.from({ length: 12 }, uniform).reduce((sum, x) => sum + x, -6));
}

export interface SyntheticRun extends Partial<Omit<RunRecord, 'history' | 'steps'>> {
  /** Mean validation loss at a share of the run. */
  validation: (share: number) => number;
  training: (share: number) => number;
  evaluations?: number;
  validationExamples?: number;
  /** Spread of an example's change from one evaluation to the next. */
  jitter?: number;
  learningRate?: number;
}

function evaluationAt(share: number, run: SyntheticRun, epochs: number, totalSteps: number): Evaluation {
  const count = run.validationExamples ?? 100;
  const level = run.validation(share);
  const own = draws(count, 11).map((z) => Math.exp(0.4 * z));
  const noise = draws(count, 100 + Math.round(share * 1000)).map((z) => z * (run.jitter ?? 0.1));
  const perExample = own.map((factor, i) => Math.max(0, level * factor + noise[i]!));
  const loss = perExample.reduce((sum, value) => sum + value, 0) / count;
  return {
    step: Math.round(share * totalSteps),
    epoch: share * epochs,
    share,
    loss,
    perplexity: Math.exp(loss),
    bitsPerByte: loss / 3,
    perExample,
    trainingLoss: share === 0 ? undefined : run.training(share),
  };
}

/** The rate of the schedules used in tests: cosine to a tenth, without the warm-up, or constant. */
function cosineRate({ schedule, learningRate }: RunRecord['settings'], share: number): number {
  return schedule.name === 'constant' ? learningRate : learningRate * (0.1 + 0.45 * (1 + Math.cos(Math.PI * share)));
}

/** Share of the whole rate spent at a share of the run, for that cosine. */
export const cosineSpent = (share: number) => share + (0.45 / 0.55 / Math.PI) * Math.sin(Math.PI * share);

/** A run with its curves drawn from the given functions of the share done, measured before the first step too. */
export function syntheticRun(run: SyntheticRun): RunRecord {
  const plan = planOf({ method: 'full', userSettings: { learningRate: run.learningRate ?? 3e-4 } });
  const settings = run.settings ?? plan.settings;
  const totalSteps = run.totalSteps ?? 120;
  const evaluations = run.evaluations ?? 8;
  const noise = draws(totalSteps, 5);
  return {
    settings,
    outcome: run.outcome ?? 'completed',
    totalSteps,
    examples: run.examples ?? 1000,
    layers: smol.layers,
    retention: run.retention,
    history: Array.from({ length: evaluations + 1 }, (_, i) =>
      evaluationAt(i / evaluations, run, settings.epochs, totalSteps),
    ),
    steps: noise.map((z, i) => ({
      step: i + 1,
      loss: run.training((i + 1) / totalSteps) + 0.15 * z,
      learningRate: cosineRate(settings, i / totalSteps),
    })),
  };
}

/** Falls from 3 to 1, most of it in the first quarter, and levels off. */
export const settles = (share: number) => 1 + 2 * Math.exp(-10 * share);
