// Output of the frozen layers below the lowest trainable one, computed once for a dataset and kept in a file: it is the same in every
// epoch and in every trial that freezes at the same depth.
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type MicroBatch, makeMicroBatches, rowTokens } from '../data/batches.js';
import type { TokenizedExample } from '../data/example.js';
import { feedsOf, sizesOf } from '../data/segments.js';
import { openSizes } from '../graph/open-sizes.js';
import { runLayers } from '../models/architecture.js';
import type { BaseModel } from '../models/base-model.js';
import { makeContext } from '../models/graph-context.js';
import { Executable } from '../runtime/session.js';

const tokenBudget = 512;
const bytesPerNumber = 4;

export interface PrefixOptions {
  base: BaseModel;
  /** Number of frozen layers, ≥ 1. */
  depth: number;
  examples: readonly TokenizedExample[];
  cacheDirectory: string;
}

export class PrefixCache {
  private constructor(
    readonly depth: number,
    private readonly width: number,
    /** First token of each example in the file, and the end. */
    private readonly starts: Float64Array,
    private readonly file: number,
  ) {}

  /** Opens the cache of these examples, computing it first if no run before has. */
  static async open(options: PrefixOptions): Promise<PrefixCache> {
    const { base, depth, examples, cacheDirectory } = options;
    const starts = new Float64Array(examples.length + 1);
    examples.forEach((example, i) => {
      starts[i + 1] = starts[i]! + rowTokens(example);
    });
    mkdirSync(cacheDirectory, { recursive: true });
    const path = join(cacheDirectory, `prefix-${keyOf(options)}.f32`);
    if (!existsSync(path)) await computePrefix(options, starts, path);
    return new PrefixCache(depth, base.config.hiddenSize, starts, openSync(path, 'r'));
  }

  /** Hidden states of a batch, [tokens, hidden]. */
  hiddenOf({ segments, examples, shape }: MicroBatch): Float32Array {
    const hidden = new Float32Array(shape.tokens * this.width);
    segments.forEach(({ first, ids, firstPosition }, i) => {
      const target = hidden.subarray(first * this.width, (first + ids.length) * this.width);
      const position = (this.starts[examples[i]!]! + firstPosition) * this.width * bytesPerNumber;
      readSync(
        this.file,
        new Uint8Array(target.buffer, target.byteOffset, target.byteLength),
        0,
        target.byteLength,
        position,
      );
    });
    return hidden;
  }

  close(): void {
    closeSync(this.file);
  }
}

function keyOf({ base, depth, examples }: PrefixOptions): string {
  const hash = createHash('sha256').update(`prefix 1 ${base.hash} ${depth}`);
  for (const { ids } of examples) hash.update(`${ids.length}:`).update(ids);
  return hash.digest('hex').slice(0, 24);
}

/** Written to a file of its own first, so that a reader never meets half a cache. */
async function computePrefix(options: PrefixOptions, starts: Float64Array, path: string): Promise<void> {
  const width = options.base.config.hiddenSize;
  const temporary = `${path}.${process.pid}.part`;
  const file = openSync(temporary, 'w');
  try {
    const batches = makeMicroBatches(
      options.examples.map((example, index) => ({ index, example })),
      tokenBudget,
      1,
      options.base.architecture.task,
    );
    const executables = new Map<number, Executable>();
    for (const batch of batches) {
      const { rowTokens } = batch.shape;
      const executable = executables.get(rowTokens) ?? (await compilePrefix(options, rowTokens));
      executables.set(rowTokens, executable);
      const { hidden } = await executable.run({ ...feedsOf(batch.segments, [], batch.shape) }, sizesOf(batch.shape));
      batch.segments.forEach(({ first, ids: own, firstPosition }, i) => {
        const part = hidden!.subarray(first * width, (first + own.length) * width);
        const position = (starts[batch.examples[i]!]! + firstPosition) * width * bytesPerNumber;
        writeSync(file, new Uint8Array(part.buffer, part.byteOffset, part.byteLength), 0, part.byteLength, position);
      });
    }
    for (const executable of executables.values()) await executable.release();
    fsyncSync(file);
    closeSync(file);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

async function compilePrefix({ base, depth }: PrefixOptions, rowTokens: number): Promise<Executable> {
  const mapped = await base.mappedWeights();
  const { architecture } = base;
  const { rows, tokens } = openSizes;
  const fed = { shapes: new Map() };
  const { context } = makeContext({ architecture, mapped, fed, rows, tokens: rowTokens, packed: tokens });
  const summed = architecture.embed(context);
  const embedded = architecture.afterEmbedding?.(context, summed) ?? summed;
  const { hidden } = runLayers(context, architecture, embedded, { from: 0, to: depth });
  context.graph.output('hidden', hidden);
  return Executable.compile(context.graph, { weightsFolder: mapped.folder });
}
