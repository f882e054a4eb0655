// A model's tensors under the names the engine uses, wherever its checkpoint keeps them; a new class head begins random.

import { ModelFormatError } from '../errors.js';
import type { Graph, Value } from '../graph/graph.js';
import type { CompactMatrix } from '../graph/ops/compact.js';
import { fillNormal } from '../random/fill.js';
import { Purpose } from '../random/philox.js';
import type { BasePrecision } from '../settings.js';
import { sizeOf } from '../tensor/shape.js';
import { CompactWeights } from '../weights/compact-file.js';
import { cachedHash } from '../weights/content-hash.js';
import { ensureFloat32File, type MappedWeights } from '../weights/mapped.js';
import type { ModelWeights } from '../weights/model-weights.js';
import type { Architecture } from './architecture.js';

/** Weights as constants of graphs. */
export interface ConstantWeights {
  /** Folder of the mapped files: the runtime's `weightsFolder`. */
  readonly folder: string;
  constant(graph: Graph, name: string): Value;
  /** The matrix of a linear layer where it is kept in fewer bits; undefined where it is not. */
  matrix?(graph: Graph, name: string): CompactMatrix | undefined;
}

export interface ConstantsOptions {
  cacheDirectory: string;
  precision: BasePrecision;
  /** Names of the matrices of linear layers, which are kept in that precision. */
  matrices: ReadonlySet<string>;
}

/** Standard deviation of new weights, the usual one of BERT and of what came after it. */
const deviation = 0.02;

export class ModelTensors {
  private readonly stored = new Map<string, string>();
  /** Tensors that the checkpoint lacks and training makes. */
  private readonly fresh = new Set<string>();

  /**
   * @param shapes shape of every tensor of the model
   * @param place names the checkpoint in errors
   * @throws ModelFormatError where a tensor is missing or has another shape
   */
  constructor(
    private readonly source: ModelWeights,
    architecture: Architecture,
    private readonly shapes: ReadonlyMap<string, readonly number[]>,
    place: string,
  ) {
    for (const [name, shape] of shapes) {
      const found = isNew(architecture, name) ? undefined : storedName(source, architecture, name);
      if (found !== undefined) this.take(name, found, shape, place);
      else if (mayBeNew(architecture, name)) this.fresh.add(name);
      else throw unsound(name, place, 'is missing');
    }
  }

  /** Whether the tensor is a new one, which means nothing before it is trained. */
  isFresh(name: string): boolean {
    return this.fresh.has(name);
  }

  /** @param seed of new tensors: weights normal, norms 1, biases 0 */
  read(name: string, seed = 0): Float32Array {
    return this.fresh.has(name) ? this.initial(name, seed) : this.source.read(this.stored.get(name) ?? name);
  }

  async constants({ cacheDirectory, precision, matrices }: ConstantsOptions): Promise<ConstantWeights> {
    const fresh = (graph: Graph, name: string) => graph.constant(this.initial(name, 0), this.shapes.get(name)!);
    if (precision !== 'f32') {
      const shapes = new Map([...this.shapes].filter(([name]) => !this.fresh.has(name)));
      const read = (name: string) => this.read(name);
      const hash = await cachedHash(this.source.files, cacheDirectory);
      const compact = await CompactWeights.open({ shapes, matrices, precision, read, hash, cacheDirectory });
      return {
        folder: compact.folder,
        matrix: (graph, name) => compact.matrix(graph, name),
        constant: (graph, name) => (this.fresh.has(name) ? fresh(graph, name) : compact.constant(graph, name)),
      };
    }
    const mapped: MappedWeights = await ensureFloat32File(this.source, cacheDirectory);
    return {
      folder: mapped.folder,
      constant: (graph, name) =>
        this.fresh.has(name) ? fresh(graph, name) : mapped.constant(graph, this.stored.get(name) ?? name),
    };
  }

  private take(name: string, found: string, shape: readonly number[], place: string): void {
    const actual = this.source.info(found).shape;
    if (actual.join() !== shape.join()) {
      throw unsound(name, place, `has shape [${actual}], but the configuration asks for [${shape}]`);
    }
    this.stored.set(name, found);
  }

  private initial(name: string, seed: number): Float32Array {
    const shape = this.shapes.get(name)!;
    const data = new Float32Array(sizeOf(shape));
    const key = { seed, purpose: Purpose.initialization, counter: 1, part: [...this.fresh].indexOf(name) };
    if (shape.length > 1) fillNormal(data, key, deviation);
    else if (name.endsWith('.weight')) data.fill(1);
    return data;
  }
}

const moduleOf = (name: string) => name.replace(/\.(weight|bias)$/, '');
const isNew = ({ isNew: modules = [] }: Architecture, name: string) => modules.includes(moduleOf(name));
const mayBeNew = ({ mayBeNew: modules = [] }: Architecture, name: string) => modules.includes(moduleOf(name));

/** Checkpoints of the bare model lack its prefix; early BERTs call a norm's weight and bias gamma and beta. */
function storedName(source: ModelWeights, { prefix }: Architecture, name: string): string | undefined {
  const bare = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  const early = (each: string) =>
    each.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta');
  return [name, bare, early(name), early(bare)].find((each) => source.has(each));
}

const unsound = (name: string, place: string, problem: string) =>
  new ModelFormatError(
    `The tensor ${name} in ${place} ${problem}. Weights and configuration belong to different models, or a download broke off.`,
  );
