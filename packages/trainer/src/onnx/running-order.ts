// The order in which ONNX Runtime runs a graph's nodes, and how much memory that takes.
import type { Node, Value } from '../graph/graph.js';
import { resolveShape, type Sizes } from '../graph/open-sizes.js';
import { sizeOf } from '../tensor/shape.js';
import { Heap } from './heap.js';

/**
 * The runtime walks back from the nodes that nothing reads, from the last one to the first, and runs what each needs. Gradients come out of a
 * graph from the top of the model to its bottom, after the loss: put the other way round, each is computed as soon as it can be, where
 * else the activations of all layers would wait for the lowest one.
 */
export function readLast(nodes: readonly Node[]): Node[] {
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const isRead = ({ outputs }: Node) => read.has(outputs[0]);
  return [...nodes.filter(isRead), ...nodes.filter((node) => !isRead(node)).reverse()];
}

/** The runtime's order of nodes that stand in `readLast`'s: depth first, and of a node's inputs the one made last first. */
export function runningOrder(nodes: readonly Node[]): Node[] {
  const numbers = new Map(nodes.map((node, i) => [node.outputs[0], i]));
  const before = nodes.map(({ inputs }) => inputs.flatMap((input) => numbers.get(input!) ?? []).sort((a, b) => a - b));
  const read = new Set(before.flat());
  const stack = nodes.flatMap((_, i) => (read.has(i) ? [] : [{ node: i, isDone: false }]));
  const visited = new Uint8Array(nodes.length);
  const order: Node[] = [];
  for (let top = stack.pop(); top; top = stack.pop()) {
    if (top.isDone) order.push(nodes[top.node]!);
    else if (!visited[top.node]) {
      visited[top.node] = 1;
      stack.push({ node: top.node, isDone: true });
      for (const input of before[top.node]!) if (!visited[input]) stack.push({ node: input, isDone: false });
    }
  }
  return order;
}

const bytesPerElement = 4;
/** Write over an operand that nothing reads any more, as measured of the runtime's CPU kernels; sums, products and exponentials do not. */
const inPlace = new Set(['Sigmoid', 'Tanh', 'Relu', 'Softmax', 'ScatterElements']);

/** One block of memory, and how many reads of it are to come. */
interface Block {
  start: number;
  bytes: number;
  reads: number;
}

/**
 * How far the heap grows for a run's results, the outputs included, in bytes.
 * @param nodes in the order in which they run
 */
export function peakBytes(nodes: readonly Node[], outputs: Iterable<Value>, sizes: Sizes): number {
  const reads = new Map<Value, number>();
  const count = (value: Value | undefined) => value && reads.set(value, (reads.get(value) ?? 0) + 1);
  for (const { inputs } of nodes) inputs.forEach(count);
  for (const output of outputs) count(output);

  const blocks = new Map<Value, Block>();
  const heap = new Heap();
  for (const { op, inputs, outputs: results } of nodes) {
    const result = results[0]!;
    const bytes = bytesPerElement * sizeOf(resolveShape(result.shape, sizes));
    const operands = inputs.map((input) => (input ? blocks.get(input) : undefined));
    const over = op === 'Reshape' ? operands[0] : overwritten(op, operands, bytes);
    const block = over ?? { start: heap.take(bytes), bytes, reads: 0 };
    block.reads += reads.get(result) ?? 0;
    blocks.set(result, block);
    for (const operand of operands) {
      if (!operand) continue;
      operand.reads -= 1;
      if (operand.reads === 0) heap.giveBack(operand.start, operand.bytes);
    }
  }
  return heap.end;
}

function overwritten(op: string, operands: readonly (Block | undefined)[], bytes: number): Block | undefined {
  if (!inPlace.has(op)) return undefined;
  return operands.find((block) => block?.reads === 1 && block.bytes === bytes);
}
