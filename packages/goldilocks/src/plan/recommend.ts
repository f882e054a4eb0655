// Looks up or derives the recommended settings of a base model: the cheat sheet.
import type { LoraSettings, ScheduleSettings } from '@goldilocks/trainer';
import { prior, type Sourced } from './evidence.js';
import {
  common,
  encoderRateBySize,
  encoders,
  type Method,
  type ModelRow,
  models,
  rateBySize,
  rateBySizeSource,
} from './recommended.js';

/** What the plan must know of a base model. */
export interface ModelFacts {
  /** Directory name or Hub id. */
  name: string;
  parameters: number;
  layers: number;
  hiddenSize: number;
  vocabSize: number;
  /** Longest input in tokens. */
  maxPositions?: number;
  /** It classifies texts and writes none. */
  isEncoder?: boolean;
}

export interface Recommendation {
  /** The row of the table it came from; absent for a model the table doesn't know. */
  knownAs?: string;
  method: Sourced<Method>;
  learningRate: Sourced<number>;
  batchSize: Sourced<number>;
  epochs: Sourced<number>;
  dropout: Sourced<number>;
  weightDecay: Sourced<number>;
  schedule: Sourced<ScheduleSettings>;
  /** Number of the lowest layers to freeze. */
  frozenLayers: Sourced<number>;
  lora: Sourced<LoraSettings>;
  patience: Sourced<number>;
}

/** A model of this many weights or fewer is trained whole unless told otherwise. */
const tinyModel = 50e6;

const normalise = (name: string) => name.toLowerCase().replace(/[_\s]+/g, '-');

const similarSize = (row: ModelRow, parameters: number) =>
  parameters <= 0 || (row.parameters / parameters < 1.5 && parameters / row.parameters < 1.5);

/** The table's row for a model: by its name (the size must agree), else by its shape. */
export function findModel(model: ModelFacts): ModelRow | undefined {
  const name = normalise(model.name);
  const known = model.isEncoder ? encoders : models;
  const named = known.find((row) => row.pattern.test(name) && similarSize(row, model.parameters));
  if (named) return named;
  return known
    .filter((row) => row.shape.layers === model.layers && row.shape.hiddenSize === model.hiddenSize)
    .filter((row) => similarSize(row, model.parameters))
    .sort((a, b) => Math.abs(a.parameters - model.parameters) - Math.abs(b.parameters - model.parameters))[0];
}

/** Interpolates the recommended rate between models of known size, on logarithmic axes; constant beyond the ends. */
export function learningRateForSize(parameters: number, method: Method, rates = rateBySize): number {
  const points = rates[method];
  const first = points[0]!;
  const last = points[points.length - 1]!;
  if (parameters <= first[0]) return first[1];
  if (parameters >= last[0]) return last[1];
  const upper = points.findIndex(([size]) => size >= parameters);
  const [sizeA, rateA] = points[upper - 1]!;
  const [sizeB, rateB] = points[upper]!;
  const share = Math.log(parameters / sizeA) / Math.log(sizeB / sizeA);
  return Number((rateA * (rateB / rateA) ** share).toPrecision(2));
}

/**
 * Epochs for a number of training examples, by the rule of the OpenAI cookbook: its target of 3, or the model's own; more for
 * few examples (at least 100 examples seen, at most 25 epochs), fewer for many (at most 25,000 examples seen, at least 1 epoch).
 */
export function epochsForExamples(examples: number, target = 3): number {
  if (examples * target < 100) return Math.min(25, Math.max(target, Math.floor(100 / Math.max(1, examples))));
  if (examples * target > 25_000) return Math.max(1, Math.floor(25_000 / examples));
  return target;
}

/** For models that the table doesn't know. */
const methodFor = ({ parameters, isEncoder }: ModelFacts): Sourced<Method> => {
  if (isEncoder) return encoders[0]!.method;
  return parameters <= tinyModel
    ? prior('full', 'so few weights are cheap to train, as measured on goldilocks-base')
    : prior('lora', 'as for the known models of this size');
};

/**
 * Recommended settings of a base model, each with its source. Models that the table doesn't know get the rate of
 * their size, marked as a prior.
 */
export function recommend(model: ModelFacts, wanted?: Method): Recommendation {
  const row = findModel(model);
  const method = wanted
    ? { value: wanted, source: 'as asked', evidence: 'prior' as const }
    : (row?.method ?? methodFor(model));
  const rates = model.isEncoder ? encoderRateBySize : rateBySize;
  const rate = row?.learningRate[method.value];
  return {
    knownAs: row?.name,
    method,
    learningRate: rate ?? prior(learningRateForSize(model.parameters, method.value, rates), rateBySizeSource),
    batchSize: common.batchSize[method.value],
    epochs: row?.epochs ?? common.epochs,
    dropout: common.dropout,
    weightDecay: common.weightDecay,
    schedule: common.schedule,
    frozenLayers: common.frozenLayers,
    lora: common.lora,
    patience: common.patience,
  };
}

/** One line of the cheat sheet. */
export interface CheatSheetRow {
  name: string;
  parameters: number;
  layers: number;
  hiddenSize: number;
  method: Sourced<Method>;
  full: Recommendation;
  lora: Recommendation;
}

/** The cheat sheet: every known base model with its recommended settings and their sources. */
export function listModels(): CheatSheetRow[] {
  return [...models, ...encoders].map((row) => {
    const isEncoder = encoders.includes(row);
    const facts = { name: row.name, parameters: row.parameters, ...row.shape, vocabSize: 0, isEncoder };
    return {
      name: row.name,
      parameters: row.parameters,
      ...row.shape,
      method: row.method,
      full: recommend(facts, 'full'),
      lora: recommend(facts, 'lora'),
    };
  });
}
