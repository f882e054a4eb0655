/**
 * Functions shaped like the validation loss of fine-tuning over seven hyperparameters, with noise as seeds make it.
 * Shapes are those published: a flat valley in the logarithm of the rate that ends in a cliff; the best rate grows with the root
 * of the batch and falls with longer training; over-fitting with epochs, held back by dropout and weight decay; few parameters
 * matter; runs at high rates fail now and then (Mosbach et al., arXiv:2006.04884; Dodge et al., arXiv:2002.06305).
 */

import { categorical, float, int } from '@goldilocks/study';

const SCHEDULES = ['constant', 'linear', 'cosine', 'polynomial'];

const spaceOf = ({ rates, batches, epochs, layers }) => ({
  learning_rate: float(...rates, { log: true }),
  batch_size: categorical(batches),
  epochs: int(1, epochs),
  dropout: float(0, 0.5, { step: 0.05 }),
  weight_decay: float(0, 0.3),
  schedule: categorical(SCHEDULES),
  frozen_layers: int(0, layers),
});

/** A function that is about 0 below 0, then rises with slope 1. */
const softplus = (x, sharpness) => Math.log1p(Math.exp(sharpness * x)) / sharpness;

/**
 * @param {object} shape `best`: log10 of the best rate at 16 examples a batch and the usual epochs; `start`: the loss before
 *   training; `end`: the loss that the best setting approaches; `need`: how far training must go
 */
function lossOf(shape) {
  const { best, usualEpochs, start, end, need, cliff, overfit, schedules, depth, frozenCost, decay } = shape;
  return (p) => {
    const rate = Math.log10(p.learning_rate);
    const share = p.frozen_layers / depth;
    const bestRate =
      best + 0.5 * Math.log10(p.batch_size / 16) - 0.4 * Math.log10(p.epochs / usualEpochs) + 0.3 * share;
    const scheduled = { constant: 1, linear: 0.55, cosine: 0.6, polynomial: 0.45 }[p.schedule];
    // How far a run gets: rate × steps, less when less can move.
    const reach =
      need * 10 ** (0.8 * (rate - best)) * (p.epochs / usualEpochs) * (16 / p.batch_size) ** 0.6 * scheduled;
    const learned = (1 - Math.exp(-reach)) * (1 - frozenCost * Math.max(0, share - 0.4) ** 2);
    const beyond = softplus(rate - bestRate - cliff, 6);
    const memorised = Math.max(0, Math.log2(reach / need) - 0.3) * (1 - 0.5 * share);
    const held = 1 - 0.9 * Math.min(1, p.dropout / 0.2) * 0.5 - 0.3 * Math.min(1, p.weight_decay / 0.1);
    const damped = 0.35 * Math.max(0, p.dropout - 0.2) + decay * (p.weight_decay - 0.08) ** 2;
    const settled = schedules[p.schedule] * (1 + Math.max(0, rate - bestRate));
    const loss =
      end + (start - end) * (1 - learned) + overfit * memorised * held + damped + settled + 0.9 * beyond ** 1.5;
    return Math.min(loss, 1.3 * start);
  };
}

/** Differences between seeds grow towards the cliff, where a run fails now and then and stays at the loss it began with. */
function noiseOf({ best, noise, failures, start }) {
  return (p, random) => {
    const edge = Math.max(0, Math.log10(p.learning_rate) - best - 0.2);
    const normal = Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
    return random.uniform() < failures * edge ? 0.5 * start : noise * (1 + 2 * edge) * normal;
  };
}

function fineTuning(name, shape) {
  return {
    name,
    group: 'fine-tuning',
    space: spaceOf(shape),
    default: shape.default,
    truth: lossOf(shape),
    noise: noiseOf(shape),
  };
}

const common = { usualEpochs: 3, schedules: { constant: 0.03, linear: 0, cosine: 0.004, polynomial: 0.008 } };

export const fineTunings = [
  // A small encoder on a few thousand labelled sentences: seeds differ much, runs fail.
  fineTuning('tune-classifier', {
    ...common,
    rates: [1e-6, 1e-3],
    batches: [8, 16, 32, 64],
    epochs: 10,
    layers: 12,
    depth: 12,
    best: -4.5,
    cliff: 0.35,
    start: 0.69,
    end: 0.28,
    need: 5,
    overfit: 0.1,
    frozenCost: 0.5,
    decay: 0.3,
    noise: 0.012,
    failures: 0.25,
    default: {
      learning_rate: 2e-5,
      batch_size: 32,
      epochs: 3,
      dropout: 0.1,
      weight_decay: 0,
      schedule: 'linear',
      frozen_layers: 0,
    },
  }),
  // Adapters on a language model: a wide valley, little noise, the default not far off.
  fineTuning('tune-lora', {
    ...common,
    rates: [1e-5, 1e-2],
    batches: [4, 8, 16, 32],
    epochs: 6,
    layers: 24,
    depth: 24,
    best: -3.3,
    cliff: 0.6,
    start: 2.2,
    end: 1.31,
    need: 7,
    overfit: 0.12,
    frozenCost: 0.8,
    decay: 0.2,
    noise: 0.006,
    failures: 0.05,
    default: {
      learning_rate: 2e-4,
      batch_size: 16,
      epochs: 3,
      dropout: 0.05,
      weight_decay: 0,
      schedule: 'cosine',
      frozen_layers: 0,
    },
  }),
  // Every weight of a small model on little data: over-fits quickly, a narrow valley, freezing helps.
  fineTuning('tune-full', {
    ...common,
    rates: [1e-6, 3e-3],
    batches: [4, 8, 16, 32, 64],
    epochs: 8,
    layers: 30,
    depth: 30,
    best: -4.2,
    cliff: 0.2,
    start: 1.8,
    end: 0.95,
    need: 5,
    overfit: 0.16,
    frozenCost: 0.25,
    decay: 1.5,
    noise: 0.02,
    failures: 0.1,
    default: {
      learning_rate: 2e-5,
      batch_size: 8,
      epochs: 3,
      dropout: 0,
      weight_decay: 0.01,
      schedule: 'linear',
      frozen_layers: 0,
    },
  }),
];
