// An addition to a matrix product becomes part of the product: the runtime then adds while it writes, in place of another pass over both.
import type { Node, Value } from '../graph/graph.js';
import { sameShape } from '../tensor/shape.js';
import { countReaders } from './count-readers.js';

/** The nodes with each `A·B + C` as one Gemm, where nothing else reads `A·B`. */
export function fuseAdditions(nodes: readonly Node[], outputs: Iterable<Value>): Node[] {
  const readers = countReaders(nodes, outputs);
  const producers = new Map(nodes.map((node) => [node.outputs[0], node]));
  const replaced = new Map<Node, Node>();
  const absorbed = new Set<Node>();
  for (const node of nodes) {
    if (node.op !== 'Add') continue;
    const [product, other] = productFirst(node, (value) => {
      const producer = producers.get(value);
      if (producer === undefined || absorbed.has(producer) || readers.get(value) !== 1) return false;
      return producer.op === 'Gemm' && producer.inputs.length === 2 && sameShape(value.shape, node.outputs[0]!.shape);
    });
    if (!product) continue;
    const gemm = producers.get(product)!;
    absorbed.add(gemm);
    replaced.set(node, { ...gemm, inputs: [...gemm.inputs, other], outputs: node.outputs });
  }
  return nodes.filter((node) => !absorbed.has(node)).map((node) => replaced.get(node) ?? node);
}

/** The operand of an addition that is such a product, the later one where both are, and the other; nothing where none is. */
function productFirst({ inputs }: Node, isProduct: (value: Value) => boolean): [Value, Value] | [] {
  const [a, b] = inputs as [Value, Value];
  if (isProduct(b)) return [b, a];
  return isProduct(a) ? [a, b] : [];
}
