// A product of transposed matrices reads them as they are: the transposed copy, as large as attention's scores, is never made.
import type { Node, Value } from '../graph/graph.js';
import { countReaders } from './count-readers.js';

/**
 * The nodes with each `Aᵀ·B` and `A·Bᵀ` as one FusedMatMul, where nothing else reads the transposed matrices. Only the CPU has a kernel
 * for it in every runtime.
 */
export function fuseTransposes(nodes: readonly Node[], outputs: Iterable<Value>): Node[] {
  const readers = countReaders(nodes, outputs);
  const producers = new Map(nodes.map((node) => [node.outputs[0], node]));
  const absorbed = new Set<Node>();
  const turned = (value: Value | undefined): Node | undefined => {
    const producer = value && producers.get(value);
    return producer && swapsLastTwo(producer) && readers.get(value) === 1 ? producer : undefined;
  };
  const fused = nodes.map((node): Node => {
    if (node.op !== 'MatMul') return node;
    const [a, b] = node.inputs.map(turned);
    if (!a && !b) return node;
    for (const each of [a, b]) if (each) absorbed.add(each);
    const inputs = [a?.inputs[0] ?? node.inputs[0], b?.inputs[0] ?? node.inputs[1]];
    const attributes = { transA: a ? 1 : 0, transB: b ? 1 : 0 };
    return { ...node, op: 'FusedMatMul', domain: 'com.microsoft', inputs, attributes };
  });
  return fused.filter((node) => !absorbed.has(node));
}

function swapsLastTwo({ op, attributes }: Node): boolean {
  if (op !== 'Transpose') return false;
  const perm = attributes.perm as number[];
  const last = perm.length - 1;
  return perm.every((axis, i) => axis === (i === last ? last - 1 : i === last - 1 ? last : i));
}
