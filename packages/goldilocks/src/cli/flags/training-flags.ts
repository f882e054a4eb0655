// Flags of how it is trained, beside the hyperparameters: what is given holds for every run.
import { resolve } from 'node:path';
import type {
  BasePrecision,
  DeviceChoice,
  OptimizerName,
  OptimizerSettings,
  ReplaySettings,
} from '@goldilocks/trainer';
import type { Command } from 'commander';
import type { UserSettings } from '../../plan/user-settings.js';
import { choice, count, innerShare, positive, share } from '../values.js';
import { defined } from './defined.js';

// Written out, as loading the schemas would slow every start.
const optimizers = [
  'adamw',
  'adamw-8bit',
  'sgd',
  'lion',
  'adafactor',
  'muon',
] as const satisfies readonly OptimizerName[];
const devices = ['cpu', 'webgpu', 'auto'] as const satisfies readonly DeviceChoice[];
const precisions = ['f32', 'bf16', '8bit', '4bit'] as const satisfies readonly BasePrecision[];

export interface TrainingFlags {
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

export function addTrainingFlags(command: Command): Command {
  return command
    .optionsGroup('Training (given for all runs):')
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

export function trainingSettings(flags: TrainingFlags): UserSettings {
  const { labelSmoothing, neftune, maxLength, patience } = flags;
  const { basePrecision, microBatchTokens, gradientCheckpointing, device, mixedPrecision } = flags;
  return {
    ...{ labelSmoothing, neftune, maxLength, patience },
    ...{ basePrecision, microBatchTokens, gradientCheckpointing, device, mixedPrecision },
    optimizer: optimizerOf(flags),
    replay: defined<ReplaySettings>({ share: flags.replay, text: flags.replayText }),
  };
}

function optimizerOf({ optimizer: name, momentum, nesterov }: TrainingFlags) {
  return defined<OptimizerSettings>({ name, momentum, nesterov });
}
