// The training loop: steps, validation, early stopping, checkpoints. A run that is cut off continues bit for bit where it was.
import { stepExamples, stepsPerEpoch, totalSteps } from '../data/order.js';
import { DataError } from '../errors.js';
import { measureLoss } from '../evaluation/evaluate-loss.js';
import { DeviceError } from '../runtime/device.js';
import { learningRateAt } from '../schedules/learning-rate.js';
import { validateSettings } from '../validate-settings.js';
import { chooseDevice, learnsInHalf } from './choose-device.js';
import { evaluationSteps } from './evaluation-steps.js';
import type { ChosenDevice, Outcome } from './events.js';
import type { FineTuneOptions, FineTuneResult } from './fine-tune-options.js';
import { Learner } from './learner.js';
import { checkReplay } from './replay.js';
import { RunState } from './run-state.js';

/**
 * Fine-tunes a model. Where a GPU fails in the middle, the run goes on on the CPU from its last checkpoint, and tells so.
 * @throws SettingsError where a setting is out of range; DataError where there is nothing to learn from; DeviceError where there is no GPU
 * and one was asked for
 */
export async function fineTune(options: FineTuneOptions): Promise<FineTuneResult> {
  const { model, train, settings } = options;
  validateSettings(settings, model.config.layers);
  checkReplay(settings, options.reference ?? [], model.architecture.task);
  if (train.length === 0) throw new DataError('There is no training example. Give at least one.');
  const device = await chooseDevice(options);
  if (settings.device) options.onEvent?.({ type: 'device', ...device });
  try {
    return await trainOn(device, options);
  } catch (error) {
    if (!(error instanceof DeviceError) || error.kind !== 'failed') throw error;
    const because = `${error.message} The run goes on from its last checkpoint.`;
    options.onEvent?.({ type: 'device', name: 'cpu', because });
    return await trainOn({ name: 'cpu', because }, options);
  }
}

async function trainOn(device: ChosenDevice, options: FineTuneOptions): Promise<FineTuneResult> {
  const { model, train, settings } = options;
  const mixedPrecision = learnsInHalf(settings, device.name);
  const learner = new Learner({ ...options, base: model, device: device.name, mixedPrecision });
  try {
    const total = totalSteps(train.length, settings.batchSize, settings.epochs);
    const run = await RunState.open(options, learner);
    const outcome = run.finished ?? (await trainUntilDone(options, learner, run, total));
    const { step, best, history, diagnosis, tokens, seconds } = run;
    const weights = await run.bestWeights();
    const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
    const measured = { best, history, diagnosis, seconds, tokens, peakMemoryBytes };
    await learner.release();
    return { outcome, step, totalSteps: total, weights, device, ...measured };
  } catch (error) {
    // What a lost GPU held is gone with it: there is nothing to release.
    if (!(error instanceof DeviceError)) await learner.release();
    throw error;
  }
}

async function trainUntilDone(
  options: FineTuneOptions,
  learner: Learner,
  run: RunState,
  total: number,
): Promise<Outcome> {
  const { model, train, settings, signal } = options;
  const emit = options.onEvent ?? (() => {});
  const order = { seed: settings.seed, count: train.length, batchSize: settings.batchSize };
  const perEpoch = stepsPerEpoch(train.length, settings.batchSize);
  const pauseAt = Math.min(total, Math.ceil(total * (options.stopAtShare ?? 1)));
  const evaluateAt = evaluationSteps(settings, train.length, total, options.evaluateAtShares);
  const { trainableParameters } = learner;
  const size = { trainableParameters, totalParameters: model.parameters };
  emit({ type: 'start', step: run.step, totalSteps: total, ...size, history: [...run.history] });

  await learner.moveTo(run.step / perEpoch);
  if (options.validateAtStart && run.step === 0 && run.history.length === 0)
    await validate(options, learner, run, total);
  while (run.step < pauseAt) {
    if (signal?.aborted) return run.leave('interrupted');
    const { step } = run;
    const epoch = step / perEpoch;
    const started = performance.now();
    if (await learner.moveTo(epoch)) emit({ type: 'unfreeze', step, lowestTrainableLayer: learner.lowestLayer! });
    const examples = Array.from(stepExamples({ ...order, step }), (index) => ({ index, example: train[index]! }));
    const learningRate = learningRateAt(settings.schedule, step, total, settings.learningRate);
    const outcome = await learner.step(examples, step, learningRate);
    const seconds = (performance.now() - started) / 1000;
    const diagnosis = run.advance(outcome, seconds);
    emit({
      type: 'step',
      totalSteps: total,
      epoch: run.step / perEpoch,
      learningRate,
      seconds,
      ...outcome,
      step: run.step,
    });
    if (diagnosis) return end('diverged');

    if (evaluateAt.has(run.step) && !(await validate(options, learner, run, total))) return end('diverged');
    if (run.stopsEarly) return end('stopped-early');
    await run.saveIfDue();
  }
  return run.leave(run.step < total ? 'paused' : 'completed');

  async function end(outcome: Outcome): Promise<Outcome> {
    if (run.diagnosis) emit({ type: 'diagnosis', diagnosis: run.diagnosis });
    return run.leave(outcome);
  }
}

/** Measures the validation examples. @returns false where the loss is not a number */
async function validate(options: FineTuneOptions, learner: Learner, run: RunState, total: number): Promise<boolean> {
  const { validation, train, settings } = options;
  if (validation.length === 0) return true;
  const started = performance.now();
  const measured = await measureLoss(learner.evaluation, validation);
  const { step } = run;
  if (!Number.isFinite(measured.loss)) {
    run.fail({
      kind: 'not-finite',
      step,
      message: `The validation loss is not a number after step ${step}: the weights have been driven out of range.`,
      advice: 'Lower the learning rate to a third, or clip gradients to a smaller norm.',
    });
    return false;
  }
  const trainingLoss = run.takeTrainingLoss();
  const epoch = step / stepsPerEpoch(train.length, settings.batchSize);
  const evaluation = {
    step,
    epoch,
    share: step / total,
    ...measured,
    ...(trainingLoss !== undefined && { trainingLoss }),
  };
  const seconds = (performance.now() - started) / 1000;
  const best = await run.record(evaluation, seconds);
  options.onEvent?.({ type: 'evaluation', evaluation, best, seconds });
  return true;
}
