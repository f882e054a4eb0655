// The training loop: steps, validation, early stopping, checkpoints. A run that is cut off continues bit for bit where it was.
import type { TokenizedExample } from '../data/example.js';
import { stepExamples, stepsPerEpoch, totalSteps } from '../data/order.js';
import { measureLoss } from '../evaluation/evaluate-loss.js';
import type { BaseModel } from '../models/base-model.js';
import type { TunedWeights } from '../models/model.js';
import type { Diagnosis } from '../monitors/diagnosis.js';
import { learningRateAt } from '../schedules/learning-rate.js';
import type { TrainingSettings } from '../settings.js';
import { validateSettings } from '../validate-settings.js';
import { evaluationSteps } from './evaluation-steps.js';
import type { Evaluation, Outcome, TrainingEvent } from './events.js';
import { Learner } from './learner.js';
import { RunState } from './run-state.js';

export interface FineTuneOptions {
  model: BaseModel;
  train: readonly TokenizedExample[];
  /** May be empty: then nothing is measured, and the last weights are the result. */
  validation: readonly TokenizedExample[];
  settings: TrainingSettings;
  /** Complete state of the run. A call continues from the latest checkpoint found here. */
  checkpointDirectory: string;
  /** Outputs of frozen layers, shared by runs on the same data. */
  cacheDirectory: string;
  /** Pause, with a checkpoint, when this share of the run's steps is done; default 1. */
  stopAtShare?: number;
  /** Validation is measured at these shares too, besides `settings.evaluationsPerEpoch`. */
  evaluateAtShares?: readonly number[];
  /** Also measure before the first step. */
  validateAtStart?: boolean;
  /** Default 60. */
  checkpointEverySeconds?: number;
  /** Finishes the step, saves, and returns `interrupted`. */
  signal?: AbortSignal;
  onEvent?: (event: TrainingEvent) => void;
}

export interface FineTuneResult {
  outcome: Outcome;
  step: number;
  totalSteps: number;
  best?: Evaluation;
  history: Evaluation[];
  /** The best checkpoint's weights, not the last's. */
  weights: TunedWeights;
  diagnosis?: Diagnosis;
  /** Over all calls, resumed ones included. */
  seconds: number;
  tokens: number;
  /** Largest resident memory of this process so far. */
  peakMemoryBytes: number;
}

/**
 * Fine-tunes a model.
 * @throws SettingsError where a setting is out of range; DataError where there is nothing to learn from
 */
export async function fineTune(options: FineTuneOptions): Promise<FineTuneResult> {
  const { model, train, settings } = options;
  validateSettings(settings, model.config.layers);
  const learner = new Learner({ ...options, base: model });
  const total = totalSteps(train.length, settings.batchSize, settings.epochs);
  const run = await RunState.open(options, learner, total);
  try {
    const outcome = await trainUntilDone(options, learner, run, total);
    const best = await run.bestWeights();
    const { step, history, diagnosis, tokens, seconds } = run;
    const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
    return {
      outcome,
      step,
      totalSteps: total,
      best: run.best,
      history,
      weights: best,
      diagnosis,
      seconds,
      tokens,
      peakMemoryBytes,
    };
  } finally {
    await learner.release();
  }
}

async function trainUntilDone(
  options: FineTuneOptions,
  learner: Learner,
  run: RunState,
  total: number,
): Promise<Outcome> {
  const { train, settings, signal, onEvent } = options;
  const emit = onEvent ?? (() => {});
  const pauseAt = Math.min(total, Math.ceil(total * (options.stopAtShare ?? 1)));
  const evaluateAt = evaluationSteps(settings, train.length, total, options.evaluateAtShares);
  const order = { seed: settings.seed, count: train.length, batchSize: settings.batchSize };
  const perEpoch = stepsPerEpoch(train.length, settings.batchSize);
  const epochOf = (step: number) => step / perEpoch;
  const { trainableParameters } = learner;
  emit({
    type: 'start',
    step: run.step,
    totalSteps: total,
    trainableParameters,
    totalParameters: options.model.parameters,
  });

  if (run.finished) return run.finished;
  if (options.validateAtStart && run.step === 0 && run.history.length === 0) {
    await learner.moveTo(0);
    await validate(options, learner, run, 0, 0);
  }
  while (run.step < pauseAt) {
    if (signal?.aborted) return run.leave('interrupted');
    const step = run.step;
    if (await learner.moveTo(epochOf(step))) {
      if (step > 0) emit({ type: 'unfreeze', step, lowestTrainableLayer: learner.lowestLayer! });
    }
    const started = performance.now();
    const examples = Array.from(stepExamples({ ...order, step }), (index) => ({ index, example: train[index]! }));
    const learningRate = learningRateAt(settings.schedule, step, total, settings.learningRate);
    const outcome = await learner.step(examples, step, learningRate);
    const seconds = (performance.now() - started) / 1000;
    run.advance(outcome, seconds);
    emit({
      type: 'step',
      totalSteps: total,
      epoch: epochOf(run.step),
      learningRate,
      seconds,
      ...outcome,
      step: run.step,
    });

    const diagnosis = run.watch(outcome);
    if (diagnosis) {
      emit({ type: 'diagnosis', diagnosis });
      return run.leave('diverged');
    }
    if (evaluateAt.has(run.step)) {
      await validate(options, learner, run, epochOf(run.step), run.step / total);
      if (run.stopsEarly) return run.leave('stopped-early');
    }
    await run.saveIfDue();
  }
  return run.leave(run.step < total ? 'paused' : 'completed');
}

async function validate(
  options: FineTuneOptions,
  learner: Learner,
  run: RunState,
  epoch: number,
  share: number,
): Promise<void> {
  if (options.validation.length === 0) return;
  const started = performance.now();
  const measured = await measureLoss(learner.evaluation, options.validation);
  const trainingLoss = run.takeTrainingLoss();
  const evaluation: Evaluation = {
    step: run.step,
    epoch,
    share,
    ...measured,
    ...(trainingLoss !== undefined && { trainingLoss }),
  };
  const best = await run.record(evaluation);
  options.onEvent?.({ type: 'evaluation', evaluation, best, seconds: (performance.now() - started) / 1000 });
}
