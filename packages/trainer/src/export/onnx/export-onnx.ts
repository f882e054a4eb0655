// Writes a model as ONNX with a cache of keys and values, in float32 and 8 bits, as transformers.js loads it.
import { join } from 'node:path';
import { SettingsError } from '../../errors.js';
import type { Graph, Value } from '../../graph/graph.js';
import { isOpen } from '../../graph/open-sizes.js';
import type { Model } from '../../models/model.js';
import { encodeOnnx } from '../../onnx/encode.js';
import { type Shape, sizeOf } from '../../tensor/shape.js';
import { writeAll, writeAtomically } from '../../weights/atomic-write.js';
import { writeFiles, writeFolderAtomically } from '../atomic-folder.js';
import { withLicence } from '../base-licence.js';
import { companionFiles } from '../companion-files.js';
import { configJson, generationConfigJson } from '../config-json.js';
import { readGenerationConfig } from '../hugging-face.js';
import { mergedTensor } from '../merge.js';
import { type CardData, modelCard } from '../model-card.js';
import { decoderGraph } from './decoder-graph.js';
import { isQuantizable, type QuantizedMatrix, quantizeGraph, quantizeRows } from './quantize-graph.js';

export interface OnnxExportOptions {
  card: CardData;
}

/** Names that transformers.js knows its types by: `fp32` and `q8`. */
const graphNames = { float32: 'model', '8 bits': 'model_quantized' } as const;

/**
 * Writes the folder, whole or not at all, with adapters merged in: `onnx/model.onnx` and `onnx/model_quantized.onnx`, each with its weights
 * beside it, and configuration, tokenizer and card.
 * @throws SettingsError where the model is none that generates text, OutputError
 */
export async function exportOnnx(model: Model, directory: string, options: OnnxExportOptions): Promise<void> {
  const { base } = model;
  checkModel(model);
  await writeFolderAtomically(directory, async (folder) => {
    const files = companionFiles(base.directory);
    files.set('config.json', configWithFormat(configJson(base.architecture, 'F32')));
    files.set('generation_config.json', generationConfigJson(base.config, readGenerationConfig(base.directory)));
    files.set('README.md', modelCard(withLicence(options.card, base), 'onnx'));
    await writeFiles(folder, files);
    const onnx = join(folder, 'onnx');
    await writeGraph(onnx, graphNames.float32, model, false);
    await writeGraph(onnx, graphNames['8 bits'], model, true);
  });
}

/** It must generate text, and the sizes that stand for open ones must be no sizes of it. */
function checkModel({ base }: Model): void {
  if (base.architecture.task !== 'generation') {
    throw new SettingsError(`${base.name} does not generate text, so it has no such form. Export safetensors instead.`);
  }
  for (const [name, shape] of base.shapes) {
    if (isOpen(shape))
      throw new SettingsError(`The tensor ${name} has shape [${shape}], which cannot be written as ONNX here.`);
  }
}

/** One file of weights beside each graph, without which a graph of more than 2 GB could not be stored. */
function configWithFormat(config: string): string {
  const external = Object.fromEntries(Object.values(graphNames).map((name) => [`${name}.onnx`, 1]));
  const entry = JSON.stringify({ use_external_data_format: external });
  return config.replace(/^\{/, `{\n  "transformers.js_config": ${entry},`);
}

/** Weights in the order they are written. */
class DataFile {
  readonly parts: (() => Uint8Array)[] = [];
  private bytes = 0;

  constructor(readonly name: string) {}

  /** Where the next `length` bytes lie. */
  add(length: number, make: () => Uint8Array): { file: string; offset: number; length: number } {
    const offset = this.bytes;
    const padded = Math.ceil(length / alignment) * alignment;
    this.parts.push(make, () => new Uint8Array(padded - length));
    this.bytes += padded;
    return { file: this.name, offset, length };
  }
}

const alignment = 64;

async function writeGraph(folder: string, name: string, model: Model, eightBits: boolean): Promise<void> {
  const data = new DataFile(`${name}.onnx_data`);
  const graph = eightBits ? quantizedGraph(model, data) : decoderGraph(model.base.architecture, float32In(model, data));
  await writeAtomically(join(folder, `${name}.onnx`), (file) => writeAll(file, encodeOnnx(graph)));
  await writeAtomically(join(folder, data.name), async (file) => {
    for (const make of data.parts) await writeAll(file, make());
  });
}

const bytesOf = (values: Float32Array) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

const float32In =
  (model: Model, data: DataFile) =>
  (graph: Graph, name: string, shape: Shape): Value =>
    graph.mapped(name, shape, placeOf(model, data, name, shape));

const placeOf = (model: Model, data: DataFile, name: string, shape: Shape) =>
  data.add(4 * sizeOf(shape), () => bytesOf(mergedTensor(model, name)));

/** [n, columns] → [columns, n] */
function transpose(values: Float32Array, columns: number): Float32Array {
  const rows = values.length / columns;
  return Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!);
}

function quantizedGraph(model: Model, data: DataFile): Graph {
  const float32 = float32In(model, data);
  const matrices = new Map<Value, string>();
  const graph = decoderGraph(model.base.architecture, (graph, name, shape) => {
    if (shape.length !== 2) return float32(graph, name, shape);
    // Stands in the graph until the pass below, which tells in which form it is stored.
    const value = graph.mapped(name, shape, { file: '', offset: 0, length: 4 * shape[0]! * shape[1]! });
    matrices.set(value, name);
    return value;
  });
  const made = new Map<Value, QuantizedMatrix>();
  const kept = new Set<Value>();
  quantizeGraph(graph, {
    quantized(weight, transposed) {
      const name = matrices.get(weight);
      if (name === undefined || !isQuantizable(weight.shape[transposed ? 0 : 1]!)) return undefined;
      const known = made.get(weight) ?? quantizedIn(graph, model, data, { name, shape: weight.shape, transposed });
      made.set(weight, known);
      return known;
    },
    keep(value) {
      const name = matrices.get(value);
      if (name === undefined || kept.has(value)) return;
      graph.constants.set(value, placeOf(model, data, name, value.shape));
      kept.add(value);
    },
  });
  return graph;
}

interface StoredMatrix {
  name: string;
  shape: Shape;
  /** Its transpose is what is stored. */
  transposed: boolean;
}

function quantizedIn(graph: Graph, model: Model, data: DataFile, matrix: StoredMatrix): QuantizedMatrix {
  const { name, shape, transposed } = matrix;
  const [rows, width] = (transposed ? [...shape].reverse() : shape) as [number, number];
  const blocks = width / 32;
  let made: ReturnType<typeof quantizeRows> | undefined;
  const values = () => (transposed ? transpose(mergedTensor(model, name), rows) : mergedTensor(model, name));
  const make = () => (made ??= quantizeRows(values()));
  const numbers = data.add(rows * width, () => make().numbers);
  const scales = data.add(4 * rows * blocks, () => {
    const bytes = bytesOf(make().scales);
    made = undefined; // the last to need it
    return bytes;
  });
  return {
    numbers: graph.mapped(`${name}.numbers`, [rows, blocks, 32], numbers, 'uint8'),
    scales: graph.mapped(`${name}.scales`, [rows, blocks], scales),
  };
}
