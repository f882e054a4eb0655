// Refuses settings that cannot work, before anything is loaded or written; every fault is named at once.

import { SettingsError } from './errors.js';
import { deviceChoices } from './runtime/device.js';
import {
  type BasePrecision,
  type FreezingSettings,
  type LoraSettings,
  type LoraTarget,
  type OptimizerSettings,
  optimizerNames,
  type ScheduleName,
  type ScheduleSettings,
  type TrainingSettings,
} from './settings.js';

type Report = (fault: string) => void;

const schedules: readonly ScheduleName[] = [
  'constant',
  'linear',
  'cosine',
  'cosine-restarts',
  'polynomial',
  'inverse-sqrt',
  'warmup-stable-decay',
];
const basePrecisions: readonly BasePrecision[] = ['f32', 'bf16', '8bit', '4bit'];
const loraTargets: readonly LoraTarget[] = [
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
];

/**
 * @param layers transformer layers of the base model, where known
 * @param positions tokens the base model can attend to (`max_position_embeddings`), where known
 * @throws SettingsError with a sentence for each fault: the setting, its value, what it may be
 */
export function validateSettings(settings: TrainingSettings, layers?: number, positions?: number): void {
  const faults: string[] = [];
  const report: Report = (fault) => faults.push(fault);
  checkTheSeven(settings, report);
  checkSchedule(settings.schedule, report);
  checkFreezing(settings.freezing, layers, report);
  checkMethod(settings, report);
  if (settings.optimizer) checkOptimizer(settings.optimizer, report);
  checkRest(settings, positions, report);
  if (faults.length > 0) throw new SettingsError(faults.join('\n'));
}

function checkTheSeven(settings: TrainingSettings, report: Report): void {
  check(
    report,
    'Learning rate',
    settings.learningRate,
    above(0),
    'above 0; usual are 1e-5 … 1e-4 for full fine-tuning, 1e-4 … 1e-3 for LoRA',
  );
  check(report, 'Batch size', settings.batchSize, integerFrom(1), 'a whole number of at least 1');
  check(report, 'Epochs', settings.epochs, above(0), 'above 0 (fractions are fine: 0.5 sees half of the data once)');
  check(
    report,
    'Dropout',
    settings.dropout,
    within(0, 1),
    'at least 0 and below 1: it is the share that is dropped, usually 0 … 0.2',
  );
  check(report, 'Weight decay', settings.weightDecay, from(0), 'at least 0, usually 0 … 0.1');
}

function checkSchedule(schedule: ScheduleSettings, report: Report): void {
  if (!schedules.includes(schedule.name)) {
    report(`Schedule is ${show(schedule.name)}; it must be one of ${schedules.join(', ')}.`);
  }
  check(report, 'Warm-up', schedule.warmup, within(0, 1), 'a share of all steps, at least 0 and below 1');
  checkOptional(
    report,
    'The schedule’s floor',
    schedule.floor,
    (x) => x >= 0 && x <= 1,
    'a share of the peak rate, 0 … 1',
  );
  checkOptional(report, 'The schedule’s cycles', schedule.cycles, integerFrom(1), 'a whole number of at least 1');
  checkOptional(report, 'The schedule’s power', schedule.power, above(0), 'above 0');
  checkOptional(
    report,
    'The schedule’s decay',
    schedule.decay,
    (x) => x > 0 && x <= 1,
    'a share of all steps, above 0 and at most 1',
  );
  if (schedule.name === 'warmup-stable-decay' && schedule.warmup + (schedule.decay ?? 0) > 1) {
    report(
      `Warm-up ${schedule.warmup} and decay ${schedule.decay} add up to more than the whole run; lower one of them.`,
    );
  }
}

function checkFreezing(freezing: FreezingSettings, layers: number | undefined, report: Report): void {
  check(report, 'Frozen layers', freezing.layers, integerFrom(0), 'a whole number of at least 0');
  if (layers !== undefined && freezing.layers > layers) {
    report(`Frozen layers is ${freezing.layers}, but the model has ${layers}; it must be 0 … ${layers}.`);
  }
  if (freezing.unfreeze !== undefined && !['none', 'gradual'].includes(freezing.unfreeze)) {
    report(`Unfreezing is ${show(freezing.unfreeze)}; it must be none or gradual.`);
  }
  checkOptional(report, 'Epochs between unfreezings', freezing.unfreezeEvery, above(0), 'above 0');
  checkOptional(
    report,
    'Layer-wise decay',
    freezing.layerwiseDecay,
    (x) => x > 0 && x <= 1,
    'above 0 and at most 1 (1 = the same rate in every layer)',
  );
}

function checkMethod({ method, lora, freezing }: TrainingSettings, report: Report): void {
  if (method !== 'lora' && method !== 'full') report(`Method is ${show(method)}; it must be lora or full.`);
  if (method !== 'lora') return;
  if (lora) checkLora(lora, report);
  else report('Method is lora, but no LoRA settings are given; set rank, alpha and targets.');
  if (freezing.unfreeze === 'gradual')
    report('Gradual unfreezing is for full fine-tuning; with LoRA set unfreeze to none.');
}

function checkLora(lora: LoraSettings, report: Report): void {
  check(report, 'LoRA rank', lora.rank, integerFrom(1), 'a whole number of at least 1, usually 4 … 64');
  check(report, 'LoRA alpha', lora.alpha, above(0), 'above 0, usually once or twice the rank');
  if (lora.dora !== undefined && typeof lora.dora !== 'boolean')
    report(`DoRA is ${show(lora.dora)}; it must be true or false.`);
  const unknown = lora.targets.filter((target) => !loraTargets.includes(target));
  if (lora.targets.length === 0 || unknown.length > 0) {
    report(`LoRA targets are ${show(lora.targets)}; they must be one or more of ${loraTargets.join(', ')}.`);
  }
}

function checkOptimizer({ name, momentum, nesterov }: OptimizerSettings, report: Report): void {
  if (!optimizerNames.includes(name)) {
    report(`Optimizer is ${show(name)}; it must be one of ${optimizerNames.join(', ')}.`);
  }
  checkOptional(report, 'Momentum', momentum, within(0, 1), 'at least 0 and below 1, usually 0.9');
  if ((momentum !== undefined || nesterov !== undefined) && name !== 'sgd' && name !== 'muon') {
    report(`Momentum and Nesterov's are settings of sgd and muon; ${name} has none. Leave them out.`);
  }
  if (nesterov && momentum === 0) report("Nesterov's momentum looks along the momentum, which is 0; set one above 0.");
}

function checkRest(settings: TrainingSettings, positions: number | undefined, report: Report): void {
  check(
    report,
    'Seed',
    settings.seed,
    (x) => Number.isInteger(x) && x >= 0 && x < 2 ** 32,
    'a whole number in 0 … 4294967295',
  );
  check(report, 'Largest gradient norm', settings.maxGradientNorm, from(0), 'at least 0 (0 = no clipping)');
  check(report, 'Adam beta1', settings.adam.beta1, within(0, 1), 'at least 0 and below 1');
  check(report, 'Adam beta2', settings.adam.beta2, within(0, 1), 'at least 0 and below 1');
  check(report, 'Adam epsilon', settings.adam.epsilon, above(0), 'above 0');
  checkOptional(report, 'Label smoothing', settings.labelSmoothing, within(0, 1), 'a share, at least 0 and below 1');
  checkOptional(report, 'NEFTune’s alpha', settings.neftune, from(0), 'at least 0, usually 5 … 15 (0 = no noise)');
  checkOptional(
    report,
    'Replay',
    settings.replay?.share,
    (x) => x > 0 && x < 1,
    'a share of the loss, above 0 and below 1',
  );
  check(report, 'Maximal length', settings.maxLength, integerFrom(2), 'a whole number of at least 2 tokens');
  if (positions !== undefined && settings.maxLength > positions) {
    report(`Maximal length is ${settings.maxLength} tokens, but the model attends to ${positions} at most; lower it.`);
  }
  check(report, 'Micro-batch', settings.microBatchTokens, integerFrom(1), 'a whole number of at least 1 token');
  const { gradientCheckpointing, basePrecision } = settings;
  if (basePrecision !== undefined && !basePrecisions.includes(basePrecision)) {
    report(`Base precision is ${show(basePrecision)}; it must be one of ${basePrecisions.join(', ')}.`);
  }
  if (gradientCheckpointing !== undefined && typeof gradientCheckpointing !== 'boolean') {
    report(`Gradient checkpointing is ${show(gradientCheckpointing)}; it must be true or false.`);
  }
  if (settings.device !== undefined && !deviceChoices.includes(settings.device)) {
    report(`Device is ${show(settings.device)}; it must be one of ${deviceChoices.join(', ')}.`);
  }
  if (settings.lossOn !== 'completion' && settings.lossOn !== 'all') {
    report(`The loss is on ${show(settings.lossOn)}; it must be on completion or all.`);
  }
  check(report, 'Evaluations per epoch', settings.evaluationsPerEpoch, above(0), 'above 0 (0.5 = every second epoch)');
  check(report, 'Patience', settings.patience, integerFrom(0), 'a whole number of evaluations, 0 = never stop early');
  check(
    report,
    'Minimum improvement',
    settings.minImprovement,
    within(0, 1),
    'a share of the best loss, at least 0 and below 1',
  );
}

type Test = (value: number) => boolean;

const above =
  (bound: number): Test =>
  (value) =>
    value > bound;
const from =
  (bound: number): Test =>
  (value) =>
    value >= bound;
const within =
  (low: number, high: number): Test =>
  (value) =>
    value >= low && value < high;
const integerFrom =
  (bound: number): Test =>
  (value) =>
    Number.isSafeInteger(value) && value >= bound;

function check(report: Report, name: string, value: number, test: Test, must: string): void {
  if (Number.isFinite(value) && test(value)) return;
  report(`${name} is ${show(value)}; it must be ${must}.`);
}

function checkOptional(report: Report, name: string, value: number | undefined, test: Test, must: string): void {
  if (value !== undefined) check(report, name, value, test, must);
}

/** A value as a person would write it; settings may come from a file and be of any type. */
function show(value: unknown): string {
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'missing');
}
