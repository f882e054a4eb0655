// Which tensors a run trains, and with what rate.
import { loraShapes } from '../adapters/lora-tensors.js';
import { weightOfAdapter } from '../adapters/names.js';
import type { Architecture } from '../models/architecture.js';
import type { BaseModel } from '../models/base-model.js';
import type { FedWeights } from '../models/graph-context.js';
import type { Inventory } from '../models/inventory.js';
import type { TrainingSettings } from '../settings.js';

export interface TrainableTensor {
  name: string;
  shape: readonly number[];
  /** A matrix within one of the layers: no embedding table, no class head, no norm or bias. */
  hiddenMatrix: boolean;
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

/** The trainable tensors from `lowestLayer` up, in a fixed order. */
export function trainableTensors(
  settings: TrainingSettings,
  { architecture, inventory, shapes }: Pick<BaseModel, 'architecture' | 'inventory' | 'shapes'>,
  lowestLayer: number,
): TrainableTensor[] {
  const { freezing } = settings;
  const candidates =
    settings.method === 'lora' && settings.lora
      ? [...loraShapes(settings.lora, architecture, inventory, lowestLayer), ...classHead(architecture, inventory)]
      : [...shapes].filter(([name]) => trainsInFull(inventory.depthOf(name), settings, lowestLayer));
  return candidates
    .filter(([name]) => !freezing.tensors?.some((pattern) => matches(pattern, name)))
    .map(([name, shape]) => ({
      name,
      shape,
      hiddenMatrix: shape.length === 2 && isInLayer(inventory.depthOf(name), inventory),
      decay: shape.length > 1,
      rateScale: (freezing.layerwiseDecay ?? 1) ** depthFromTop(name, inventory),
    }));
}

/** Adapters cannot make a class head: what comes after an encoder's layers trains whole. */
function classHead({ task }: Architecture, inventory: Inventory): [string, readonly number[]][] {
  if (task !== 'classification') return [];
  return [...inventory.shapes].filter(([name]) => inventory.depthOf(name) === inventory.layers);
}

function trainsInFull(depth: number, { freezing }: TrainingSettings, lowestLayer: number): boolean {
  return depth < 0 ? lowestLayer === 0 && !freezing.embeddings : depth >= lowestLayer;
}

const isInLayer = (depth: number, { layers }: Inventory): boolean => depth >= 0 && depth < layers;

/** Layers above the one a tensor lies in; what comes after all layers counts with the uppermost. */
const depthFromTop = (name: string, inventory: Inventory): number =>
  Math.max(0, inventory.layers - 1 - inventory.depthOf(name));

/** Globs with `*` for any characters; an adapter also answers to its layer's name. */
function matches(pattern: string, name: string): boolean {
  const expression = new RegExp(`^${pattern.split('*').map(escapeExpression).join('.*')}$`);
  return expression.test(name) || expression.test(weightOfAdapter(name));
}

const escapeExpression = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Layers that come before anything trainable: their output never changes. */
export function prefixDepth(trainable: readonly Pick<TrainableTensor, 'name'>[], inventory: Inventory): number {
  const lowest = Math.min(inventory.layers, ...trainable.map(({ name }) => inventory.depthOf(name)));
  return Math.max(0, lowest);
}

/** Layers that training leaves to the cache: none where embeddings are noisy, as each step's differ. */
export const cachedDepth = (settings: TrainingSettings, trainable: readonly TrainableTensor[], inventory: Inventory) =>
  settings.neftune ? 0 : prefixDepth(trainable, inventory);

/** The graph is fed what trains. */
export function fedWeights({ method, lora }: TrainingSettings, trainable: readonly TrainableTensor[]): FedWeights {
  const shapes = new Map(trainable.map(({ name, shape }) => [name, shape]));
  return { shapes, ...(method === 'lora' && { lora }) };
}
