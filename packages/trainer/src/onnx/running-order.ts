// The order in which ONNX Runtime runs a graph's nodes.
import type { Node } from '../graph/graph.js';

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
