// Flags for the hyperparameters: what is given is used as it is, neither adjusted nor searched.
import { resolve } from 'node:path';
import type {
  BasePrecision,
  DeviceChoice,
  FreezingSettings,
  LoraSettings,
  LoraTarget,
  OptimizerName,
  OptimizerSettings,
  ReplaySettings,
  ScheduleName,
  ScheduleSettings,
} from '@goldilocks/trainer';
import { type Command, InvalidArgumentError } from 'commander';
import type { UserSettings } from '../../plan/user-settings.js';
import { choice, count, innerShare, names, number, positive, share } from '../values.js';

// Written out, as loading the schemas would slow every start.
const schedules = [
  'constant',
  'linear',
  'cosine',
  'cosine-restarts',
  'polynomial',
  'inverse-sqrt',
  'warmup-stable-decay',
] as const satisfies readonly ScheduleName[];
const optimizers = [
  'adamw',
  'adamw-8bit',
  'sgd',
  'lion',
  'adafactor',
  'muon',
] as const satisfies readonly OptimizerName[];
const devices = ['cpu', 'webgpu', 'auto'] as const satisfies readonly DeviceChoice[];
const targets = [
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
] as const satisfies readonly LoraTarget[];

const precisions = ['f32', 'bf16', '8bit', '4bit'] as const satisfies readonly BasePrecision[];

export interface HyperparameterFlags {
  learningRate?: number;
  batchSize?: number;
  epochs?: number;
  dropout?: number;
  weightDecay?: number;
  schedule?: ScheduleName;
  warmup?: number;
  scheduleFloor?: number;
  scheduleCycles?: number;
  schedulePower?: number;
  scheduleDecay?: number;
  frozenLayers?: number;
  unfreeze?: 'none' | 'gradual';
  unfreezeEvery?: number;
  freezeTensors?: string[];
  layerwiseDecay?: number;
  loraRank?: number;
  loraAlpha?: number;
  loraTargets?: LoraTarget[];
  rslora?: boolean;
  dora?: boolean;
  optimizer?: OptimizerName;
  momentum?: number;
  nesterov?: boolean;
  labelSmoothing?: number;
  neftune?: number;
  replay?: number;
  replayText?: string;
  basePrecision?: BasePrecision;
  maxLength?: number;
  microBatchTokens?: number;
  gradientCheckpointing?: boolean;
  device?: DeviceChoice;
  mixedPrecision?: boolean;
  patience?: number;
}

export function addHyperparameterFlags(command: Command): Command {
  const upToOne = number('a number above 0 and up to 1, such as 0.9', (value) => value > 0 && value <= 1);
  return command
    .optionsGroup('Hyperparameters (given ones are fixed):')
    .option('--learning-rate <rate>', 'peak learning rate', positive('2e-4'))
    .option('--batch-size <examples>', 'examples per update', count(1, '16'))
    .option('--epochs <epochs>', 'passes over the training examples, also fractional', positive('3'))
    .option('--dropout <share>', 'dropout', share('0.1'))
    .option(
      '--weight-decay <decay>',
      'weight decay',
      number('a number from 0, such as 0.01', (value) => value >= 0),
    )
    .option('--schedule <name>', `learning-rate schedule: ${schedules.join(', ')}`, choice(schedules))
    .option('--warmup <share>', 'share of the steps in which the rate rises', share('0.05'))
    .option('--schedule-floor <share>', 'lowest rate, as a share of the peak', share('0.1'))
    .option('--schedule-cycles <count>', 'cycles of cosine-restarts', count(1, '3'))
    .option('--schedule-power <power>', 'exponent of polynomial', positive('2'))
    .option('--schedule-decay <share>', 'share of the steps in which warmup-stable-decay decays', upToOne)
    .option('--frozen-layers <count>', 'how many of the lowest layers stay as they are', count(0, '2'))
    .option('--unfreeze <how>', 'none, or gradual: layers join from the top', choice(['none', 'gradual']))
    .option('--unfreeze-every <epochs>', 'epochs between two layers that join', positive('1'))
    .option('--freeze-tensors <names>', "further tensors to freeze, by name or glob: 'model.layers.*.mlp.*'", names)
    .option('--layerwise-decay <factor>', "each layer's rate as a share of the one above", upToOne)
    .option('--lora-rank <rank>', 'rank of the adapters', count(1, '16'))
    .option('--lora-alpha <alpha>', 'scale of the adapters', positive('32'))
    .option('--lora-targets <names>', `layers with adapters: some of ${targets.join(',')}`, someTargets)
    .option('--rslora', 'scale adapters by the root of their rank')
    .option('--dora', "train each adapted layer's magnitudes too (DoRA)")
    .option('--optimizer <name>', `${optimizers.join(', ')} (default: adamw)`, choice(optimizers))
    .option('--momentum <share>', 'momentum of sgd (default: 0.9) or muon (default: 0.95)', share('0.9'))
    .option('--nesterov', "Nesterov's momentum in sgd; muon has it anyway")
    .option('--label-smoothing <share>', 'share of each target that is spread over all tokens', share('0.1'))
    .option('--neftune <alpha>', 'noise on embeddings while training (NEFTune), usually 5 to 15', positive('5'))
    .option('--base-precision <precision>', `of frozen layers: ${precisions.join(', ')}`, choice(precisions))
    .option('--replay <share>', 'share of the loss for reference text, against forgetting', innerShare('0.1'))
    .option('--replay-text <file>', "plain text to replay (default: the base model's own)", (path) => resolve(path))
    .option('--max-length <tokens>', 'longest example; longer ones are cut', count(2, '256'))
    .option('--micro-batch-tokens <tokens>', 'tokens computed at once: less needs less memory', count(1, '512'))
    .option('--gradient-checkpointing', 'compute layers again in the backward pass: less memory, more time')
    .option('--device <device>', 'cpu (default), webgpu (a GPU), or auto: the faster one', choice(devices))
    .option('--mixed-precision', 'on a GPU, matrix products in 16 bits')
    .option('--patience <count>', 'measurements without improvement before stopping; 0 never stops', count(0, '4'));
}

function someTargets(text: string): LoraTarget[] {
  const given = names(text);
  if (given.every((name): name is LoraTarget => targets.some((target) => target === name))) return given;
  throw new InvalidArgumentError(`They must be some of ${targets.join(',')}.`);
}

/** Only what was given, so that nothing else counts as fixed. */
export function userSettings(flags: HyperparameterFlags): UserSettings | undefined {
  const { learningRate, batchSize, epochs, dropout, weightDecay, maxLength, patience } = flags;
  const { basePrecision, microBatchTokens, gradientCheckpointing, device, mixedPrecision } = flags;
  return defined<UserSettings>({
    ...{ learningRate, batchSize, epochs, dropout, weightDecay, maxLength, patience },
    ...{ basePrecision, microBatchTokens, gradientCheckpointing, device, mixedPrecision },
    schedule: scheduleOf(flags),
    freezing: freezingOf(flags),
    lora: loraOf(flags),
    optimizer: optimizerOf(flags),
    labelSmoothing: flags.labelSmoothing,
    replay: defined<ReplaySettings>({ share: flags.replay, text: flags.replayText }),
    neftune: flags.neftune,
  });
}

function scheduleOf(flags: HyperparameterFlags) {
  const { schedule: name, warmup, scheduleFloor: floor, scheduleCycles: cycles } = flags;
  const { schedulePower: power, scheduleDecay: decay } = flags;
  return defined<ScheduleSettings>({ name, warmup, floor, cycles, power, decay });
}

function freezingOf(flags: HyperparameterFlags) {
  const { frozenLayers: layers, unfreeze, unfreezeEvery, freezeTensors: tensors, layerwiseDecay } = flags;
  return defined<FreezingSettings>({ layers, unfreeze, unfreezeEvery, tensors, layerwiseDecay });
}

function loraOf({ loraRank: rank, loraAlpha: alpha, loraTargets, rslora: rankStabilized, dora }: HyperparameterFlags) {
  return defined<LoraSettings>({ rank, alpha, targets: loraTargets, rankStabilized, dora });
}

function optimizerOf({ optimizer: name, momentum, nesterov }: HyperparameterFlags) {
  return defined<OptimizerSettings>({ name, momentum, nesterov });
}

function defined<Value extends object>(value: Partial<Value>): Partial<Value> | undefined {
  const given = Object.entries(value).filter(([, each]) => each !== undefined);
  return given.length === 0 ? undefined : (Object.fromEntries(given) as Partial<Value>);
}
