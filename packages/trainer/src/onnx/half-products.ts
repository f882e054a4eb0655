// Mixed precision (1710.03740): matrix products read and write numbers of 16 bits; everything between them stays float32.
import type { Node, Value } from '../graph/graph.js';

const products = new Set(['Gemm', 'MatMul']);
/** ONNX's numbers of the element types that `Cast` makes. */
const castTo = { float32: 1, float16: 10 };

/** The nodes with each product in float16 between casts; a value that several products read is cast once. */
export function halveProducts(nodes: readonly Node[]): Node[] {
  const halves = new Map<Value, Value>();
  return nodes.flatMap((node) => {
    if (!products.has(node.op)) return [node];
    const output = node.outputs[0]!;
    const half: Value = { ...output, name: `${output.name}.f16`, dtype: 'float16' };
    const casts = node.inputs.flatMap((input) => {
      if (!input || halves.has(input)) return [];
      const halved: Value = { ...input, name: `${input.name}.as16`, dtype: 'float16' };
      halves.set(input, halved);
      return [cast(input, halved, 'float16')];
    });
    const inputs = node.inputs.map((input) => input && halves.get(input));
    return [...casts, { ...node, inputs, outputs: [half] }, cast(half, output, 'float32')];
  });
}

function cast(from: Value, to: Value, dtype: keyof typeof castTo): Node {
  return { op: 'Cast', domain: '', inputs: [from], outputs: [to], attributes: { to: castTo[dtype] } };
}
