// Predicts what runs and searches cost in time, from a pilot's measurements, and whether they fit into memory.
import type { TrainingSettings } from '@goldilocks/trainer';
import type { ModelFacts } from './recommend.js';

/** What the pilot measured with `settings`. */
export interface PilotMeasurement {
  /** Forward, backward and update, per real token; without the time to start. */
  secondsPerTrainingToken: number;
  secondsPerEvaluationToken: number;
  /** Process start, loading, building the graph. */
  startSeconds: number;
  /** The settings it was measured with: freezing and method change the cost of a token. */
  settings: Pick<TrainingSettings, 'method' | 'freezing'>;
}

/** Sizes of the data in tokens (after cutting). */
export interface DataSize {
  trainingTokens: number;
  validationTokens: number;
  /** Share of the tokens that count for the loss: the vocabulary product is made only there. Default 1. */
  supervisedShare?: number;
}

export interface RunCost {
  seconds: number;
  trainingSeconds: number;
  evaluationSeconds: number;
  startSeconds: number;
}

type Shape = Pick<ModelFacts, 'parameters' | 'layers' | 'hiddenSize' | 'vocabSize'>;

/**
 * Multiplications a training token costs, in units of one weight met once (arbitrary scale; only ratios are used):
 * 1 forward, 1 for the gradient of the inputs, 1 for that of the weights. Frozen layers cost their forward only, and
 * that only in the first epoch, as their outputs are kept; adapters leave out the gradient of the weights.
 */
export function workPerToken(
  model: Shape,
  settings: Pick<TrainingSettings, 'method' | 'freezing'>,
  supervisedShare = 1,
  firstEpoch = false,
): number {
  const vocabulary = model.vocabSize * model.hiddenSize;
  const layer = Math.max(1, (model.parameters - vocabulary) / model.layers);
  const trained = model.layers - settings.freezing.layers;
  const passes = settings.method === 'lora' ? 2 : 3;
  const head = vocabulary * supervisedShare * (settings.freezing.embeddings ? 2 : passes);
  const frozen = firstEpoch ? settings.freezing.layers * layer : 0;
  return frozen + trained * layer * passes + head;
}

function workOfRun(model: Shape, settings: TrainingSettings, share: number, supervisedShare: number): number {
  const epochs = settings.epochs * share;
  const first = Math.min(1, epochs);
  return (
    first * workPerToken(model, settings, supervisedShare, true) +
    (epochs - first) * workPerToken(model, settings, supervisedShare, false)
  );
}

/**
 * Predicts the seconds of one run: the pilot's seconds per token, scaled by the work a token takes with these settings
 * and the number of epochs. Early stopping can only make it shorter.
 * @param share Part of the run's own schedule that is carried out, in (0, 1]; default 1.
 */
export function predictRun(
  pilot: PilotMeasurement,
  model: Shape,
  data: DataSize,
  settings: TrainingSettings,
  share = 1,
): RunCost {
  const supervised = data.supervisedShare ?? 1;
  const perWork = pilot.secondsPerTrainingToken / workPerToken(model, pilot.settings, supervised, true);
  const trainingSeconds = perWork * workOfRun(model, settings, share, supervised) * data.trainingTokens;
  const evaluations = Math.ceil(settings.epochs * settings.evaluationsPerEpoch * share);
  const evaluationSeconds = evaluations * data.validationTokens * pilot.secondsPerEvaluationToken;
  const { startSeconds } = pilot;
  return {
    seconds: startSeconds + trainingSeconds + evaluationSeconds,
    trainingSeconds,
    evaluationSeconds,
    startSeconds,
  };
}

export interface SearchCost {
  /** Predicted seconds of one run with the recommended settings. */
  secondsPerRun: number;
  /** Predicted seconds of an average trial of the search, pruning included. */
  secondsPerTrial: number;
  /** Trials that fit into the search's seconds; at least 1. */
  trials: number;
  seconds: number;
}

/**
 * What share of a full run an average trial is carried out. Successive halving with rungs at 1/9, 1/3 and 1 and a third
 * promoted costs 0.26 at best; asynchronous promotion, and the first trials, which run to the end, make it more.
 */
export const meanTrialShare = 0.45;

/**
 * How many trials fit into the search's time. An average trial has the epochs and the frozen layers of the middle of the
 * search space; give the runs of some sampled settings as `sample` for a better guess than the recommended settings.
 */
export function predictSearch(
  run: (settings: TrainingSettings, share: number) => RunCost,
  recommended: TrainingSettings,
  searchSeconds: number,
  sample: TrainingSettings[] = [recommended],
  trialShare = meanTrialShare,
): SearchCost {
  const secondsPerRun = run(recommended, 1).seconds;
  const secondsPerTrial = sample.reduce((sum, settings) => sum + run(settings, trialShare).seconds, 0) / sample.length;
  // Trial 0, the recommended settings, is never cut short.
  const trials = 1 + Math.max(0, Math.floor((searchSeconds - secondsPerRun) / secondsPerTrial));
  return { secondsPerRun, secondsPerTrial, trials, seconds: secondsPerRun + (trials - 1) * secondsPerTrial };
}

export interface MemoryVerdict {
  fits: boolean;
  /** Estimate over what is available. */
  share: number;
  /** One sentence with the numbers. */
  reason: string;
  /** What to do, best first; empty where it fits. */
  remedies: string[];
}

/** The rest is for the system and for what an estimate misses. */
const usable = 0.9;

const gigabytes = (bytes: number) =>
  bytes < 1e9 ? `${Math.max(1, Math.round(bytes / 1e6))} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

function remediesFor(settings: TrainingSettings, layers: number): string[] {
  const remedies: string[] = [];
  if (settings.microBatchTokens > settings.maxLength) {
    remedies.push(`a smaller micro-batch (now ${settings.microBatchTokens} tokens; the effective batch stays)`);
  }
  if (!settings.gradientCheckpointing) remedies.push('computing layers again (--gradient-checkpointing)');
  if (settings.method === 'full') remedies.push('LoRA instead of full fine-tuning (--method lora)');
  const frozen = Math.max(settings.freezing.layers + 1, Math.ceil(layers * 0.75));
  if (frozen < layers) remedies.push(`more frozen layers (--frozen-layers ${frozen})`);
  if (settings.maxLength > 128) remedies.push(`shorter examples (now up to ${settings.maxLength} tokens)`);
  return [...remedies, 'a smaller base model (goldilocks models lists them)'];
}

/** Whether a run fits into memory, with the reason in a sentence and the remedies, both for a person. */
export function fitsMemory(
  estimatedBytes: number,
  availableBytes: number,
  settings: TrainingSettings,
  layers: number,
): MemoryVerdict {
  const share = estimatedBytes / availableBytes;
  const fits = share <= usable;
  const numbers = `${gigabytes(estimatedBytes)} of ${gigabytes(availableBytes)} available`;
  return {
    fits,
    share,
    reason: fits ? `Training takes about ${numbers}.` : `Training would take about ${numbers}, which is too much.`,
    remedies: fits ? [] : remediesFor(settings, layers),
  };
}
