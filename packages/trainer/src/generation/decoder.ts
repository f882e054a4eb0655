// Runs a model one token after another, with the keys and values of earlier tokens kept.
import { SettingsError } from '../errors.js';
import type { Graph, Value } from '../graph/graph.js';
import { gatherRows } from '../graph/ops/layout.js';
import { runLayers } from '../models/architecture.js';
import { type FedWeights, makeContext } from '../models/graph-context.js';
import { fedWeightsOf, type Model } from '../models/model.js';
import { Executable, type Feeds, type Results } from '../runtime/session.js';

const masked = -1e9;

/** Keys and values of all layers for some rows, with room for `capacity` tokens each. */
interface Cache {
  capacity: number;
  /** keys.0, values.0, keys.1, …: [rows, kvHeads, capacity, headDim] */
  tensors: Map<string, Float32Array>;
}

/** Prompts decoded side by side. Call `prefill` once, then `next` per token; `release` at the end. */
export class Decoder {
  private readonly executables = new Map<string, Executable>();
  private readonly lengths: number[];
  private readonly cache: Cache;
  private readonly fed: FedWeights;
  private readonly weights: Feeds;

  constructor(
    private readonly model: Model,
    private readonly rows: number,
    capacity: number,
  ) {
    const { task } = model.base.architecture;
    if (task !== 'generation') {
      throw new SettingsError(
        `${model.base.name} is an encoder: it classifies texts and writes none. Choose a decoder.`,
      );
    }
    this.lengths = new Array<number>(rows).fill(0);
    this.cache = this.emptyCache(capacity);
    const { fed, weights } = fedWeightsOf(model);
    this.fed = fed;
    this.weights = Object.fromEntries(weights);
  }

  /** Reads the prompts (none empty); returns the logits of what follows each, [vocabulary] a row. */
  async prefill(prompts: readonly Int32Array[]): Promise<Float32Array[]> {
    return this.advance(prompts, Math.max(...prompts.map((prompt) => prompt.length)));
  }

  /** Appends one token to each row; returns the logits of what follows. */
  async next(tokens: readonly number[]): Promise<Float32Array[]> {
    return this.advance(
      tokens.map((token) => Int32Array.of(token)),
      1,
    );
  }

  async release(): Promise<void> {
    for (const executable of this.executables.values()) await executable.release();
    this.executables.clear();
  }

  private async advance(inputs: readonly Int32Array[], longest: number): Promise<Float32Array[]> {
    const tokens = longest === 1 ? 1 : Math.ceil(longest / 32) * 32;
    const results = await (await this.executable(tokens)).run(this.feeds(inputs, tokens));
    this.remember(results, inputs, tokens);
    const vocabulary = this.model.base.config.vocabSize;
    return inputs.map((_, row) => results.logits!.subarray(row * vocabulary, (row + 1) * vocabulary));
  }

  private feeds(inputs: readonly Int32Array[], tokens: number): Feeds {
    const { capacity, tensors } = this.cache;
    const keys = capacity + tokens;
    const ids = new Int32Array(this.rows * tokens);
    const positions = new BigInt64Array(this.rows * tokens);
    const attentionBias = new Float32Array(this.rows * tokens * keys).fill(masked);
    const last = new Int32Array(this.rows);
    inputs.forEach((input, row) => {
      const seen = this.lengths[row]!;
      ids.set(input, row * tokens);
      last[row] = row * tokens + input.length - 1;
      for (let i = 0; i < tokens; i++) {
        positions[row * tokens + i] = BigInt(seen + Math.min(i, input.length - 1));
        const line = (row * tokens + i) * keys;
        attentionBias.fill(0, line, line + seen);
        attentionBias.fill(0, line + capacity, line + capacity + i + 1);
      }
    });
    return { ...this.weights, ...Object.fromEntries(tensors), ids, positions, attentionBias, last };
  }

  /** Copies the new keys and values behind the old ones. */
  private remember(results: Results, inputs: readonly Int32Array[], tokens: number): void {
    const { kvHeads, headDim } = this.model.base.config;
    const { capacity, tensors } = this.cache;
    for (const [name, cached] of tensors) {
      const fresh = results[`present.${name}`]!;
      inputs.forEach((input, row) => {
        for (let head = 0; head < kvHeads; head++) {
          const from = (row * kvHeads + head) * tokens * headDim;
          const to = ((row * kvHeads + head) * capacity + this.lengths[row]!) * headDim;
          cached.set(fresh.subarray(from, from + input.length * headDim), to);
        }
      });
    }
    inputs.forEach((input, row) => {
      this.lengths[row]! += input.length;
    });
  }

  private emptyCache(capacity: number): Cache {
    const { layers: count, kvHeads, headDim } = this.model.base.config;
    const tensors = new Map<string, Float32Array>();
    for (let layer = 0; layer < count; layer++) {
      for (const kind of ['keys', 'values']) {
        tensors.set(`${kind}.${layer}`, new Float32Array(this.rows * kvHeads * capacity * headDim));
      }
    }
    return { capacity, tensors };
  }

  private async executable(tokens: number): Promise<Executable> {
    const key = String(tokens);
    const known = this.executables.get(key);
    if (known) return known;
    const { base, tuned } = this.model;
    const mapped = await base.mappedWeights(tuned?.basePrecision);
    const executable = await Executable.compile(this.graph(tokens, mapped), { weightsFolder: mapped.folder });
    this.executables.set(key, executable);
    return executable;
  }

  private graph(tokens: number, mapped: Awaited<ReturnType<Model['base']['mappedWeights']>>): Graph {
    const { architecture, config } = this.model.base;
    const { fed, rows } = this;
    const { capacity } = this.cache;
    const { context } = makeContext({ architecture, mapped, fed, rows, tokens, past: capacity });
    const { graph } = context;
    const cached = (name: string): Value =>
      graph.input(name, 'float32', [rows, config.kvHeads, capacity, config.headDim]);
    const past = Array.from({ length: config.layers }, (_, layer) => ({
      keys: cached(`keys.${layer}`),
      values: cached(`values.${layer}`),
    }));
    const summed = architecture.embed(context);
    const embedded = architecture.afterEmbedding?.(context, summed) ?? summed;
    const { hidden, present } = runLayers(context, architecture, embedded, { from: 0, to: config.layers, past });
    const last = gatherRows(hidden, graph.input('last', 'int32', [rows]));
    graph.output('logits', architecture.head(context, last));
    present.forEach(({ keys, values }, layer) => {
      graph.output(`present.keys.${layer}`, keys);
      graph.output(`present.values.${layer}`, values);
    });
    return graph;
  }
}
