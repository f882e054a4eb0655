// Runs some of a model's layers on batches, from token ids or from the output of the layers below.
import type { MicroBatch } from '../data/batches.js';
import { feedsOf, sizesOf } from '../data/segments.js';
import { openSizes } from '../graph/open-sizes.js';
import { runLayers } from '../models/architecture.js';
import type { BaseModel } from '../models/base-model.js';
import { makeContext } from '../models/graph-context.js';
import { Executable } from '../runtime/session.js';
import type { BasePrecision } from '../settings.js';

export class PrefixRunner {
  private readonly executables = new Map<number, Executable>();

  /** Layers `from` … `to` − 1; from 0 with the embeddings. */
  constructor(
    private readonly base: BaseModel,
    private readonly from: number,
    private readonly to: number,
    private readonly basePrecision: BasePrecision = 'f32',
  ) {}

  /** @param below output of the layers below `from`, [tokens, hidden]; only where `from` > 0 */
  async run(batch: MicroBatch, below?: Float32Array): Promise<Float32Array> {
    const { rowTokens } = batch.shape;
    const executable = this.executables.get(rowTokens) ?? (await this.compile(rowTokens));
    this.executables.set(rowTokens, executable);
    const feeds = { ...feedsOf(batch.segments, [], batch.shape), ...(below && { below }) };
    const { hidden } = await executable.run(feeds, sizesOf(batch.shape));
    return hidden!;
  }

  async release(): Promise<void> {
    for (const executable of this.executables.values()) await executable.release();
  }

  private async compile(rowTokens: number): Promise<Executable> {
    const { base, from, to, basePrecision } = this;
    const mapped = await base.mappedWeights(basePrecision);
    const { architecture } = base;
    const { rows, tokens } = openSizes;
    const fed = { shapes: new Map() };
    const { context } = makeContext({ architecture, mapped, fed, rows, tokens: rowTokens, packed: tokens });
    const { graph } = context;
    const embedded = () => {
      const summed = architecture.embed(context);
      return architecture.afterEmbedding?.(context, summed) ?? summed;
    };
    const start = from > 0 ? graph.input('below', 'float32', [tokens, base.config.hiddenSize]) : embedded();
    graph.output('hidden', runLayers(context, architecture, start, { from, to }).hidden);
    return Executable.compile(graph, { weightsFolder: mapped.folder });
  }
}
