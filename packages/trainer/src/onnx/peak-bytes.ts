// How much memory ONNX Runtime takes for a run's results.
import type { Node, Value } from '../graph/graph.js';
import { resolveShape, type Sizes } from '../graph/open-sizes.js';
import { sizeOf } from '../tensor/shape.js';
import { countReaders } from './count-readers.js';
import { Heap } from './heap.js';

const bytesPerElement = 4;
/** Write over an operand that nothing reads any more, as measured of the runtime's CPU kernels; sums, products and exponentials do not. */
const inPlace = new Set(['Sigmoid', 'Tanh', 'Relu', 'Softmax', 'ScatterElements']);

/** A piece of memory that results take one after the other. */
interface Block {
  bytes: number;
  /** Numbers of the nodes before which it is taken, and after which it is given back. */
  first: number;
  last: number;
  /** How many reads are to come of the result that it holds. */
  reads: number;
  /** By what the runtime finds it for a later result. */
  shape: string;
}

/**
 * How far the heap grows for a run's results, the outputs included, in bytes.
 * @param nodes in the order in which they run
 */
export function peakBytes(nodes: readonly Node[], outputs: Iterable<Value>, sizes: Sizes): number {
  const blocks = plannedBlocks(nodes, new Set(outputs), sizes);
  const taken = groupBy(blocks, ({ first }) => first);
  const given = groupBy(blocks, ({ last }) => last);
  const heap = new Heap();
  const starts = new Map<Block, number>();
  for (const at of nodes.keys()) {
    for (const block of taken.get(at) ?? []) starts.set(block, heap.take(block.bytes));
    for (const block of given.get(at) ?? []) heap.giveBack(starts.get(block)!, block.bytes);
  }
  return heap.end;
}

/**
 * The blocks as the runtime plans them before its first run. What nothing reads any more it keeps for the next result whose shape is the
 * same, the block freed last first, however much later that is; meanwhile it is lost to all others. Outputs have blocks of their own.
 */
function plannedBlocks(nodes: readonly Node[], outputs: ReadonlySet<Value>, sizes: Sizes): Block[] {
  const reads = countReaders(nodes, outputs);
  const blocks: Block[] = [];
  const holders = new Map<Value, Block>();
  const unused: Block[] = [];
  const takeUnused = (shape: string) => {
    const at = unused.findLastIndex((block) => block.shape === shape);
    return at < 0 ? undefined : unused.splice(at, 1)[0];
  };
  for (const [at, { op, inputs, outputs: results }] of nodes.entries()) {
    const result = results[0]!;
    const bytes = bytesPerElement * sizeOf(resolveShape(result.shape, sizes));
    const operands = inputs.map((input) => (input ? holders.get(input) : undefined));
    const shape = result.shape.join();
    let block = op === 'Reshape' ? operands[0] : overwritten(op, operands, bytes);
    if (!block && !outputs.has(result)) block = takeUnused(shape);
    if (!block) blocks.push((block = { bytes, first: at, last: at, reads: 0, shape }));
    block.reads += reads.get(result) ?? 0;
    holders.set(result, block);
    for (const operand of operands) {
      if (!operand) continue;
      operand.reads -= 1;
      operand.last = at;
      if (operand.reads === 0) unused.push(operand);
    }
  }
  // What is read until the end is an output.
  for (const block of blocks) if (block.reads > 0) block.last = Number.POSITIVE_INFINITY;
  return blocks;
}

function overwritten(op: string, operands: readonly (Block | undefined)[], bytes: number): Block | undefined {
  if (!inPlace.has(op)) return undefined;
  return operands.find((block) => block?.reads === 1 && block.bytes === bytes);
}

function groupBy<T>(items: readonly T[], key: (item: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
