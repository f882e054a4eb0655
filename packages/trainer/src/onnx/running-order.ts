// The order in which ONNX Runtime runs a graph's nodes, and how much memory that takes.
import type { Node, Value } from '../graph/graph.js';
import { resolveShape, type Sizes } from '../graph/open-sizes.js';
import { sizeOf } from '../tensor/shape.js';

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
/** Write over an operand that nothing reads any more, where it has their size. */
const inPlace = new Set('Add Sub Mul Div Neg Exp Log Sqrt Reciprocal Sigmoid Tanh Erf ScatterElements'.split(' '));

/** One block of memory, and how many reads of it are to come. */
interface Block {
  bytes: number;
  reads: number;
}

/**
 * Most bytes of results that are alive at once, the outputs included.
 * @param nodes in the order in which they run
 */
export function peakBytes(nodes: readonly Node[], outputs: Iterable<Value>, sizes: Sizes): number {
  const reads = new Map<Value, number>();
  const count = (value: Value | undefined) => value && reads.set(value, (reads.get(value) ?? 0) + 1);
  for (const { inputs } of nodes) inputs.forEach(count);
  for (const output of outputs) count(output);

  const blocks = new Map<Value, Block>();
  let [alive, peak] = [0, 0];
  for (const { op, inputs, outputs: results } of nodes) {
    const result = results[0]!;
    const bytes = bytesPerElement * sizeOf(resolveShape(result.shape, sizes));
    const operands = inputs.map((input) => (input ? blocks.get(input) : undefined));
    const over = op === 'Reshape' ? operands[0] : overwritten(op, operands, bytes);
    const block = over ?? { bytes, reads: 0 };
    block.reads += reads.get(result) ?? 0;
    blocks.set(result, block);
    if (!over) alive += bytes;
    peak = Math.max(peak, alive);
    for (const operand of operands) {
      if (!operand) continue;
      operand.reads -= 1;
      if (operand.reads === 0) alive -= operand.bytes;
    }
  }
  return peak;
}

function overwritten(op: string, operands: readonly (Block | undefined)[], bytes: number): Block | undefined {
  if (!inPlace.has(op)) return undefined;
  return operands.find((block) => block?.reads === 1 && block.bytes === bytes);
}
