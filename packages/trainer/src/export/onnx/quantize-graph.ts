// Replaces the matrices of a graph by 8-bit ones: a scale for each 32 values of a row, products with the runtime's own kernel.
import type { Graph, Node, Value } from '../../graph/graph.js';

const blockSize = 32;
/** What stands for 0, as the kernel assumes where no zero points are given. */
const zero = 128;

export interface QuantizedMatrix {
  /** [rows, blocks, 32] uint8: round(value / scale) + 128. */
  numbers: Value;
  /** [rows, blocks] float32. */
  scales: Value;
}

/** A matrix [rows, width] in blocks of 32 along its rows; its width is a multiple of 32. */
export function quantizeRows(values: Float32Array): { numbers: Uint8Array; scales: Float32Array } {
  const scales = new Float32Array(values.length / blockSize);
  const numbers = new Uint8Array(values.length);
  for (let block = 0; block < scales.length; block++) {
    const start = block * blockSize;
    let largest = 0;
    for (let i = start; i < start + blockSize; i++) largest = Math.max(largest, Math.abs(values[i]!));
    const scale = Math.fround(largest / 127);
    scales[block] = scale;
    for (let i = start; i < start + blockSize; i++) {
      numbers[i] = scale === 0 ? zero : Math.round(values[i]! / scale) + zero;
    }
  }
  return { numbers, scales };
}

/** Whether matrices with rows of this width can be stored in 8 bits: rows of whole blocks. */
export const isQuantizable = (width: number): boolean => width % blockSize === 0;

/** The forms that a graph's weights are stored in. */
export interface StoredForms {
  /** The 8-bit form of a weight, or of its transpose; undefined where it keeps its form, and for what is no weight. */
  quantized(weight: Value, transposed: boolean): QuantizedMatrix | undefined;
  /** Is told of what a node reads as it is. */
  keep(value: Value): void;
}

/** Every product with a matrix or its transpose and every lookup of a matrix's rows reads the 8-bit form instead. */
export function quantizeGraph(graph: Graph, forms: StoredForms): void {
  const nodes = graph.nodes.splice(0);
  for (const node of nodes) {
    const [first, second] = node.inputs;
    const isProduct = node.op === 'Gemm';
    const weight = isProduct ? second : node.op === 'Gather' ? first : undefined;
    const matrix = weight && forms.quantized(weight, isProduct && node.attributes.transB !== 1);
    if (matrix && isProduct) product(graph, node, matrix);
    else if (matrix) lookup(graph, node, matrix);
    else {
      for (const input of node.inputs) if (input) forms.keep(input);
      graph.nodes.push(node);
    }
  }
}

/** x [n, in] times the matrix's transpose (+ bias) → [n, out] */
function product(graph: Graph, node: Node, matrix: QuantizedMatrix): void {
  const [x, , bias] = node.inputs;
  const [output] = node.outputs as [Value];
  const [rows, blocks] = matrix.numbers.shape as [number, number];
  const attributes = { K: blocks * blockSize, N: rows, bits: 8, block_size: blockSize };
  const inputs = [x, matrix.numbers, matrix.scales];
  if (!bias) {
    graph.nodes.push({ op: 'MatMulNBits', domain: 'com.microsoft', inputs, outputs: [output], attributes });
    return;
  }
  const multiplied = graph.node('MatMulNBits', inputs, 'float32', output.shape, attributes, 'com.microsoft');
  graph.nodes.push({ op: 'Add', domain: '', inputs: [multiplied, bias], outputs: [output], attributes: {} });
}

/** Rows of a table by index [n] → [n, width] */
function lookup(graph: Graph, node: Node, matrix: QuantizedMatrix): void {
  const [, index] = node.inputs as [Value, Value];
  const [output] = node.outputs as [Value];
  const [count, width] = output.shape as [number, number];
  const blocks = width / blockSize;
  const shape = [count, blocks, blockSize];
  const rows = graph.node('Gather', [matrix.numbers, index], 'uint8', shape, { axis: 0 });
  const numbers = graph.node('Cast', [rows], 'float32', shape, { to: 1 });
  const centred = graph.node('Sub', [numbers, graph.scalar(zero)], 'float32', shape);
  const scales = graph.node('Gather', [matrix.scales, index], 'float32', [count, blocks], { axis: 0 });
  const axis = graph.constant(BigInt64Array.of(2n), [1]);
  const wide = graph.node('Unsqueeze', [scales, axis], 'float32', [count, blocks, 1]);
  const scaled = graph.node('Mul', [centred, wide], 'float32', shape);
  const flat = graph.constant(BigInt64Array.of(-1n, BigInt(width)), [2]);
  graph.nodes.push({ op: 'Reshape', domain: '', inputs: [scaled, flat], outputs: [output], attributes: {} });
}
