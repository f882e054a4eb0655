// Trades time for memory: what is cheap to compute again is not kept from the forward to the backward pass.
import type { Node, Value } from '../graph/graph.js';

/** What is computed again on its own: activations, products of elements, such as a norm's last steps. */
const cheapOps = new Set(['Softmax', 'QuickGelu', 'Gelu', 'Mul']);
/** And what leads to a softmax: attention's scores, which are as large as rows are long, squared. */
const scoreOps = new Set(['Add', 'Reshape', 'MatMul', 'Mul', 'Div', 'Tanh']);

/** Rebuilds values just before they are read again. A graph has one, so that each value is rebuilt once. */
export class Recomputer {
  private readonly rebuilt = new Map<Value, Value>();

  /** The node as its backward rule should see it: with inputs and output that were computed again where that is cheap. */
  view(node: Node): Node {
    const inputs = node.inputs.map((input) => input && this.again(input, cheapOps));
    return { ...node, inputs, outputs: [this.again(node.outputs[0]!, cheapOps)] };
  }

  private again(value: Value, ops: ReadonlySet<string>): Value {
    const { producer, graph } = value;
    // Of a row's statistics there is one number a row: keeping them costs nothing, and rebuilding them another pass.
    if (!producer || !ops.has(producer.op) || value.shape.at(-1) === 1 || graph.customGradients.has(value))
      return value;
    const known = this.rebuilt.get(value);
    if (known) return known;
    const upstream = producer.op === 'Softmax' ? scoreOps : ops;
    const inputs = producer.inputs.map((input) => input && this.again(input, upstream));
    const copy = graph.node(producer.op, inputs, value.dtype, value.shape, producer.attributes, producer.domain);
    this.rebuilt.set(value, copy);
    return copy;
  }
}
