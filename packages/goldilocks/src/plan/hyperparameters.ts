// The hyperparameters that plan, search and refine speak about, each read from and written to training settings.
import type { ScheduleName, TrainingSettings } from '@goldilocks/trainer';

export type Hyperparameter =
  | 'learningRate'
  | 'batchSize'
  | 'epochs'
  | 'dropout'
  | 'weightDecay'
  | 'schedule'
  | 'warmup'
  | 'frozenLayers'
  | 'unfreeze'
  | 'loraRank'
  | 'patience';

/** The seven that Goldilocks tunes. */
export const theSeven: Hyperparameter[] = [
  'learningRate',
  'batchSize',
  'epochs',
  'dropout',
  'weightDecay',
  'schedule',
  'frozenLayers',
];

/** `frozenLayers` is the share of the layers, from the lowest, in [0, 1]; `schedule` and `unfreeze` are names. */
export type HyperparameterValue = number | string;
export type Parameters = Partial<Record<Hyperparameter, HyperparameterValue>>;

/** The name a person reads. */
export const hyperparameterNames: Record<Hyperparameter, string> = {
  learningRate: 'learning rate',
  batchSize: 'batch size',
  epochs: 'epochs',
  dropout: 'dropout',
  weightDecay: 'weight decay',
  schedule: 'schedule',
  warmup: 'warm-up',
  frozenLayers: 'frozen layers',
  unfreeze: 'unfreezing',
  loraRank: 'LoRA rank',
  patience: 'patience',
};

const shareGrid = [0, 0.25, 0.5, 0.75, 1];

/** Layers that a share stands for, halves rounded down; at least one stays trainable unless all are to be frozen. */
export function layersOfShare(share: number, layers: number): number {
  const count = Math.max(0, Math.ceil(share * layers - 0.5));
  return share < 1 ? Math.min(count, layers - 1) : count;
}

/** The share that stands for a number of layers: a quarter's multiple where that gives the same number. */
export function shareOfLayers(count: number, layers: number): number {
  return shareGrid.find((share) => layersOfShare(share, layers) === count) ?? count / layers;
}

interface Accessor {
  read(settings: TrainingSettings, layers: number): HyperparameterValue | undefined;
  write(settings: TrainingSettings, value: HyperparameterValue, layers: number): TrainingSettings;
}

type NumberKey = 'learningRate' | 'batchSize' | 'epochs' | 'dropout' | 'weightDecay' | 'patience';

const plain = (key: NumberKey): Accessor => ({
  read: (settings) => settings[key],
  write: (settings, value) => ({ ...settings, [key]: Number(value) }),
});

const accessors: Record<Hyperparameter, Accessor> = {
  learningRate: plain('learningRate'),
  batchSize: plain('batchSize'),
  epochs: plain('epochs'),
  dropout: plain('dropout'),
  weightDecay: plain('weightDecay'),
  patience: plain('patience'),
  schedule: {
    read: (settings) => settings.schedule.name,
    write: (settings, value) => ({ ...settings, schedule: { ...settings.schedule, name: value as ScheduleName } }),
  },
  warmup: {
    read: (settings) => settings.schedule.warmup,
    write: (settings, value) => ({ ...settings, schedule: { ...settings.schedule, warmup: Number(value) } }),
  },
  frozenLayers: {
    read: (settings, layers) => shareOfLayers(settings.freezing.layers, layers),
    write: (settings, value, layers) => {
      const count = layersOfShare(Number(value), layers);
      const embeddings =
        count > 0 || settings.method === 'lora' || (settings.freezing.layers === 0 && settings.freezing.embeddings);
      return { ...settings, freezing: { ...settings.freezing, layers: count, embeddings } };
    },
  },
  unfreeze: {
    read: (settings) => settings.freezing.unfreeze ?? 'none',
    write: (settings, value) => ({
      ...settings,
      freezing: { ...settings.freezing, unfreeze: value as 'none' | 'gradual' },
    }),
  },
  loraRank: {
    read: (settings) => settings.lora?.rank,
    write: (settings, value) =>
      settings.lora ? { ...settings, lora: { ...settings.lora, rank: Number(value) } } : settings,
  },
};

/** The value of a hyperparameter; undefined for the LoRA rank of full fine-tuning. */
export function readHyperparameter(
  settings: TrainingSettings,
  name: Hyperparameter,
  layers: number,
): HyperparameterValue | undefined {
  return accessors[name].read(settings, layers);
}

/** Settings with one hyperparameter changed; the given ones stay as they are. */
export function writeHyperparameter(
  settings: TrainingSettings,
  name: Hyperparameter,
  value: HyperparameterValue,
  layers: number,
): TrainingSettings {
  return accessors[name].write(settings, value, layers);
}

const percent = (share: number) => `${Number((share * 100).toFixed(1))} %`;

/** A value as a person reads it: `2e-4`, `3 %`, `7 of 30 layers`. */
export function formatValue(name: Hyperparameter, value: HyperparameterValue, layers?: number): string {
  if (typeof value === 'string') return value;
  if (name === 'learningRate')
    return value
      .toExponential(2)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e');
  if (name === 'warmup') return percent(value);
  if (name === 'frozenLayers') {
    return layers === undefined ? percent(value) : `${layersOfShare(value, layers)} of ${layers} layers`;
  }
  return String(Number(value.toPrecision(3)));
}
