// How much memory a training process will need, from the graph that it will run.
import { commonRow, roundUp } from '../data/batches.js';
import { type BatchShape, evenChunks, sizesOf } from '../data/segments.js';
import type { Value } from '../graph/graph.js';
import { resolveShape } from '../graph/open-sizes.js';
import type { BaseModel } from '../models/base-model.js';
import { chunksFor } from '../models/chunked-loss.js';
import { buildBatchGraph } from '../models/forward-graph.js';
import type { FedWeights } from '../models/graph-context.js';
import { nodesOnCpu } from '../onnx/encode.js';
import { peakBytes } from '../onnx/peak-bytes.js';
import { runningOrder } from '../onnx/running-order.js';
import { updateRuleOf } from '../optimizers/choose.js';
import { stateElements } from '../optimizers/update-rule.js';
import type { BasePrecision, TrainingSettings } from '../settings.js';
import { sizeOf } from '../tensor/shape.js';
import { CompactWeights } from '../weights/compact-file.js';
import { replayedPieces } from './replay.js';
import { cachedDepth, fedWeights, prefixDepth, trainableTensors } from './trainable.js';

const bytesPerNumber = 4;
/** Node, the runtime's library, tokenizer and data. */
const processBytes = 150e6;
/** In a step with a completion-only loss, about so many tokens predict. */
const completionShare = 1 / 4;

/**
 * Peak memory of a training process in bytes. Mapped weights count once, though each graph that maps them adds them to the resident size.
 * @param shape the largest micro-batch; default: what the settings allow, with a quarter of the tokens predicting where completions count
 * @param stepTokens tokens of the largest step, where known: with several micro-batches their gradients add up in memory of their own
 */
export function estimateMemory(
  base: BaseModel,
  settings: TrainingSettings,
  given: { shape?: BatchShape; stepTokens?: number } = {},
): number {
  const { shape = largestBatch(base, settings), stepTokens = settings.batchSize * longestRow(base, settings) } = given;
  const trainable = trainableTensors(settings, base, settings.freezing.layers);
  const depth = prefixDepth(trainable, base.inventory);
  const fed = fedWeights(settings, trainable);
  const rule = updateRuleOf(settings);
  const numbers = trainable.reduce((sum, kind) => sum + sizeOf(kind.shape) + stateElements(rule, kind), 0);
  const { mapped, results } = runBytes(base, settings, fed, cachedDepth(settings, trainable, base.inventory), shape);
  const trained = trainable.reduce((sum, kind) => sum + sizeOf(kind.shape), 0);
  const added = stepTokens > shape.tokens ? trained : 0;
  const training = bytesPerNumber * (numbers + added) + mapped + results;
  return processBytes + Math.max(training, depth > 0 ? prefixBytes(base, depth, settings.basePrecision) : 0);
}

/** Weights that the training graph maps, and what a run of it holds at once with what it is fed. */
function runBytes(base: BaseModel, settings: TrainingSettings, fed: FedWeights, depth: number, shape: BatchShape) {
  const { architecture, inventory, config } = base;
  const { dropout, gradientCheckpointing, labelSmoothing, neftune = 0, basePrecision } = settings;
  const chunks = chunksFor(shape.targets, config);
  const { graph, maskSizes } = buildBatchGraph({
    ...{ architecture, inventory, fed, mapped: unmapped(base, basePrecision) },
    ...{ rowTokens: shape.rowTokens, prefixDepth: depth, training: true, chunks },
    ...{ dropout, gradientCheckpointing, labelSmoothing, noisy: neftune > 0 },
  });
  const sizes = sizesOf(evenChunks(shape, chunks), chunks);
  const numbersOf = (values: readonly Value[]) =>
    values.reduce((sum, value) => sum + sizeOf(resolveShape(value.shape, sizes)), 0);
  const feeds = graph.inputs.filter((input) => input.dtype !== 'bool' && !fed.shapes.has(input.name));
  const masks = resolveShape(maskSizes, sizes).reduce((sum, size) => sum + size, 0);
  const results = peakBytes(runningOrder(nodesOnCpu(graph)), graph.outputs.values(), sizes);
  return {
    mapped: [...graph.constants.values()].reduce((sum, data) => sum + ('file' in data ? data.length : 0), 0),
    results: results + bytesPerNumber * numbersOf(feeds) + masks,
  };
}

/** While the frozen layers' output is computed, they are mapped; what is alive beside them is little. */
function prefixBytes(base: BaseModel, depth: number, precision?: BasePrecision): number {
  const weights = unmapped(base, precision);
  const below = [...base.shapes.keys()].filter((name) => base.inventory.depthOf(name) < depth);
  return below.reduce((sum, name) => sum + weights.bytesOf(name), 0);
}

/** Weights by their shapes alone: nothing is read to know what a graph takes. */
function unmapped({ shapes, inventory }: BaseModel, precision: BasePrecision = 'f32') {
  const matrices = precision === 'f32' ? new Set<string>() : inventory.matrices;
  const compact = precision === 'f32' ? 'bf16' : precision;
  return CompactWeights.unwritten({ shapes, matrices, precision: compact });
}

const longestRow = ({ config }: BaseModel, { maxLength }: TrainingSettings): number =>
  Math.min(maxLength, config.maxPositions) - 1;

function largestBatch(base: BaseModel, settings: TrainingSettings): BatchShape {
  const longest = longestRow(base, settings);
  const rowTokens = roundUp(Math.max(commonRow, longest), 8);
  const tokens = Math.max(settings.microBatchTokens, longest);
  // Of reference text every token counts.
  const replayed = Math.min(tokens, replayedPieces(settings) * longest);
  const targets = settings.lossOn === 'all' ? tokens : Math.max(replayed, Math.ceil(tokens * completionShare));
  return { tokens, rows: Math.ceil(tokens / rowTokens), rowTokens, targets, predictions: targets };
}
