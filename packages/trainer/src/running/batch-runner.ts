// Runs micro-batches: builds a graph for a length of rows when it is first met, keeps the last few, feeds weights in place.
import type { MicroBatch } from '../data/batches.js';
import { evenChunks, feedsOf, sizesOf } from '../data/segments.js';
import { tableRowFeeds } from '../data/table-rows.js';
import { resolveShape } from '../graph/open-sizes.js';
import { DropoutMasks } from '../kernels/dropout-masks.js';
import type { ModelTask } from '../models/architecture.js';
import type { BaseModel } from '../models/base-model.js';
import { chunksFor } from '../models/chunked-loss.js';
import { type BatchGraph, buildBatchGraph } from '../models/forward-graph.js';
import type { FedWeights } from '../models/graph-context.js';
import { Purpose, type RandomKey } from '../random/philox.js';
import type { DeviceTensor } from '../runtime/device-tensor.js';
import { freeArrays } from '../runtime/free.js';
import { Executable, type Feeds, type Outputs, type Results } from '../runtime/session.js';
import type { BasePrecision } from '../settings.js';
import { embeddingNoise } from './embedding-noise.js';
import type { PrefixCache } from './prefix-cache.js';
import type { ResidentWeights } from './resident-weights.js';

export interface BatchRunnerOptions {
  base: BaseModel;
  fed: FedWeights;
  /** The fed weights' current values; read at every run. */
  weights: ReadonlyMap<string, Float32Array | DeviceTensor>;
  /** Runs on the GPU, with frozen weights from here; the gradients stay there, those of embedding tables whole. */
  resident?: ResidentWeights;
  training: boolean;
  /** Matrix products in 16 bits; default false. */
  mixedPrecision?: boolean;
  /** Dropout probability; only in training. */
  dropout?: number;
  /** Outputs of the frozen layers below, where there are any. */
  prefix?: PrefixCache;
  /** In training, layers are computed again in the backward pass; default false. */
  gradientCheckpointing?: boolean;
  /** In training, see `crossEntropy`; default 0. */
  labelSmoothing?: number;
  /** In training, α of the noise on embeddings (NEFTune), which no `prefix` may leave out; default 0: none. */
  noiseAlpha?: number;
  /** Precision of frozen matrices; default f32. */
  basePrecision?: BasePrecision;
  /** Most bytes of logits at once in training; see `chunksFor` for the default. */
  logitsLimit?: number;
  /** How many graphs are kept, of those used last; default 4. Each maps the frozen weights anew. */
  graphs?: number;
}

/** Where in the run a batch stands: what its dropout masks and its noise are drawn from. */
export interface RunPosition {
  seed: number;
  step: number;
  /** Number of the micro-batch within its step. */
  microBatch: number;
  /** What the gradients are multiplied by; default 1. */
  lossScale?: number;
}

interface Prepared extends BatchGraph {
  executable: Executable;
  /** Weights that are fed as they were. */
  frozen: Feeds;
  /** Room for the dropout masks of the largest batch so far. */
  masks?: { drawn: DropoutMasks; arrays: Uint8Array[] };
}

const defaultGraphs = 4;

export class BatchRunner {
  private readonly prepared = new Map<string, Prepared>();

  constructor(private readonly options: BatchRunnerOptions) {}

  get task(): ModelTask {
    return this.options.base.architecture.task;
  }

  /** Losses of the batch's targets, and in training the gradients; see `buildBatchGraph` for the names. */
  async run(batch: MicroBatch, position?: RunPosition): Promise<Results> {
    return (await this.runKeeping(batch, position)).results;
  }

  /** The same; on a GPU the gradients are kept there. */
  async runKeeping(batch: MicroBatch, position?: RunPosition): Promise<Outputs> {
    const { base, training, logitsLimit } = this.options;
    const chunks = training ? chunksFor(batch.shape.targets, base.config, logitsLimit) : 1;
    const shape = evenChunks(batch.shape, chunks);
    const prepared = await this.prepare(shape.rowTokens, chunks);
    const rows = tableRowFeeds(prepared.rowKeys, batch.segments, shape);
    const feeds: Record<string, Feeds[string]> = { ...prepared.frozen, ...rows.feeds };
    Object.assign(feeds, Object.fromEntries(this.options.weights));
    const own = feedsOf(batch.segments, batch.targets, shape);
    const { lossScale = 1 } = position ?? {};
    Object.assign(feeds, own, { weights: own.weights.map((weight) => weight * lossScale) });
    if (this.options.prefix) feeds.hidden = this.options.prefix.hiddenOf(batch);
    const { noiseAlpha = 0 } = this.options;
    if (noiseAlpha > 0) {
      feeds.embeddingNoise = embeddingNoise(batch, base.config.hiddenSize, noiseAlpha, noiseKey(position!));
    }
    const sizes = { ...sizesOf(shape, chunks), ...rows.sizes };
    const maskSizes = resolveShape(prepared.maskSizes, sizes);
    const { drawn, arrays } = masksFor(prepared, maskSizes);
    maskSizes.forEach((size, site) => {
      const mask = arrays[site]!.subarray(0, size);
      drawn.fill(mask, this.options.dropout!, maskKey(position!, site));
      feeds[`dropout.${site}`] = mask;
    });
    const outputs = await prepared.executable.runKeeping(feeds, sizes);
    // Left to the collector, they would lie for some steps between blocks of the runtime's.
    await freeArrays(Object.values(own));
    return outputs;
  }

  async release(): Promise<void> {
    for (const { executable } of this.prepared.values()) await executable.release();
    this.prepared.clear();
  }

  private async prepare(rowTokens: number, chunks: number): Promise<Prepared> {
    const key = `${rowTokens} ${chunks}`;
    const known = this.prepared.get(key);
    if (known) {
      // Moved to the end: the first entry is the one unused for longest.
      this.prepared.delete(key);
      this.prepared.set(key, known);
      return known;
    }
    if (this.prepared.size >= (this.options.graphs ?? defaultGraphs)) await this.dropOldest();
    const { base, fed, training, dropout = 0, prefix, resident } = this.options;
    const { gradientCheckpointing, labelSmoothing, noiseAlpha = 0 } = this.options;
    const { architecture, inventory } = base;
    // Where every weight is fed, nothing is mapped, and no float32 copy of the model is made.
    const isWhole = [...base.shapes.keys()].every((name) => fed.shapes.has(name));
    const files = isWhole || resident ? undefined : await base.mappedWeights(this.options.basePrecision);
    const mapped = resident?.inputs ?? files;
    const prefixDepth = prefix?.depth ?? 0;
    const parts = { architecture, inventory, mapped, fed, rowTokens, prefixDepth };
    const built = buildBatchGraph({
      ...{ ...parts, training, dropout, chunks, gradientCheckpointing, labelSmoothing },
      noisy: noiseAlpha > 0,
      wholeTables: resident !== undefined,
    });
    const executable = await Executable.compile(built.graph, {
      weightsFolder: files?.folder,
      mixedPrecision: this.options.mixedPrecision,
      ...(resident && { device: 'webgpu', keeps: (output) => output.startsWith('gradient.') }),
    });
    const read = built.graph.inputs.map(({ name }) => name).filter((name) => !fed.shapes.has(name));
    const prepared: Prepared = { ...built, executable, frozen: (await resident?.feeds(read)) ?? {} };
    this.prepared.set(key, prepared);
    return prepared;
  }

  private async dropOldest(): Promise<void> {
    const [key, oldest] = this.prepared.entries().next().value!;
    this.prepared.delete(key);
    await oldest.executable.release();
  }
}

function masksFor(prepared: Prepared, sizes: readonly number[]) {
  if (!prepared.masks || sizes.some((size, site) => size > prepared.masks!.arrays[site]!.length)) {
    const drawn = new DropoutMasks(sizes);
    prepared.masks = { drawn, arrays: sizes.map((size) => drawn.allocate(size)) };
  }
  return prepared.masks;
}

const mostSites = 65_536;

function noiseKey({ seed, step, microBatch }: RunPosition): RandomKey {
  return { seed, purpose: Purpose.embeddingNoise, counter: step, part: microBatch };
}

function maskKey({ seed, step, microBatch }: RunPosition, site: number): RandomKey {
  return { seed, purpose: Purpose.dropout, counter: step, part: microBatch * mostSites + site };
}
