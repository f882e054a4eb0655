// Opens safetensors files and folders (one file, or shards with an index) and reads tensors as float32.
import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { ModelFormatError } from '../errors.js';
import { bfloat16ToFloat32, float16ToFloat32 } from './half.js';
import type { ModelWeights, TensorInfo } from './model-weights.js';
import { readBytes, withFile } from './read-file.js';
import { headerLength, parseHeader } from './safetensors-header.js';

const singleFile = 'model.safetensors';
const indexFile = 'model.safetensors.index.json';
const maxIndexBytes = 100_000_000;

/** The tensors of one or several safetensors files. */
export class SafetensorsFile implements ModelWeights {
  private constructor(
    readonly files: readonly string[],
    readonly tensors: ReadonlyMap<string, TensorInfo>,
    readonly metadata: ReadonlyMap<string, string>,
  ) {}

  /**
   * Reads and checks the header of a file, or of all files of a model's folder.
   * @throws ModelFormatError where a file is missing, unreadable, cut short or damaged
   */
  static open(path: string): SafetensorsFile {
    return isFolder(path) ? SafetensorsFile.openFolder(path) : SafetensorsFile.openFiles([path]);
  }

  private static openFolder(folder: string): SafetensorsFile {
    if (exists(join(folder, singleFile))) return SafetensorsFile.openFiles([join(folder, singleFile)]);
    const index = join(folder, indexFile);
    if (!exists(index)) throw noWeights(folder);
    const shardOf = readIndex(index);
    const opened = SafetensorsFile.openFiles([...new Set(shardOf.values())].map((name) => join(folder, name)));
    for (const [name, shard] of shardOf) {
      const found = opened.tensors.get(name);
      if (!found || basename(found.file) !== shard) {
        throw new ModelFormatError(
          `${index} says that ${shard} holds the tensor ${name}, but it does not. Download the model again.`,
        );
      }
    }
    return opened;
  }

  private static openFiles(files: string[]): SafetensorsFile {
    const tensors = new Map<string, TensorInfo>();
    const metadata = new Map<string, string>();
    for (const file of files) {
      const header = readHeader(file);
      for (const [key, value] of header.metadata) metadata.set(key, value);
      for (const [name, entry] of header.tensors) {
        const other = tensors.get(name);
        if (other)
          throw new ModelFormatError(`${file} and ${other.file} both hold the tensor ${name}. Remove one of them.`);
        tensors.set(name, { ...entry, file });
      }
    }
    return new SafetensorsFile(files, tensors, metadata);
  }

  names(): string[] {
    return [...this.tensors.keys()];
  }

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  info(name: string): TensorInfo {
    const info = this.tensors.get(name);
    if (!info) throw new ModelFormatError(`The tensor ${name} is missing in ${this.files.join(', ')}.`);
    return info;
  }

  isReadable(name: string): boolean {
    return this.has(name) && Object.hasOwn(toFloat32, this.info(name).dtype);
  }

  read(name: string): Float32Array {
    const info = this.info(name);
    if (!this.isReadable(name)) throw unsupported(name, info);
    return toFloat32[info.dtype]!(readBytes(info));
  }
}

const toFloat32: Record<string, (bytes: ArrayBuffer) => Float32Array> = {
  F32: (bytes) => new Float32Array(bytes),
  F64: (bytes) => new Float32Array(new Float64Array(bytes)),
  F16: (bytes) => float16ToFloat32(new Uint16Array(bytes)),
  BF16: (bytes) => bfloat16ToFloat32(new Uint16Array(bytes)),
};

function readHeader(file: string) {
  return withFile(file, (opened) => {
    const start = new Uint8Array(Math.min(8, opened.size));
    opened.fill(start, 0);
    const json = new Uint8Array(headerLength(start, opened.size, file));
    opened.fill(json, start.length);
    return parseHeader(json, opened.size, file);
  });
}

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/** Shard of each tensor. A shard's name must stay inside the folder: the index comes from someone else. */
function readIndex(file: string): Map<string, string> {
  if (statSync(file).size > maxIndexBytes) throw badIndex(file, `it is larger than ${maxIndexBytes} bytes`);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw badIndex(file, 'it is not valid JSON');
  }
  const parsed = indexSchema.safeParse(content);
  if (!parsed.success) throw badIndex(file, 'it has no weight_map from tensors to files');
  const map = new Map(Object.entries(parsed.data.weight_map));
  if (map.size === 0) throw badIndex(file, 'its weight_map is empty');
  for (const shard of map.values()) {
    if (!/^[\w][\w.-]*\.safetensors$/.test(shard)) {
      throw badIndex(
        file,
        `it names the file ${JSON.stringify(shard.slice(0, 100))}, which is not a plain *.safetensors name`,
      );
    }
  }
  return map;
}

const badIndex = (file: string, problem: string) =>
  new ModelFormatError(`${file} is not a sound index of shards: ${problem}. Download the model again.`);

const noWeights = (folder: string) =>
  new ModelFormatError(
    `${folder} holds neither ${singleFile} nor ${indexFile}. A model's folder needs its weights as safetensors; pickled weights (*.bin) are not read, because they can run code.`,
  );

const unsupported = (name: string, { dtype, file }: TensorInfo) =>
  new ModelFormatError(`The tensor ${name} in ${file} is stored as ${dtype}; F32, F16, BF16 and F64 can be read.`);

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
