// A small run through the whole path: catches mistakes early, measures speed and memory, brackets the learning rate.
import type { ChosenDevice, TrainingEvent, TrainingSettings } from '@goldilocks/trainer';
import { UserError } from '../errors.js';
import { fitsMemory, type MemoryVerdict, type PilotMeasurement } from '../plan/cost.js';
import { bracketLearningRate, type LearningRateBracket, type RampPoint } from '../plan/learning-rate-bracket.js';
import type { FineTuneSummary, TrialProcess } from '../workers/operations.js';
import { availableMemory } from './memory.js';

export interface PilotInput {
  /** A fresh process, so that its start is measured too; the caller closes it. */
  process: TrialProcess;
  model: { directory: string; layers: number };
  settings: TrainingSettings;
  /** Tokens of all rows, the rows to train and to validate on, and each row's length. */
  file: string;
  train: readonly number[];
  validation: readonly number[];
  lengths: readonly number[];
  checkpointDirectory: string;
  /** Seconds the pilot should take at most, the ramp included. */
  seconds: number;
  /** Wall time in seconds, of any origin. */
  now(): number;
  /** Bytes free for training; default: as the system says. */
  availableBytes?: number;
  signal?: AbortSignal;
}

export interface PilotResult {
  /** The settings' micro-batch, or a smaller one where memory is short. */
  microBatchTokens: number;
  /** Whether layers are computed again: as the settings say, or where even the smallest micro-batch needs it. */
  gradientCheckpointing?: boolean;
  measurement: PilotMeasurement;
  /** Where it ran, and why there. */
  device?: ChosenDevice;
  peakMemoryBytes: number;
  ramp: RampPoint[];
  /** Absent where there was no time for a ramp, or it could not be read. */
  bracket?: LearningRateBracket;
  /** Why there is no bracket; empty where there is one. */
  note: string;
}

/**
 * The pilot's run ends after so many steps, or sooner when it has run for some seconds. The first steps are not
 * counted: memory is touched for the first time.
 */
const mostSteps = 40;
const fewestSteps = 6;
const enoughSeconds = 4;
const slowSteps = 2;
const validationRows = 32;
const mostRampSteps = 60;
const fewestRampSteps = 16;
/** The ramp covers this factor on both sides of the recommended rate. */
const rampReach = 100;

/**
 * Runs the pilot. Throws UserError where training would not fit into memory, or where the training process fails: what
 * stops a few steps stops every trial.
 */
export async function runPilot(given: PilotInput): Promise<PilotResult> {
  const settings = await fittingSettings(given);
  const { microBatchTokens, gradientCheckpointing } = settings;
  const input = { ...given, settings };
  const started = input.now();
  const { summary, events } = await shortRun(input);
  const wall = input.now() - started;
  const measurement = measurementOf(input, events, wall);
  const left = input.seconds - wall;
  const { peakMemoryBytes, device } = summary;
  // Where the GPU has failed, it is not tried again.
  const settled = device ? { ...settings, device: device.name } : settings;
  const ramp = await rampWithin({ ...input, settings: settled }, events, left);
  return { microBatchTokens, gradientCheckpointing, measurement, peakMemoryBytes, device, ...ramp };
}

/** The first of `thriftier` settings with which a step fits into memory. */
async function fittingSettings(input: PilotInput): Promise<TrainingSettings> {
  const { process, model, train, lengths, availableBytes = availableMemory() } = input;
  const longest = train.map((row) => lengths[row]!).sort((a, b) => b - a);
  const stepTokens = sum(longest.slice(0, input.settings.batchSize));
  let verdict: MemoryVerdict | undefined;
  for (const settings of thriftier(input.settings)) {
    const { bytes } = await process.run('estimateMemory', { model: model.directory, settings, stepTokens });
    verdict = fitsMemory(bytes, availableBytes, settings, model.layers);
    if (verdict.fits) return settings;
  }
  const remedies = verdict!.remedies.map((remedy) => `  - ${remedy}`).join('\n');
  throw new UserError(`${verdict!.reason} What helps:\n${remedies}`, { exitCode: 1 });
}

/**
 * The settings, then with less and less memory, the fastest first: smaller micro-batches, and the same with layers computed again where the
 * person did not decide on that. Beyond rounding, results are the same. One long example is the least there is.
 */
function* thriftier(settings: TrainingSettings): Generator<TrainingSettings> {
  const { gradientCheckpointing: given } = settings;
  for (const gradientCheckpointing of given === undefined ? [undefined, true] : [given]) {
    for (let { microBatchTokens } = settings; ; microBatchTokens = Math.ceil(microBatchTokens / 2)) {
      yield { ...settings, microBatchTokens, ...(gradientCheckpointing !== undefined && { gradientCheckpointing }) };
      if (microBatchTokens <= settings.maxLength) break;
    }
  }
}

async function shortRun(input: PilotInput): Promise<{ summary: FineTuneSummary; events: TrainingEvent[] }> {
  const { process, model, file, train, validation, checkpointDirectory, signal } = input;
  const events: TrainingEvent[] = [];
  const batchSize = Math.min(input.settings.batchSize, train.length);
  const settings = { ...input.settings, batchSize, evaluationsPerEpoch: 1e-3, patience: 0 };
  const enough = new AbortController();
  const onEvent = (event: TrainingEvent) => {
    events.push(event);
    const steps = stepsOf(events);
    const seconds = sum(steps.map((step) => step.seconds));
    const isEnough = seconds >= enoughSeconds && steps.length >= fewestSteps;
    if (isEnough || steps.length >= mostSteps) enough.abort();
  };
  const summary = await process.run(
    'fineTune',
    {
      model: model.directory,
      train: { file, indices: train },
      validation: { file, indices: validation.slice(0, validationRows) },
      settings,
      checkpointDirectory,
      validateAtStart: true,
    },
    { signal: signal === undefined ? enough.signal : AbortSignal.any([signal, enough.signal]), onEvent },
  );
  signal?.throwIfAborted();
  return { summary, events };
}

function stepsOf(events: readonly TrainingEvent[]) {
  return events.filter((event) => event.type === 'step');
}

/** Steps once memory has settled. */
function settledSteps(events: readonly TrainingEvent[]) {
  const steps = stepsOf(events);
  return steps.length > slowSteps ? steps.slice(slowSteps) : steps;
}

function measurementOf(input: PilotInput, events: readonly TrainingEvent[], wall: number): PilotMeasurement {
  const evaluations = events.filter((event) => event.type === 'evaluation');
  const settled = settledSteps(events);
  const seconds = sum(settled.map((event) => event.seconds));
  const tokens = sum(settled.map((event) => event.tokens));
  const validationTokens = sum(input.validation.slice(0, validationRows).map((index) => input.lengths[index]!));
  const evaluationSeconds = sum(evaluations.map((event) => event.seconds));
  const running = sum(stepsOf(events).map((event) => event.seconds)) + evaluationSeconds;
  return {
    secondsPerTrainingToken: seconds / Math.max(1, tokens),
    secondsPerEvaluationToken: evaluationSeconds / Math.max(1, validationTokens * evaluations.length),
    startSeconds: Math.max(0, wall - running),
    settings: { method: input.settings.method, freezing: input.settings.freezing },
  };
}

async function rampWithin(
  input: PilotInput,
  events: readonly TrainingEvent[],
  seconds: number,
): Promise<Pick<PilotResult, 'ramp' | 'bracket' | 'note'>> {
  const { process, model, settings, file, train, signal } = input;
  const settled = settledSteps(events);
  const stepSeconds = Math.max(1e-3, sum(settled.map((step) => step.seconds)) / Math.max(1, settled.length));
  const count = Math.min(mostRampSteps, Math.floor(seconds / stepSeconds));
  if (count < fewestRampSteps) {
    const note = `The budget leaves no time for a learning-rate ramp (${Math.max(0, count)} steps of ${fewestRampSteps}).`;
    return { ramp: [], note };
  }
  const [from, to] = [settings.learningRate / rampReach, settings.learningRate * rampReach];
  const batchSize = Math.min(settings.batchSize, train.length);
  const ramp = await process.run(
    'learningRateRamp',
    {
      model: model.directory,
      train: { file, indices: train },
      settings: { ...settings, batchSize },
      from,
      to,
      steps: count,
    },
    { signal },
  );
  signal?.throwIfAborted();
  try {
    return { ramp, bracket: bracketLearningRate(ramp), note: '' };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ramp, note: error.message };
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
