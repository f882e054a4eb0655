// Brings one trial to a rung, in a process of its own.
import type { Failure, JourneyEvent, Purpose } from '@goldilocks/protocol';
import type { Evaluation, TrainingSettings } from '@goldilocks/trainer';
import { TrialError, TrialFailure } from '../workers/failure.js';
import type {
  ExamplesReference,
  FineTuneEvent,
  FineTuneSummary,
  TrialEngine,
  TrialProcess,
} from '../workers/operations.js';
import { rungShares } from './rungs.js';
import type { Interruption, Steering } from './steering.js';

/** What all trials of a search share. */
export interface TrialSetting {
  engine: TrialEngine;
  model: string;
  train: ExamplesReference;
  validation: ExamplesReference;
  checkpointEverySeconds?: number;
  emit(event: JourneyEvent): void;
  /** Takes the engine's own events. */
  onTraining?(event: FineTuneEvent): void;
  /** Called before a sitting begins. */
  onStart?(task: TrialTask): void;
  /** Told what each sitting of a run took. */
  onSitting?(spent: { tokens: number; peakMemoryBytes: number }): void;
  /** A person's commands while it goes. */
  steering?: Steering;
  /** Scores the weights kept as `tuned`, after training, in the same process; absent = by the validation loss. */
  score?(process: TrialProcess, best: Evaluation): Promise<ObjectiveValue>;
  /** What these weights answer to a few validation examples; none where that would take long. */
  sample?(process: TrialProcess): Promise<SampledAnswer[]>;
  /** The loss of these weights on the reference text; asked of whole runs of the search, where the score did not say it. */
  referenceLoss?(process: TrialProcess): Promise<number>;
}

export interface SampledAnswer {
  prompt: string;
  expected: string;
  answer: string;
}

/** Answers at a moment of a run. */
export interface AnswersAt {
  step: number;
  epoch: number;
  answers: SampledAnswer[];
}

/** The objective, smaller is better: its value, and its part of each validation example for paired comparisons. */
export interface ObjectiveValue {
  value: number;
  perExample: number[];
  /** Loss on the reference text, where it was measured. */
  referenceLoss?: number;
}

export interface TrialTask {
  number: number;
  purpose: Purpose;
  /** Where a paused trial goes on; default 0. */
  resumedAt?: number;
  settings: TrainingSettings;
  checkpointDirectory: string;
  stopAtShare: number;
  signal?: AbortSignal;
}

export type TrialOutcome =
  | ({
      type: 'reached';
      best: Evaluation;
      summary: FineTuneSummary;
      curve: CurvePoint[];
      answers?: AnswersAt;
    } & ObjectiveValue)
  /** `by` is absent where the signal was raised. */
  | { type: 'interrupted'; curve: CurvePoint[]; by?: Exclude<Interruption, 'pause'> }
  | { type: 'failed'; kind: Failure['kind'] | 'diverged'; reason: string; curve: CurvePoint[] };

/** A training step as the learning curve keeps it. */
export interface CurvePoint {
  step: number;
  epoch: number;
  loss: number;
  learningRate: number;
  gradientNorm?: number;
  tokensPerSecond?: number;
}

/** The name under which a trial's process keeps its best weights. */
export const tuned = 'tuned';

/**
 * Runs the trial to `stopAtShare` and scores it; a pause ends its process, and it goes on from the checkpoint. What goes
 * wrong in the trial is an outcome; only UserError (a full disk, say, which would stop every trial) is thrown.
 */
export async function runTrial(setting: TrialSetting, task: TrialTask): Promise<TrialOutcome> {
  const attended = setting.steering?.attend(task);
  const progress = { share: task.resumedAt ?? 0, curve: [] as CurvePoint[] };
  try {
    for (;;) {
      setting.onStart?.({ ...task, resumedAt: progress.share });
      const signals = [task.signal, attended?.signal].filter((signal) => signal !== undefined);
      const outcome = await sitting(setting, { ...task, signal: AbortSignal.any(signals) }, progress);
      if (outcome.type !== 'interrupted' || task.signal?.aborted || !attended?.interruption) return outcome;
      if (attended.interruption === 'pause') await attended.resumed(task.signal);
      const { interruption } = attended;
      if (task.signal?.aborted) return outcome;
      if (interruption === 'stop' || interruption === 'stop-trial') return { ...outcome, by: interruption };
    }
  } finally {
    attended?.leave();
  }
}

/** How far a run has come, over its sittings. */
interface Progress {
  share: number;
  curve: CurvePoint[];
}

/** Where memory runs out, the sitting goes on once with half the micro-batch, which changes nothing beyond rounding. */
async function sitting(setting: TrialSetting, task: TrialTask, progress: Progress): Promise<TrialOutcome> {
  const outcome = await sit(setting, task, progress);
  if (outcome.type !== 'failed' || outcome.kind !== 'out-of-memory') return outcome;
  const microBatchTokens = Math.ceil(task.settings.microBatchTokens / 2);
  const text = `${nameOf(task)} ran out of memory. It goes on from its last checkpoint with half the micro-batch, ${microBatchTokens} tokens.`;
  setting.emit({ type: 'message', level: 'warning', text });
  return sit(setting, { ...task, settings: { ...task.settings, microBatchTokens } }, progress);
}

const nameOf = ({ number, purpose }: TrialTask) => (purpose === 'final' ? 'The final run' : `Trial ${number}`);

async function sit(setting: TrialSetting, task: TrialTask, progress: Progress): Promise<TrialOutcome> {
  const process = setting.engine.open(`trial ${task.number}`);
  const { curve } = progress;
  try {
    return await train(setting, task, process, progress);
  } catch (error) {
    if (error instanceof TrialFailure) return { type: 'failed', kind: error.reason, reason: error.message, curve };
    if (error instanceof TrialError) return { type: 'failed', kind: 'error', reason: error.message, curve };
    throw error;
  } finally {
    await process.close();
  }
}

async function train(
  setting: TrialSetting,
  task: TrialTask,
  process: TrialProcess,
  progress: Progress,
): Promise<TrialOutcome> {
  const { curve } = progress;
  let tokens = 0;
  const summary = await process.run('fineTune', fineTuneInput(setting, task), {
    signal: task.signal,
    onEvent(event) {
      if (event.type === 'step') tokens += event.tokens;
      setting.onTraining?.(event);
      report(setting, task, event, progress);
    },
  });
  setting.onSitting?.({ tokens, peakMemoryBytes: summary.peakMemoryBytes });
  if (summary.outcome === 'interrupted') return { type: 'interrupted', curve };
  if (summary.outcome === 'diverged' || summary.best === undefined || !Number.isFinite(summary.best.loss)) {
    const reason = summary.diagnosis?.message ?? 'The validation loss was never a number.';
    return { type: 'failed', kind: 'diverged', reason, curve };
  }
  const { best } = summary;
  const scored = (await setting.score?.(process, best)) ?? { value: best.loss, perExample: best.perExample };
  const answers = await sample(setting, task, process, best);
  const isWhole = task.purpose === 'search' && summary.outcome !== 'paused';
  const referenceLoss = scored.referenceLoss ?? (isWhole ? await setting.referenceLoss?.(process) : undefined);
  return { type: 'reached', ...scored, best, summary, curve, ...(answers && { answers }), referenceLoss };
}

async function sample(
  setting: TrialSetting,
  { number: trial, purpose }: TrialTask,
  process: TrialProcess,
  { step, epoch }: Evaluation,
): Promise<AnswersAt | undefined> {
  if (setting.sample === undefined || purpose === 'confirm') return undefined;
  const answers = await setting.sample(process);
  if (answers.length === 0) return undefined;
  setting.emit({ type: 'trial-answers', trial, step, epoch, answers });
  return { step, epoch, answers };
}

function fineTuneInput(setting: TrialSetting, task: TrialTask) {
  const { model, train, validation, checkpointEverySeconds } = setting;
  const { settings, checkpointDirectory, stopAtShare } = task;
  return {
    model,
    train,
    validation,
    settings,
    checkpointDirectory,
    stopAtShare,
    evaluateAtShares: rungShares.filter((share) => share < 1),
    validateAtStart: true,
    checkpointEverySeconds,
    keepAs: tuned,
  };
}

function report(setting: TrialSetting, task: TrialTask, event: FineTuneEvent, progress: Progress): void {
  const trial = task.number;
  if (event.type === 'step') {
    const { step, totalSteps, epoch, loss, learningRate, gradientNorm, memoryBytes } = event;
    const tokensPerSecond = event.seconds > 0 ? event.tokens / event.seconds : 0;
    const point = { step, epoch, loss, learningRate, gradientNorm, tokensPerSecond };
    // Steps after a checkpoint are done again when a run goes on.
    while ((progress.curve.at(-1)?.step ?? 0) >= step) progress.curve.pop();
    progress.curve.push(point);
    progress.share = step / totalSteps;
    setting.emit({ type: 'trial-step', trial, totalSteps, ...point, memoryBytes });
  } else if (event.type === 'evaluation') {
    const { step, epoch, share, loss, trainingLoss } = event.evaluation;
    setting.emit({ type: 'trial-evaluation', trial, step, epoch, share, loss, trainingLoss, best: event.best });
  } else if (event.type === 'device' && event.because !== 'as asked') {
    const text = `${nameOf(task)} runs on ${event.name}: ${event.because}.`.replace(/\.\.$/, '.');
    setting.emit({ type: 'message', level: task.settings.device === 'auto' ? 'info' : 'warning', text });
  }
}
