// Flags for the hyperparameters: what is given is used as it is, neither adjusted nor searched.
import type { FreezingSettings, LoraSettings, LoraTarget, ScheduleName, ScheduleSettings } from '@goldilocks/trainer';
import { type Command, InvalidArgumentError } from 'commander';
import type { UserSettings } from '../../plan/user-settings.js';
import { choice, count, names, number, positive, share } from '../values.js';
import { defined } from './defined.js';
import { addTrainingFlags, type TrainingFlags, trainingSettings } from './training-flags.js';

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
const targets = [
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
] as const satisfies readonly LoraTarget[];

export interface HyperparameterFlags extends TrainingFlags {
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
}

export function addHyperparameterFlags(command: Command): Command {
  const upToOne = number('a number above 0 and up to 1, such as 0.9', (value) => value > 0 && value <= 1);
  command
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
    .option('--dora', "train each adapted layer's magnitudes too (DoRA)");
  return addTrainingFlags(command);
}

function someTargets(text: string): LoraTarget[] {
  const given = names(text);
  if (given.every((name): name is LoraTarget => targets.some((target) => target === name))) return given;
  throw new InvalidArgumentError(`They must be some of ${targets.join(',')}.`);
}

/** Only what was given, so that nothing else counts as fixed. */
export function userSettings(flags: HyperparameterFlags): UserSettings | undefined {
  const { learningRate, batchSize, epochs, dropout, weightDecay } = flags;
  return defined<UserSettings>({
    ...{ learningRate, batchSize, epochs, dropout, weightDecay },
    schedule: scheduleOf(flags),
    freezing: freezingOf(flags),
    lora: loraOf(flags),
    ...trainingSettings(flags),
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
