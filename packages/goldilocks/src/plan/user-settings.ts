// What the person fixed by flags: checked, laid over the recommended settings, and named as fixed.
import type {
  FreezingSettings,
  LoraSettings,
  OptimizerSettings,
  ReplaySettings,
  ScheduleSettings,
  TrainingSettings,
} from '@goldilocks/trainer';
import { UserError } from '../errors.js';
import type { Hyperparameter } from './hyperparameters.js';

/** Any part of the training settings; what is given is fixed for the whole search. */
export type UserSettings = Partial<
  Omit<TrainingSettings, 'schedule' | 'freezing' | 'lora' | 'optimizer' | 'replay' | 'method'>
> & {
  schedule?: Partial<ScheduleSettings>;
  freezing?: Partial<FreezingSettings>;
  lora?: Partial<LoraSettings>;
  optimizer?: Partial<OptimizerSettings>;
  replay?: Partial<ReplaySettings>;
};

interface Check {
  name: string;
  value: number | undefined;
  valid: (value: number) => boolean;
  expected: string;
}

function checksOf(user: UserSettings, layers: number): Check[] {
  const positive = (value: number) => value > 0;
  const count = (value: number) => Number.isInteger(value) && value >= 1;
  const share = (value: number) => value >= 0 && value < 1;
  return [
    { name: 'learning rate', value: user.learningRate, valid: positive, expected: 'a number above 0, such as 2e-4' },
    { name: 'batch size', value: user.batchSize, valid: count, expected: 'a whole number from 1, such as 16' },
    { name: 'number of epochs', value: user.epochs, valid: positive, expected: 'a number above 0, such as 3 or 0.5' },
    { name: 'dropout', value: user.dropout, valid: share, expected: 'a number from 0 to below 1, such as 0.1' },
    { name: 'weight decay', value: user.weightDecay, valid: (v) => v >= 0, expected: 'a number from 0, such as 0.01' },
    { name: 'warm-up', value: user.schedule?.warmup, valid: share, expected: 'a share of all steps from 0 to below 1' },
    {
      name: 'number of frozen layers',
      value: user.freezing?.layers,
      valid: (value) => Number.isInteger(value) && value >= 0 && value <= layers,
      expected: `a whole number from 0 to ${layers}, the layers of this model`,
    },
    {
      name: 'layer-wise decay',
      value: user.freezing?.layerwiseDecay,
      valid: (value) => value > 0 && value <= 1,
      expected: 'a number above 0 and up to 1',
    },
    { name: 'label smoothing', value: user.labelSmoothing, valid: share, expected: 'a share from 0 to below 1' },
    { name: 'NEFTune alpha', value: user.neftune, valid: (v) => v >= 0, expected: 'a number from 0, such as 5' },
    {
      name: 'momentum',
      value: user.optimizer?.momentum,
      valid: share,
      expected: 'a number from 0 to below 1, such as 0.9',
    },
    { name: 'LoRA rank', value: user.lora?.rank, valid: count, expected: 'a whole number from 1, such as 16' },
    { name: 'LoRA alpha', value: user.lora?.alpha, valid: positive, expected: 'a number above 0, such as 32' },
    {
      name: 'longest example',
      value: user.maxLength,
      valid: (v) => count(v) && v >= 2,
      expected: 'a whole number of tokens from 2',
    },
    {
      name: 'patience',
      value: user.patience,
      valid: (v) => Number.isInteger(v) && v >= 0,
      expected: 'a whole number from 0',
    },
  ];
}

/** @throws UserError for the first value outside its range, with the range. */
export function checkUserSettings(user: UserSettings, layers: number): void {
  for (const { name, value, valid, expected } of checksOf(user, layers)) {
    if (value !== undefined && !(Number.isFinite(value) && valid(value))) {
      throw new UserError(`The ${name} is ${value}, but must be ${expected}.`);
    }
  }
  checkTogether(user);
}

/** Whether options of training go with one another. */
function checkTogether({ optimizer, device = 'cpu', mixedPrecision, replay }: UserSettings): void {
  const { name = 'adamw', momentum, nesterov } = optimizer ?? {};
  const isTold = momentum !== undefined || nesterov !== undefined;
  if (isTold && name !== 'sgd' && name !== 'muon') {
    throw new UserError(
      `The optimizer ${name} has no momentum to set: it is for --optimizer sgd and --optimizer muon.`,
    );
  }
  if (replay && !(replay.share! > 0 && replay.share! < 1)) {
    throw new UserError(
      `The share of replay is ${replay.share ?? 'missing'}; give one between 0 and 1, such as --replay 0.1.`,
    );
  }
  if (device === 'webgpu' && name !== 'adamw') {
    throw new UserError(`The optimizer ${name} does not run on a GPU: leave out --device webgpu, or take adamw.`);
  }
  if (mixedPrecision && device === 'cpu') {
    throw new UserError('--mixed-precision is for a GPU: say --device webgpu or --device auto as well.');
  }
}

/** Embeddings lie below every layer: they are frozen with the first. */
const withEmbeddings = (freezing: FreezingSettings): FreezingSettings =>
  freezing.layers > 0 ? { ...freezing, embeddings: true } : freezing;

/** Momentum alone is the default optimizer's, which has none: the sentence says so. */
const optimizerOf = (settings: TrainingSettings, user: UserSettings) =>
  user.optimizer && { optimizer: { name: 'adamw' as const, ...settings.optimizer, ...user.optimizer } };

/** Lays the person's settings over others. */
export function mergeUserSettings(settings: TrainingSettings, user: UserSettings): TrainingSettings {
  const defined = Object.fromEntries(Object.entries(user).filter(([, value]) => value !== undefined));
  return {
    ...settings,
    ...defined,
    schedule: { ...settings.schedule, ...user.schedule },
    freezing: withEmbeddings({ ...settings.freezing, ...user.freezing }),
    lora: settings.lora && { ...settings.lora, ...user.lora },
    ...optimizerOf(settings, user),
    // Checked to have a share.
    ...(user.replay && { replay: user.replay as ReplaySettings }),
  };
}

/** The hyperparameters that the person fixed. */
export function fixedByUser(user: UserSettings): Set<Hyperparameter> {
  const given: [Hyperparameter, unknown][] = [
    ['learningRate', user.learningRate],
    ['batchSize', user.batchSize],
    ['epochs', user.epochs],
    ['dropout', user.dropout],
    ['weightDecay', user.weightDecay],
    ['patience', user.patience],
    ['schedule', user.schedule?.name],
    ['warmup', user.schedule?.warmup],
    ['frozenLayers', user.freezing?.layers],
    ['unfreeze', user.freezing?.unfreeze],
    ['loraRank', user.lora?.rank],
  ];
  return new Set(given.filter(([, value]) => value !== undefined).map(([name]) => name));
}
