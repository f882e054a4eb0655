// Opens GGUF files and reads their tensors as float32, under the names and in the order of Hugging Face checkpoints.
import { ModelFormatError } from '../../errors.js';
import type { ModelWeights, TensorInfo } from '../model-weights.js';
import { readBytes } from '../read-file.js';
import { type GgufFamily, ggufFamilies, huggingFaceName, interleavedHeads, isShiftedNorm } from './families.js';
import { type GgufTensor, readGgufHeader } from './header.js';
import { fromInterleaved } from './interleave.js';
import { GgufKeys } from './keys.js';

/** Tensors that say nothing of their own: the configuration holds what they were made from. */
const derived = new Set(['rope_freqs.weight']);

export class GgufFile implements ModelWeights {
  private constructor(
    readonly path: string,
    readonly family: GgufFamily,
    readonly keys: GgufKeys,
    /** As stored, by GGUF's names. */
    readonly stored: ReadonlyMap<string, GgufTensor>,
    private readonly tensors: ReadonlyMap<string, GgufTensor>,
  ) {}

  /** @throws ModelFormatError where the file cannot be read, is damaged, or holds no language model of a known family */
  static open(path: string): GgufFile {
    const { metadata, tensors: stored } = readGgufHeader(path);
    const keys = new GgufKeys(path, metadata);
    const family = familyOf(keys);
    const tensors = new Map<string, GgufTensor>();
    for (const [name, tensor] of stored) {
      const theirs = huggingFaceName(family, name);
      if (theirs !== undefined) tensors.set(theirs, tensor);
      else if (!derived.has(name)) {
        throw new ModelFormatError(
          `${path} holds the tensor ${JSON.stringify(name)}, which a model of the architecture ${family.architecture} does not have.`,
        );
      }
    }
    return new GgufFile(path, family, keys, stored, tensors);
  }

  get files(): readonly string[] {
    return [this.path];
  }

  names(): string[] {
    return [...this.tensors.keys()];
  }

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  isReadable(name: string): boolean {
    return this.has(name);
  }

  info(name: string): TensorInfo {
    const { type, shape, offset, length } = this.tensor(name);
    // A tensor whose values differ from the stored ones must not be taken for one that can be used in place.
    const dtype = this.isStoredAsIs(name) ? type.name : `${type.name} (rearranged)`;
    return { dtype, shape, file: this.path, offset, length };
  }

  read(name: string): Float32Array {
    const { type, shape } = this.tensor(name);
    const values = type.toFloat32(new Uint8Array(readBytes(this.info(name))));
    if (isShiftedNorm(this.family, name)) return values.map((value) => value - 1);
    const heads = this.interleavedHeads(name);
    return heads === undefined ? values : fromInterleaved(values, heads, shape[0]!);
  }

  private tensor(name: string): GgufTensor {
    const tensor = this.tensors.get(name);
    if (!tensor) throw new ModelFormatError(`The tensor ${name} is missing in ${this.path}.`);
    return tensor;
  }

  private isStoredAsIs(name: string): boolean {
    return !isShiftedNorm(this.family, name) && this.interleavedHeads(name) === undefined;
  }

  private interleavedHeads(name: string): number | undefined {
    const heads = this.keys.count('attention.head_count');
    const kvHeads = this.keys.optionalCount('attention.head_count_kv') ?? heads;
    const found = interleavedHeads(this.family, name, { heads, kvHeads });
    const rows = this.tensor(name).shape[0]!;
    if (found === undefined || rows % (2 * found) === 0) return found;
    throw new ModelFormatError(
      `The tensor ${name} in ${this.path} has ${rows} rows, which ${found} heads cannot share.`,
    );
  }
}

/** What is in a file that is a model by itself. */
function familyOf(keys: GgufKeys): GgufFamily {
  const type = keys.optionalText('general.type') ?? 'model';
  if (type !== 'model') {
    throw new ModelFormatError(
      `${keys.path} holds a GGUF ${JSON.stringify(type)}, not a model. Give the model's own file.`,
    );
  }
  if ((keys.optionalNumber('split.count') ?? 1) > 1) {
    throw new ModelFormatError(`${keys.path} is one of several parts. Join them first (llama-gguf-split --merge).`);
  }
  const architecture = keys.text('general.architecture');
  const family = ggufFamilies.find((each) => each.architecture === architecture);
  if (family) return family;
  const known = [...new Set(ggufFamilies.map((each) => each.architecture))].join(', ');
  throw new ModelFormatError(
    `${keys.path} holds a model of the architecture ${JSON.stringify(architecture)}; supported in GGUF files: ${known}.`,
  );
}
