// Which tensors a run trains, and with what rate.
import { loraShapes } from '../adapters/lora.js';
import type { LlamaConfig } from '../models/config.js';
import { embeddingName, layerOf } from '../models/llama.js';
import type { TrainingSettings } from '../settings.js';

export interface TrainableTensor {
  name: string;
  shape: readonly number[];
  /** Weight decay applies: matrices, not norms and biases. */
  decay: boolean;
  /** Its rate as a share of the run's (layer-wise rates). */
  rateScale: number;
}

/** In gradual unfreezing the trainable layers are freed in this many groups, from the top. */
const unfreezeGroups = 4;

/** The lowest layer that trains at an epoch (fractional): all above train too. */
export function lowestTrainableLayer({ freezing }: TrainingSettings, layers: number, epoch: number): number {
  if (freezing.unfreeze !== 'gradual') return freezing.layers;
  const group = Math.max(1, Math.ceil((layers - freezing.layers) / unfreezeGroups));
  const freed = group * (1 + Math.floor(epoch / (freezing.unfreezeEvery ?? 1) + 1e-9));
  return Math.max(freezing.layers, layers - freed);
}

/**
 * The trainable tensors from `lowestLayer` up, in a fixed order.
 * @param shapes shape of every tensor of the base model
 */
export function trainableTensors(
  settings: TrainingSettings,
  config: LlamaConfig,
  shapes: ReadonlyMap<string, readonly number[]>,
  lowestLayer: number,
): TrainableTensor[] {
  const { freezing } = settings;
  const candidates =
    settings.method === 'lora' && settings.lora
      ? [...loraShapes(settings.lora, config, lowestLayer)]
      : [...shapes].filter(([name]) => trainsInFull(name, settings, config, lowestLayer));
  return candidates
    .filter(([name]) => !freezing.tensors?.some((pattern) => matches(pattern, name)))
    .map(([name, shape]) => ({
      name,
      shape,
      decay: shape.length > 1,
      rateScale: (freezing.layerwiseDecay ?? 1) ** depthFromTop(name, config),
    }));
}

function trainsInFull(name: string, { freezing }: TrainingSettings, config: LlamaConfig, lowestLayer: number): boolean {
  if (name === embeddingName) return lowestLayer === 0 && !freezing.embeddings;
  const layer = layerOf(name);
  if (layer !== undefined) return layer >= lowestLayer;
  return name !== 'lm_head.weight' || !config.tieWordEmbeddings;
}

function depthFromTop(name: string, config: LlamaConfig): number {
  if (name === embeddingName) return config.layers;
  const layer = layerOf(name);
  return layer === undefined ? 0 : config.layers - 1 - layer;
}

/** Globs with `*` for any characters; an adapter also answers to its layer's name. */
function matches(pattern: string, name: string): boolean {
  const expression = new RegExp(`^${pattern.split('*').map(escapeExpression).join('.*')}$`);
  return expression.test(name) || expression.test(name.replace(/\.lora_[AB]\.weight$/, '.weight'));
}

const escapeExpression = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
