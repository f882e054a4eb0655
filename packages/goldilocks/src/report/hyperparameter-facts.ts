// What the report knows of each of the seven hyperparameters before any trial: its name for people, what it does, its limits.
import type { HyperparameterName, ParamValue, Scale, TrainingSettings } from '@goldilocks/protocol';
import { percent, plain } from './numbers.js';

export interface HyperparameterFacts {
  title: string;
  explanation: string;
  scale: Scale;
  unit: string;
  /**
   * How large its effect typically is, as a share of the spread of a search's losses: a prior only, wide, and judged
   * on simulated studies (docs/decisions.md). That the rate matters most is old (1206.5533, §3).
   */
  typicalEffect: number;
  leastPossible?: number;
  /** Depends on the base model's number of layers. */
  mostPossible?: (layers: number) => number;
  read: (settings: TrainingSettings) => ParamValue;
  /** What else belongs to the setting. */
  note: (settings: TrainingSettings) => string;
}

/** The same of searched settings beside the seven. */
export const typicalEffectBeside: Record<string, number | undefined> = { warmup: 0.15, unfreeze: 0.2 };

const nothing = () => '';

export const hyperparameterFacts: Record<HyperparameterName, HyperparameterFacts> = {
  learningRate: {
    title: 'Learning rate',
    explanation:
      'How far each step moves the weights: too little learns nothing in time, too much wrecks what is known.',
    scale: 'log',
    typicalEffect: 0.6,
    unit: '',
    read: (settings) => settings.learningRate,
    note: nothing,
  },
  batchSize: {
    title: 'Batch size',
    explanation:
      'How many examples each step averages over: small is noisy but takes many steps, large is smooth but few.',
    scale: 'log',
    typicalEffect: 0.3,
    unit: 'examples',
    leastPossible: 1,
    read: (settings) => settings.batchSize,
    note: nothing,
  },
  epochs: {
    title: 'Epochs',
    explanation: 'How often the training data are gone through: too few underfits, too many learns them by heart.',
    scale: 'linear',
    typicalEffect: 0.4,
    unit: '',
    read: (settings) => settings.epochs,
    note: (settings) =>
      settings.patience > 0 ? `stops after ${settings.patience} measurements without a gain; the best is kept` : '',
  },
  dropout: {
    title: 'Dropout',
    explanation: 'The share of signals switched off at random while training, so that no single one is relied upon.',
    scale: 'linear',
    typicalEffect: 0.25,
    unit: '',
    leastPossible: 0,
    read: (settings) => settings.dropout,
    note: nothing,
  },
  weightDecay: {
    title: 'Weight decay',
    explanation: 'How strongly weights are pulled towards zero, against overfitting.',
    scale: 'linear',
    typicalEffect: 0.12,
    unit: '',
    leastPossible: 0,
    read: (settings) => settings.weightDecay,
    note: nothing,
  },
  schedule: {
    title: 'Schedule',
    explanation: 'How the learning rate rises at the start and falls towards the end.',
    scale: 'choice',
    typicalEffect: 0.25,
    unit: '',
    read: (settings) => settings.schedule.name,
    note: scheduleNote,
  },
  frozenLayers: {
    title: 'Frozen layers',
    explanation:
      'How many of the lowest layers stay as they are: they keep what the base model knows, and cost nothing.',
    scale: 'linear',
    typicalEffect: 0.35,
    unit: 'layers',
    leastPossible: 0,
    mostPossible: (layers) => layers,
    read: (settings) => settings.freezing.layers,
    note: freezingNote,
  },
};

function scheduleNote({ schedule }: TrainingSettings): string {
  const parts = [schedule.warmup > 0 ? `warm-up over ${percent(schedule.warmup, 0)} of the steps` : 'no warm-up'];
  if (schedule.floor) parts.push(`falls to ${percent(schedule.floor, 0)} of the peak`);
  if (schedule.name === 'cosine-restarts' && schedule.cycles) parts.push(`${schedule.cycles} cycles`);
  if (schedule.name === 'polynomial' && schedule.power) parts.push(`power ${plain(schedule.power)}`);
  if (schedule.decay) parts.push(`decays over the last ${percent(schedule.decay, 0)}`);
  return parts.join(', ');
}

function freezingNote({ freezing, method }: TrainingSettings): string {
  const parts: string[] = [];
  if (freezing.embeddings && method === 'full') parts.push('embeddings frozen too');
  if (freezing.unfreeze === 'gradual') parts.push('unfrozen one group at a time, from the top');
  if ((freezing.layerwiseDecay ?? 1) < 1)
    parts.push(`each layer’s rate is ${plain(freezing.layerwiseDecay!)} × the next higher one’s`);
  if (freezing.tensors?.length) parts.push(`frozen by name: ${freezing.tensors.join(', ')}`);
  return parts.join('; ');
}
