// A pretrained model in a Hugging Face directory or a GGUF file, opened for training and use.
import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import type { Example, TokenizedExample } from '../data/example.js';
import { tokenizeExample } from '../data/tokenize.js';
import { tokenizeLabelled } from '../data/tokenize-labelled.js';
import { TextError } from '../errors.js';
import type { BasePrecision, TrainingSettings } from '../settings.js';
import { TextTokenizer } from '../text/tokenizer.js';
import { compact, widen } from '../weights/compact.js';
import { isCompact } from '../weights/compact-file.js';
import { cachedHash } from '../weights/content-hash.js';
import type { ModelWeights } from '../weights/model-weights.js';
import type { Architecture } from './architecture.js';
import type { ModelConfig } from './config.js';
import { readArchitecture } from './families.js';
import { Inventory } from './inventory.js';
import { openSource } from './model-source.js';
import { type ConstantWeights, ModelTensors } from './model-tensors.js';

export interface LoadOptions {
  /** Where a float32 copy of the weights is kept once, mapped by every later run. */
  cacheDirectory: string;
  /** Classes to tell apart, for an encoder; default: those it was trained for. */
  labels?: readonly string[];
}

export class BaseModel {
  readonly name: string;
  readonly config: ModelConfig;
  readonly inventory: Inventory;
  /** Shape of every tensor, by its Hugging Face name. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly parameters: number;
  private readonly mapped = new Map<BasePrecision, Promise<ConstantWeights>>();
  private readonly tensors: ModelTensors;

  private constructor(
    /** Path of the Hugging Face directory, or of the GGUF file. */
    readonly directory: string,
    readonly architecture: Architecture,
    /** sha256 over configuration and weights. */
    readonly hash: string,
    weights: ModelWeights,
    private readonly text: TextTokenizer | undefined,
    private readonly cacheDirectory: string,
  ) {
    this.name = basename(directory);
    this.config = architecture.config;
    this.inventory = new Inventory(architecture);
    this.shapes = this.inventory.shapes;
    this.parameters = [...this.shapes.values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
    this.tensors = new ModelTensors(weights, architecture, this.shapes, directory);
  }

  /**
   * @param directory a Hugging Face directory, or a GGUF file
   * @throws ModelFormatError, TextError where it is no model that can be used
   */
  static async load(directory: string, { cacheDirectory, labels }: LoadOptions): Promise<BaseModel> {
    const path = resolve(directory);
    const { config: json, configPath, weights, tokenizer } = openSource(path);
    const architecture = readArchitecture(json, configPath, labels);
    const { config } = architecture;
    const hash = createHash('sha256')
      .update(JSON.stringify(config.raw))
      .update(config.labels ? JSON.stringify(config.labels) : '')
      .update(await cachedHash(weights.files, cacheDirectory))
      .digest('hex');
    const text = tokenizer && TextTokenizer.from(tokenizer);
    text?.checkFits(config.vocabSize);
    return new BaseModel(path, architecture, hash, weights, text, cacheDirectory);
  }

  /** @throws TextError where the directory has none */
  get tokenizer(): TextTokenizer {
    if (this.text) return this.text;
    throw new TextError(`${this.directory} has no tokenizer. Copy the tokenizer.json of the same model there.`);
  }

  /**
   * @param name names the example in errors, such as `row 12`
   * @throws NothingToLearnError where no token of it would count
   */
  tokenize(
    example: Example,
    settings: Pick<TrainingSettings, 'maxLength' | 'lossOn'>,
    template: 'plain' | 'chat' = 'plain',
    name?: string,
  ): TokenizedExample {
    const maxLength = Math.min(settings.maxLength, this.config.maxPositions);
    const { labels } = this.config;
    if (labels) return tokenizeLabelled(example, this.tokenizer, { labels, maxLength, name });
    return tokenizeExample(example, this.tokenizer, { ...settings, maxLength, template, name });
  }

  /**
   * Files, made at the first call, from which graphs map what is frozen: float32, and the matrices of linear layers in `precision`.
   */
  mappedWeights(precision: BasePrecision = 'f32'): Promise<ConstantWeights> {
    const known = this.mapped.get(precision);
    if (known) return known;
    const { cacheDirectory, inventory } = this;
    const made = this.tensors.constants({ cacheDirectory, precision, matrices: inventory.matrices });
    this.mapped.set(precision, made);
    return made;
  }

  /** @param seed of tensors that the checkpoint lacks, such as a new class head */
  readTensor(name: string, seed?: number): Float32Array {
    return this.tensors.read(name, seed);
  }

  /** A tensor as graphs have it that keep frozen matrices in `precision`. */
  readFrozen(name: string, precision: BasePrecision = 'f32'): Float32Array {
    const values = this.readTensor(name);
    const { shapes, inventory } = this;
    if (precision === 'f32' || !isCompact(name, { shapes, matrices: inventory.matrices })) return values;
    return widen(compact(values, precision), precision);
  }
}
