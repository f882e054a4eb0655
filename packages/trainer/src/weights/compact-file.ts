// A model's weights in one file, those of linear layers in fewer bits: made once, and mapped into memory by every run.
import { realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Graph, Value } from '../graph/graph.js';
import type { CompactMatrix } from '../graph/ops/compact.js';
import { sizeOf } from '../tensor/shape.js';
import { writeAll, writeAtomically } from './atomic-write.js';
import { blockSize, type CompactPrecision, compact, compactBytes, isCompactable } from './compact.js';

export interface CompactFileOptions {
  /** Shape of every tensor. */
  shapes: ReadonlyMap<string, readonly number[]>;
  /** Those to keep in `precision`: matrices of linear layers. All others are float32. */
  matrices: ReadonlySet<string>;
  precision: CompactPrecision;
  read(name: string): Float32Array;
  /** sha256 of the weights, hexadecimal. */
  hash: string;
  cacheDirectory: string;
}

/** First bytes of a tensor's numbers and of its scales. */
interface Place {
  numbers: number;
  scales: number;
}

/** Start of every part: a cache line. */
const alignment = 64;
const padded = (bytes: number) => Math.ceil(bytes / alignment) * alignment;

export class CompactWeights {
  private constructor(
    /** Folder of the file: the runtime's `weightsFolder`. */
    readonly folder: string,
    private readonly file: string,
    private readonly places: ReadonlyMap<string, Place>,
    private readonly layout: Layout,
  ) {}

  /** @throws OutputError where the file cannot be written */
  static async open(options: CompactFileOptions): Promise<CompactWeights> {
    const { precision, hash, cacheDirectory } = options;
    const file = `weights-${hash.slice(0, 32)}.${precision}`;
    const path = join(cacheDirectory, file);
    const { places, bytes } = layOut(options);
    if (statSync(path, { throwIfNoEntry: false })?.size !== bytes) await write(path, options);
    return new CompactWeights(realpathSync(cacheDirectory), file, places, options);
  }

  /** The same for a file that is not there: graphs can be built with it, but not run. */
  static unwritten(layout: Layout): CompactWeights {
    return new CompactWeights('', '', layOut(layout).places, layout);
  }

  /** A float32 tensor as a constant of a graph, left in the file. */
  constant(graph: Graph, name: string): Value {
    const shape = this.layout.shapes.get(name)!;
    return graph.mapped(name, shape, this.part(this.places.get(name)!.numbers, 4 * sizeOf(shape)));
  }

  /** A matrix as constants of a graph, left in the file; undefined where it is there as float32. */
  matrix(graph: Graph, name: string): CompactMatrix | undefined {
    if (!isCompact(name, this.layout)) return undefined;
    const { precision, shapes } = this.layout;
    const [rows, columns] = shapes.get(name) as [number, number];
    const count = rows * columns;
    const place = this.places.get(name)!;
    const bytes = compactBytes(count, precision);
    const { shape, dtype } = storedForm(rows, columns, precision);
    const numbers = graph.mapped(`${name}.numbers`, shape, this.part(place.numbers, bytes.numbers), dtype);
    if (bytes.scales === 0) return { precision, shape: [rows, columns], numbers };
    const scales = graph.mapped(`${name}.scales`, [count / blockSize], this.part(place.scales, bytes.scales));
    return { precision, shape: [rows, columns], numbers, scales };
  }

  /** Bytes of a tensor in the file. */
  bytesOf(name: string): number {
    const { numbers, scales } = partsOf(name, this.layout);
    return numbers + scales;
  }

  private part(offset: number, length: number) {
    return { file: this.file, offset, length };
  }
}

function storedForm(rows: number, columns: number, precision: CompactPrecision) {
  const count = rows * columns;
  if (precision === 'bf16') return { shape: [rows, columns], dtype: 'bfloat16' } as const;
  if (precision === '8bit') return { shape: [count / blockSize, blockSize], dtype: 'int8' } as const;
  return { shape: [count / 2], dtype: 'uint8' } as const;
}

type Layout = Pick<CompactFileOptions, 'shapes' | 'matrices' | 'precision'>;

/** Whether a tensor is kept in fewer bits. */
export const isCompact = (name: string, { shapes, matrices }: Pick<Layout, 'shapes' | 'matrices'>): boolean =>
  matrices.has(name) && isCompactable(shapes.get(name)!);

function partsOf(name: string, layout: Layout): { numbers: number; scales: number } {
  const count = sizeOf(layout.shapes.get(name)!);
  return isCompact(name, layout) ? compactBytes(count, layout.precision) : { numbers: 4 * count, scales: 0 };
}

function layOut(layout: Layout): { places: Map<string, Place>; bytes: number } {
  const places = new Map<string, Place>();
  let bytes = 0;
  for (const name of layout.shapes.keys()) {
    const parts = partsOf(name, layout);
    places.set(name, { numbers: bytes, scales: bytes + padded(parts.numbers) });
    bytes += padded(parts.numbers) + padded(parts.scales);
  }
  return { places, bytes };
}

async function write(path: string, options: CompactFileOptions): Promise<void> {
  await writeAtomically(path, async (file) => {
    for (const name of options.shapes.keys()) {
      const values = options.read(name);
      const { numbers, scales } = isCompact(name, options) ? compact(values, options.precision) : { numbers: values };
      for (const part of scales ? [numbers, scales] : [numbers]) {
        await writeAll(file, new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
        await writeAll(file, new Uint8Array(padded(part.byteLength) - part.byteLength));
      }
    }
  });
}
