// Weights as float32 in files that the runtime maps into memory: frozen weights are never copied, and trials share them.
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Graph, Value } from '../graph/graph.js';
import { writeAll, writeAtomically } from './atomic-write.js';
import { cachedHash } from './content-hash.js';
import type { ModelWeights } from './model-weights.js';

export interface MappedEntry {
  /** Name of the file within the folder. */
  file: string;
  /** First byte in the file, a multiple of 4. */
  offset: number;
  shape: readonly number[];
}

/** Tensors of a model, all float32, in files of one folder that must stay as they are while a graph uses them. */
export class MappedWeights {
  constructor(
    /** Folder of the files: the runtime's `weightsFolder`. */
    readonly folder: string,
    readonly entries: ReadonlyMap<string, MappedEntry>,
    /** sha256 of the weights these were made from, hexadecimal. */
    readonly hash: string,
    private readonly source: ModelWeights,
  ) {}

  /** Shape of every tensor by name. */
  get shapes(): Map<string, readonly number[]> {
    return new Map([...this.entries].map(([name, { shape }]) => [name, shape]));
  }

  /** The tensor as a constant of a graph, left in its file. Throws ModelFormatError where there is none of that name. */
  constant(graph: Graph, name: string): Value {
    const { file, offset, shape } = this.entry(name);
    return graph.mapped(name, shape, { file, offset, length: elements(shape) * 4 });
  }

  /** A copy in memory. Throws ModelFormatError where there is none of that name. */
  read(name: string): Float32Array {
    return this.source.read(name);
  }

  private entry(name: string): MappedEntry {
    const entry = this.entries.get(name);
    if (!entry) this.source.info(name); // throws, with the files' names
    return entry!;
  }
}

/** Some checkpoints also hold tables of integers or flags, which no graph reads. */
const numberTensors = (weights: ModelWeights): string[] => weights.names().filter((name) => weights.isReadable(name));

const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** Start of every tensor in a file of our own: a cache line, and enough for any vector load. */
const alignment = 64;

/**
 * The weights as float32 files. Where they are stored so, the files are used in place; else one file is written to `cacheFolder`,
 * once, and found again by the content of the weights.
 * @throws ModelFormatError where the weights cannot be read, OutputError where the cache cannot be written
 */
export async function ensureFloat32File(weights: ModelWeights, cacheFolder: string): Promise<MappedWeights> {
  const hash = await cachedHash(weights.files, cacheFolder);
  const inPlace = placesInSource(weights);
  if (inPlace) return new MappedWeights(inPlace.folder, inPlace.entries, hash, weights);
  const file = `weights-${hash.slice(0, 32)}.f32`;
  const { entries, bytes } = layOut(weights, file);
  if (fileSize(join(cacheFolder, file)) !== bytes) await writeFloat32(join(cacheFolder, file), weights, entries);
  return new MappedWeights(realpathSync(cacheFolder), entries, hash, weights);
}

/**
 * The stored tensors themselves, if all are aligned float32 in one folder. Links are followed first: the runtime refuses a link that
 * leaves its folder, and the Hugging Face cache is made of such links.
 */
function placesInSource(weights: ModelWeights): { folder: string; entries: Map<string, MappedEntry> } | undefined {
  const real = new Map(weights.files.map((file) => [file, realpathSync(file)]));
  const folders = new Set([...real.values()].map(dirname));
  const infos = numberTensors(weights).map((name) => ({ name, ...weights.info(name) }));
  if (folders.size !== 1 || infos.some(({ dtype, offset }) => dtype !== 'F32' || offset % 4 !== 0)) return undefined;
  const entries = new Map(
    infos.map(({ name, file, offset, shape }) => [name, { file: basename(real.get(file)!), offset, shape }]),
  );
  return { folder: [...folders][0]!, entries };
}

function layOut(weights: ModelWeights, file: string): { entries: Map<string, MappedEntry>; bytes: number } {
  const entries = new Map<string, MappedEntry>();
  let bytes = 0;
  for (const name of numberTensors(weights)) {
    const { shape } = weights.info(name);
    entries.set(name, { file, offset: bytes, shape });
    bytes += Math.ceil((elements(shape) * 4) / alignment) * alignment;
  }
  return { entries, bytes };
}

async function writeFloat32(
  path: string,
  weights: ModelWeights,
  entries: ReadonlyMap<string, MappedEntry>,
): Promise<void> {
  await writeAtomically(path, async (file) => {
    for (const name of entries.keys()) {
      const values = weights.read(name);
      await writeAll(file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      await writeAll(file, new Uint8Array((alignment - (values.byteLength % alignment)) % alignment));
    }
  });
}

function fileSize(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}
