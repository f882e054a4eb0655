// Where a run stands: what a checkpoint holds beside the weights, when one is due, and which weights are the best so far.
import { createHash } from 'node:crypto';
import { loadBest, loadLatestCheckpoint, markBest, saveCheckpoint } from '../checkpoints/checkpoints.js';
import { totalSteps } from '../data/order.js';
import { SettingsError } from '../errors.js';
import type { TunedWeights, WeightTensor } from '../models/model.js';
import type { Diagnosis } from '../monitors/diagnosis.js';
import { DivergenceMonitor, type DivergenceState } from '../monitors/divergence.js';
import { EarlyStopping, type EarlyStoppingState } from '../monitors/early-stopping.js';
import type { Evaluation, Outcome } from './events.js';
import type { FineTuneOptions } from './fine-tune-options.js';
import type { Learner, StepOutcome } from './learner.js';
import { decisiveSettings } from './open-ended.js';

/** All numbers of a run, as they stand in a checkpoint's JSON. */
interface Progress {
  /** Identifies settings, model and data: a checkpoint only continues its own run. */
  fingerprint: string;
  step: number;
  tokens: number;
  seconds: number;
  history: Evaluation[];
  best?: Evaluation;
  /** Training losses since the last evaluation. */
  recent: { sum: number; count: number };
  optimizerSteps: Record<string, number>;
  earlyStopping?: EarlyStoppingState;
  divergence?: DivergenceState;
  finished?: Outcome;
  diagnosis?: Diagnosis;
}

/** Saving may take this share of the time at most: the interval grows with the duration of a save. */
const savingShare = 0.05;

export class RunState {
  private readonly earlyStopping: EarlyStopping;
  private readonly divergence: DivergenceMonitor;
  private lastSave = performance.now();
  private saveSeconds = 0;
  private savedStep = -1;

  private constructor(
    private readonly options: FineTuneOptions,
    private readonly learner: Learner,
    private readonly progress: Progress,
  ) {
    const { patience, minImprovement } = options.settings;
    this.earlyStopping = new EarlyStopping(patience, minImprovement, progress.earlyStopping);
    this.divergence = new DivergenceMonitor({}, progress.divergence);
  }

  /** Continues from the latest sound checkpoint, or starts anew where there is none. */
  static async open(options: FineTuneOptions, learner: Learner): Promise<RunState> {
    const fingerprint = fingerprintOf(options);
    const found = await loadLatestCheckpoint(options.checkpointDirectory);
    if (!found) {
      const start = { step: 0, tokens: 0, seconds: 0, history: [], recent: { sum: 0, count: 0 }, optimizerSteps: {} };
      return new RunState(options, learner, { fingerprint, ...start });
    }
    const progress = found.json as Progress;
    if (progress.fingerprint !== fingerprint) {
      throw new SettingsError(
        `${options.checkpointDirectory} holds the checkpoint of a run with other settings, data or base model. Continue that run with its own, or give an empty folder.`,
      );
    }
    lengthen(progress, options);
    learner.restore(progress.optimizerSteps, (name) => found.tensors.get(name));
    const run = new RunState(options, learner, progress);
    run.savedStep = progress.step;
    return run;
  }

  get step(): number {
    return this.progress.step;
  }
  get tokens(): number {
    return this.progress.tokens;
  }
  get seconds(): number {
    return this.progress.seconds;
  }
  get history(): Evaluation[] {
    return this.progress.history;
  }
  get best(): Evaluation | undefined {
    return this.progress.best;
  }
  get finished(): Outcome | undefined {
    return this.progress.finished;
  }
  get diagnosis(): Diagnosis | undefined {
    return this.progress.diagnosis;
  }
  get stopsEarly(): boolean {
    return this.earlyStopping.shouldStop;
  }

  /** Notes a finished step. @returns a diagnosis where the run should end */
  advance(outcome: StepOutcome, seconds: number): Diagnosis | undefined {
    const { progress } = this;
    progress.step += 1;
    progress.tokens += outcome.tokens;
    progress.seconds += seconds;
    if (outcome.applied) {
      progress.recent.sum += outcome.loss;
      progress.recent.count += 1;
    }
    progress.diagnosis = this.divergence.observe({ step: progress.step, ...outcome });
    return progress.diagnosis;
  }

  /** Mean training loss since the last call; undefined where there was no step. */
  takeTrainingLoss(): number | undefined {
    const { sum, count } = this.progress.recent;
    this.progress.recent = { sum: 0, count: 0 };
    return count > 0 ? sum / count : undefined;
  }

  /** Notes a measurement, and keeps the weights where it is the best so far. @returns whether it is */
  async record(evaluation: Evaluation, seconds: number): Promise<boolean> {
    this.progress.history.push(evaluation);
    this.progress.seconds += seconds;
    if (!this.earlyStopping.record(evaluation.loss, evaluation.step)) return false;
    this.progress.best = evaluation;
    await this.learner.synchronize();
    const tensors = [...this.learner.weights.tensors].map(([name, { data }]) => ({ name, data }));
    await markBest(this.options.checkpointDirectory, { step: evaluation.step, tensors, json: evaluation });
    return true;
  }

  /** Ends the run on a measurement that is no number. */
  fail(diagnosis: Diagnosis): void {
    this.progress.diagnosis = diagnosis;
  }

  async saveIfDue(): Promise<void> {
    const interval = Math.max(this.options.checkpointEverySeconds ?? 60, this.saveSeconds / savingShare);
    if (performance.now() - this.lastSave >= interval * 1000) await this.save();
  }

  /** Saves, and ends this call of the loop. */
  async leave(outcome: Outcome): Promise<Outcome> {
    if (outcome !== 'paused' && outcome !== 'interrupted') this.progress.finished = outcome;
    if (this.savedStep !== this.step || this.progress.finished) await this.save();
    return outcome;
  }

  /** The best measured weights; without a measurement, the current ones. Copies. */
  async bestWeights(): Promise<TunedWeights> {
    await this.learner.synchronize();
    const current = this.learner.weights;
    const saved = this.best ? await loadBest(this.options.checkpointDirectory) : undefined;
    const copies = [...current.tensors].map(([name, { shape, data }]): [string, WeightTensor] => [
      name,
      { shape, data: saved?.tensors.get(name) ?? data.slice() },
    ]);
    return { ...current, tensors: new Map(copies) };
  }

  private async save(): Promise<void> {
    const started = performance.now();
    await this.learner.synchronize();
    const { steps, tensors } = this.learner.state();
    const json: Progress = {
      ...this.progress,
      optimizerSteps: steps,
      earlyStopping: this.earlyStopping.state,
      divergence: this.divergence.state,
    };
    await saveCheckpoint(this.options.checkpointDirectory, { step: this.step, tensors, json });
    this.lastSave = performance.now();
    this.saveSeconds = (this.lastSave - started) / 1000;
    this.savedStep = this.step;
    this.options.onEvent?.({ type: 'checkpoint', step: this.step });
  }
}

/** A run that was done goes on where more epochs are asked for now; its measurements lie at smaller shares then. */
function lengthen(progress: Progress, { train, settings, checkpointDirectory }: FineTuneOptions): void {
  const total = totalSteps(train.length, settings.batchSize, settings.epochs);
  if (progress.step > total) {
    throw new SettingsError(
      `${checkpointDirectory} holds ${progress.step} steps, more than the ${total} of ${settings.epochs} epochs. Ask for more epochs, or give an empty folder.`,
    );
  }
  if (progress.finished !== 'completed' || progress.step === total) return;
  delete progress.finished;
  progress.history = progress.history.map((evaluation) => ({ ...evaluation, share: evaluation.step / total }));
}

/** What decides a run's result. */
function fingerprintOf({ model, train, validation, settings, reference = [] }: FineTuneOptions): string {
  const hash = createHash('sha256')
    .update(JSON.stringify(decisiveSettings(settings)))
    .update(model.hash);
  for (const { ids, supervised } of [...train, ...validation, ...(settings.replay ? reference : [])])
    hash.update(`${ids.length}:`).update(ids).update(supervised);
  return hash.digest('hex');
}
