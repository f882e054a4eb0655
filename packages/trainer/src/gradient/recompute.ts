// Trades time for memory: what can be computed again is not kept from the forward to the backward pass.
import type { Graph, Node, Value } from '../graph/graph.js';
import { isConstant } from '../graph/ops/compact.js';

/** What is computed again on its own: activations, products of elements, such as a norm's last steps. */
const cheapOps = new Set(['Softmax', 'QuickGelu', 'Gelu', 'Mul', 'Reshape']);
/** And what leads to a softmax: attention's scores, which are as large as rows are long, squared. */
const scoreOps = new Set(['Add', 'Reshape', 'MatMul', 'Mul', 'Div', 'Tanh']);

/** Whether a value is computed again; `isScore` where it is for a softmax. */
type Choice = (value: Value, producer: Node, isScore: boolean) => boolean;

/** Rebuilds values just before they are read again. A graph has one, so that each value is rebuilt once. */
export class Recomputer {
  private readonly rebuilt = new Map<Value, Value>();

  private constructor(private readonly choose: Choice) {}

  /** Rebuilds what is cheap. */
  static ofCheap(): Recomputer {
    return new Recomputer(
      (value, { op }, isScore) => (isScore ? scoreOps : cheapOps).has(op) && !value.graph.customGradients.has(value),
    );
  }

  /**
   * Rebuilds each layer from what went into it (gradient checkpointing, 1604.06174).
   * @param states what goes into each layer, from bottom to top, and what comes out of the last one
   */
  static ofLayers(graph: Graph, states: readonly Value[]): Recomputer {
    const inside = between(graph, states);
    return new Recomputer((value) => inside.has(value) || isConstant(value));
  }

  /** The node as its backward rule should see it: with inputs and output that were computed again. */
  view(node: Node): Node {
    const inputs = node.inputs.map((input) => input && this.again(input));
    return { ...node, inputs, outputs: [this.again(node.outputs[0]!)] };
  }

  private again(value: Value, isScore = false): Value {
    const { producer, graph } = value;
    // Of a row's statistics there is one number a row: keeping them costs nothing, and rebuilding them another pass.
    if (!producer || value.shape.at(-1) === 1 || !this.choose(value, producer, isScore)) return value;
    const known = this.rebuilt.get(value);
    if (known) return known;
    const inputs = producer.inputs.map((input) => input && this.again(input, isScore || producer.op === 'Softmax'));
    // Another shape of what is kept takes no memory.
    if (producer.op === 'Reshape' && inputs[0] === producer.inputs[0]) return value;
    const copy = graph.node(producer.op, inputs, value.dtype, value.shape, producer.attributes, producer.domain);
    this.rebuilt.set(value, copy);
    return copy;
  }
}

/** What depends on the first of these values, up to the last one, without these themselves. */
function between({ nodes }: Graph, values: readonly Value[]): Set<Value> {
  const found = new Set(values.slice(0, 1));
  const end = nodes.findIndex(({ outputs }) => outputs[0] === values.at(-1));
  for (const { inputs, outputs } of nodes.slice(0, end)) {
    if (inputs.some((input) => input && found.has(input))) found.add(outputs[0]!);
  }
  for (const value of values) found.delete(value);
  return found;
}
