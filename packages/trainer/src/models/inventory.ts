// What a model is made of: its tensors, linear layers and embedding tables, found by building its graph once for a single token.

import { weightOfAdapter } from '../adapters/names.js';
import { Graph, type Value } from '../graph/graph.js';
import type { LookupKey, ModuleContext } from '../modules/context.js';
import type { Shape } from '../tensor/shape.js';
import { type Architecture, runLayers } from './architecture.js';

export interface LinearLayer {
  in: number;
  out: number;
  /** Its weight is stored [in, out]. */
  transposed: boolean;
  /** The layer of the model it is in; see `depthOf`. */
  depth: number;
}

export interface EmbeddingTable {
  name: string;
  key: LookupKey;
  /** The output layer multiplies with it as well. */
  isHead: boolean;
}

interface TensorEntry {
  shape: readonly number[];
  depth: number;
}

export class Inventory {
  private readonly tensors = new Map<string, TensorEntry>();
  /** Linear layers by name (without `.weight`), from bottom to top. */
  readonly linears = new Map<string, LinearLayer>();
  readonly tables: readonly EmbeddingTable[];
  readonly layers: number;

  constructor(architecture: Architecture) {
    this.layers = architecture.config.layers;
    const tables = new Map<string, EmbeddingTable>();
    let depth = -1;
    const context = tracingContext({
      weight: (name, shape) => {
        if (!this.tensors.has(name)) this.tensors.set(name, { shape, depth });
        else if (depth === this.layers && tables.has(name)) tables.get(name)!.isHead = true;
      },
      linear: (name, layer) => this.linears.set(name, { ...layer, depth }),
      table: (name, key) => tables.set(name, { name, key, isHead: false }),
    });
    let x = architecture.embed(context);
    x = architecture.afterEmbedding?.(context, x) ?? x;
    for (depth = 0; depth < this.layers; depth++) {
      x = runLayers(context, architecture, x, { from: depth, to: depth + 1 }).hidden;
    }
    architecture.head(context, x);
    this.tables = [...tables.values()];
  }

  /** Names of the linear layers' weights. */
  get matrices(): Set<string> {
    return new Set([...this.linears.keys()].map((name) => `${name}.weight`));
  }

  /** Shape of every tensor by its Hugging Face name, from bottom to top. */
  get shapes(): Map<string, readonly number[]> {
    return new Map([...this.tensors].map(([name, { shape }]) => [name, shape]));
  }

  /**
   * Where a tensor or its adapter lies: −1 embeddings, 0 … layers − 1 the layers, `layers` what comes after them.
   * @throws RangeError where the model has none of that name
   */
  depthOf(name: string): number {
    const entry = this.tensors.get(weightOfAdapter(name));
    if (!entry) throw new RangeError(`The model has no tensor ${name}.`);
    return entry.depth;
  }
}

interface Listener {
  weight(name: string, shape: readonly number[]): void;
  linear(name: string, layer: Omit<LinearLayer, 'depth'>): void;
  table(name: string, key: LookupKey): void;
}

/** A context for one token that reports what modules ask for. */
function tracingContext(listener: Listener): ModuleContext {
  const graph = new Graph();
  const values = new Map<unknown, Value>();
  const shared = (key: unknown, make: () => Value): Value => {
    const value = values.get(key) ?? make();
    values.set(key, value);
    return value;
  };
  const weight = (name: string, shape: Shape): Value => {
    listener.weight(name, shape);
    return shared(name, () => graph.input(name, 'float32', shape));
  };
  return {
    graph,
    rows: 1,
    tokens: 1,
    toRows: (x) => x,
    fromRows: (x) => x,
    past: 0,
    positions: graph.input('positions', 'int64', [1, 1]),
    attentionBias: graph.input('attentionBias', 'float32', [1, 1, 1, 1, 1]),
    weight,
    lookup: (name, shape, key) => {
      weight(name, shape);
      listener.table(name, key);
      return graph.input(`row of ${name}`, 'float32', [1, shape[1]]);
    },
    linear: (name, x, out, { bias = false, transposed = false } = {}) => {
      const width = x.shape[1]!;
      listener.linear(name, { in: width, out, transposed });
      weight(`${name}.weight`, transposed ? [width, out] : [out, width]);
      if (bias) weight(`${name}.bias`, [out]);
      return graph.input(`output of ${name}`, 'float32', [x.shape[0]!, out]);
    },
    dropout: (x) => x,
    shared,
  };
}
