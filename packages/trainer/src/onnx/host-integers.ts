// Arithmetic with 64-bit integers that is done before a run: shapes and positions. GPUs have no kernels for it, and the runtime would send
// it to the CPU in the middle of a graph.
import type { Graph, Node, Value } from '../graph/graph.js';
import type { OpenSize, Sizes } from '../graph/open-sizes.js';

type Evaluate = (inputs: readonly BigInt64Array[]) => BigInt64Array | Float32Array;

/** What graphs do with integers before anything reads them as numbers of another kind. */
const operations: Readonly<Record<string, Evaluate>> = {
  Mul: ([a, b]) => a!.map((number, i) => number * b![i]!),
  Concat: (inputs) => BigInt64Array.from(inputs.flatMap((numbers) => [...numbers])),
  Reshape: ([numbers]) => numbers!,
  Cast: ([numbers]) => Float32Array.from(numbers!, Number),
};

export class HostIntegers {
  /** What is left to the runtime. */
  readonly nodes: readonly Node[];
  /** What it is fed besides the graph's inputs: open sizes, and what is computed here. */
  readonly fed: readonly Value[];
  private readonly producers = new Map<Value, Node>();
  private readonly sizes: ReadonlyMap<Value, OpenSize>;

  /** @param nodes the graph's, in the order in which they are written */
  constructor(
    private readonly graph: Graph,
    nodes: readonly Node[],
  ) {
    this.sizes = new Map([...graph.sizeInputs].map(([size, value]) => [value, size]));
    const known = new Set([...this.sizes.keys(), ...graph.inputs, ...graph.constants.keys()]);
    for (const node of nodes) {
      const output = node.outputs[0]!;
      if (!(node.op in operations) || !node.inputs.every((input) => input?.dtype === 'int64' && known.has(input)))
        continue;
      this.producers.set(output, node);
      known.add(output);
    }
    this.nodes = nodes.filter(({ outputs }) => !this.producers.has(outputs[0]!));
    const read = new Set(this.nodes.flatMap(({ inputs }) => inputs));
    this.fed = [...this.sizes.keys(), ...this.producers.keys()].filter((value) => read.has(value));
  }

  /** The numbers of a fed value in a run. */
  valueOf(value: Value, sizes: Sizes, feeds: Readonly<Record<string, unknown>>): BigInt64Array | Float32Array {
    const size = this.sizes.get(value);
    if (size) return BigInt64Array.of(BigInt(sizes[size]!));
    const node = this.producers.get(value);
    if (!node) return (feeds[value.name] ?? this.graph.constants.get(value)) as BigInt64Array;
    return operations[node.op]!(node.inputs.map((input) => this.valueOf(input!, sizes, feeds) as BigInt64Array));
  }
}
