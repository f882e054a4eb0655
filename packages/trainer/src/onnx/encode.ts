// Writes a graph as the bytes of an ONNX model (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Attribute, Graph, MappedData, Node, Value } from '../graph/graph.js';
import { isOpen, openPart } from '../graph/open-sizes.js';
import type { DType, TensorData } from '../tensor/dtype.js';
import { fuseAdditions } from './fuse-additions.js';
import { fuseTransposes } from './fuse-transposes.js';
import type { HostIntegers } from './host-integers.js';
import { readLast } from './running-order.js';

const irVersion = 8;
const opsets: readonly [domain: string, version: number][] = [
  ['', 18],
  ['com.microsoft', 1],
];
const elementTypes: Record<DType, number> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  bfloat16: 16,
};
const attributeTypes = { float: 1, int: 2, string: 3, ints: 7 };

/** A nested message in field `field`. */
function message(writer: BinaryWriter, field: number, write: (inner: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

const text = (writer: BinaryWriter, field: number, value: string) =>
  writer.tag(field, WireType.LengthDelimited).string(value);
const integer = (writer: BinaryWriter, field: number, value: number) => writer.tag(field, WireType.Varint).int64(value);

function integers(writer: BinaryWriter, field: number, values: readonly number[]): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  for (const value of values) writer.int64(value);
  writer.join();
}

function attribute(writer: BinaryWriter, name: string, value: Attribute): void {
  text(writer, 1, name);
  if (typeof value === 'number') integer(writer, 3, value);
  else if (typeof value === 'string') text(writer, 4, value);
  else if ('float' in value) writer.tag(2, WireType.Bit32).float(value.float);
  else integers(writer, 8, value);
  const kind =
    typeof value === 'number' ? 'int' : typeof value === 'string' ? 'string' : 'float' in value ? 'float' : 'ints';
  integer(writer, 20, attributeTypes[kind]);
}

type NameOf = (value: Value) => string;

function node(writer: BinaryWriter, { op, domain, inputs, outputs, attributes }: Node, nameOf: NameOf): void {
  for (const input of inputs) text(writer, 1, input ? nameOf(input) : '');
  for (const output of outputs) text(writer, 2, nameOf(output));
  // Named for profiles and the runtime's messages.
  text(writer, 3, nameOf(outputs[0]!));
  text(writer, 4, op);
  for (const [name, value] of Object.entries(attributes)) message(writer, 5, (w) => attribute(w, name, value));
  if (domain) text(writer, 7, domain);
}

type Constant = readonly [value: Value, data: TensorData | MappedData];

const isMapped = (data: Constant[1]): data is MappedData => 'file' in data;

function tensor(writer: BinaryWriter, [value, data]: Constant): void {
  integers(writer, 1, value.shape);
  integer(writer, 2, elementTypes[value.dtype]);
  text(writer, 8, value.name);
  if (!isMapped(data)) {
    writer.tag(9, WireType.LengthDelimited).bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return;
  }
  const entries = { location: data.file, offset: String(data.offset), length: String(data.length) };
  for (const [key, entry] of Object.entries(entries)) {
    message(writer, 13, (w) => {
      text(w, 1, key);
      text(w, 2, entry);
    });
  }
  integer(writer, 14, 1);
}

/** An open size has a name in place of a number; equal names are equal sizes, which lets the runtime reuse memory. */
function dimensionOf(writer: BinaryWriter, size: number): void {
  const open = openPart(size);
  if (open)
    text(
      writer,
      2,
      [...(open.factor === 1 ? [] : [open.factor]), open.size, ...open.others].join('·') +
        (open.extra > 0 ? ' + 1' : ''),
    );
  else integer(writer, 1, size);
}

function valueInfo(writer: BinaryWriter, name: string, { dtype, shape }: Value): void {
  text(writer, 1, name);
  message(writer, 2, (type) =>
    message(type, 1, (tensorType) => {
      integer(tensorType, 1, elementTypes[dtype]);
      message(tensorType, 2, (dimensions) => {
        for (const size of shape) message(dimensions, 1, (dimension) => dimensionOf(dimension, size));
      });
    }),
  );
}

/** Nodes that some output needs, as they are written. */
export function writtenNodes(graph: Graph): Node[] {
  const needed = new Set<Value>(graph.outputs.values());
  const nodes = [...graph.nodes].reverse().filter((candidate) => {
    if (!candidate.outputs.some((output) => needed.has(output))) return false;
    for (const input of candidate.inputs) if (input) needed.add(input);
    return true;
  });
  return readLast(fuseAdditions(nodes.reverse(), graph.outputs.values()));
}

/** The same as the CPU runs them. */
export const nodesOnCpu = (graph: Graph): Node[] => fuseTransposes(writtenNodes(graph), graph.outputs.values());

/** The constants that nodes or outputs read. */
function constantsOf(graph: Graph, nodes: readonly Node[]): Constant[] {
  const needed = new Set([...nodes.flatMap(({ inputs }) => inputs), ...graph.outputs.values()]);
  return [...graph.constants].filter(([value]) => needed.has(value));
}

/** What nodes make has the name of the output that it is. What is several outputs, or came in as an input, is copied for the others. */
function outputNames({ outputs }: Graph, nodes: readonly Node[]): Map<Value, string> {
  const made = new Set(nodes.flatMap((each) => each.outputs));
  const names = new Map<Value, string>();
  for (const [name, value] of outputs) if (made.has(value) && !names.has(value)) names.set(value, name);
  return names;
}

/** Open sizes that are fed as numbers. */
const openInputs = (graph: Graph): Value[] => [...graph.sizeInputs.values()].filter(({ producer }) => !producer);

/**
 * The bytes of an ONNX model that computes the graph's outputs, under the outputs' names.
 * @param onHost what is computed before a run in place of in the graph
 */
export function encodeOnnx(graph: Graph, onHost?: HostIntegers): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  const nodes = onHost?.nodes ?? writtenNodes(graph);
  const inputs = [...graph.inputs, ...(onHost?.fed ?? openInputs(graph))];
  const constants = constantsOf(graph, nodes);
  const names = outputNames(graph, nodes);
  const nameOf = (value: Value) => names.get(value) ?? value.name;
  integer(writer, 1, irVersion);
  text(writer, 2, 'goldilocks');
  message(writer, 7, (w) => {
    for (const each of nodes) message(w, 1, (inner) => node(inner, each, nameOf));
    for (const [name, value] of [...graph.outputs].reverse()) {
      if (nameOf(value) === name) continue;
      const copy: Node = { op: 'Identity', domain: '', inputs: [value], outputs: [{ ...value, name }], attributes: {} };
      message(w, 1, (inner) => node(inner, copy, nameOf));
    }
    text(w, 2, 'goldilocks');
    for (const constant of constants) message(w, 5, (inner) => tensor(inner, constant));
    for (const input of inputs) message(w, 11, (inner) => valueInfo(inner, input.name, input));
    for (const [name, value] of graph.outputs) message(w, 12, (inner) => valueInfo(inner, name, value));
    for (const { outputs } of nodes) {
      const value = outputs[0]!;
      if (isOpen(value.shape) && !names.has(value)) message(w, 13, (inner) => valueInfo(inner, value.name, value));
    }
  });
  for (const [domain, version] of opsets) {
    message(writer, 8, (w) => {
      text(w, 1, domain);
      integer(w, 2, version);
    });
  }
  return writer.finish() as Uint8Array<ArrayBuffer>;
}
