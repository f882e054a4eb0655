// Reverse-mode differentiation: one walk over the nodes from last to first.
import { GraphError } from '../graph/errors.js';
import type { Graph, Node, Value } from '../graph/graph.js';
import { add } from '../graph/ops/elementwise.js';
import type { Recomputer } from './recompute.js';
import { backwardRules } from './rules.js';

/**
 * Appends to the graph the gradient of `loss` (a scalar) with respect to each of `targets` (leaves or inner values). Nodes that no
 * target feeds into get no backward, so what is frozen costs nothing.
 *
 * @param options recomputer: what it chooses is computed again rather than kept; the same numbers with less memory
 * @returns one value per target, in order, each of its target's shape
 * @throws GraphError where the loss is no scalar, does not depend on a target, or meets an op without a backward rule
 */
export function gradients(
  loss: Value,
  targets: readonly Value[],
  { recomputer }: { recomputer?: Recomputer } = {},
): Value[] {
  const graph = loss.graph;
  if (loss.shape.length > 0) throw new GraphError('gradients', `the loss has shape [${loss.shape}], not a scalar's`);
  const dependent = dependents(graph, targets);
  const gradientOf = new Map<Value, Value>([[loss, graph.scalar(1)]]);

  for (const node of [...graph.nodes].reverse()) {
    const output = node.outputs[0]!;
    const gradient = gradientOf.get(output);
    if (!gradient || !dependent.has(output) || node.inputs.length === 0) continue;
    for (const [input, part] of inputGradients(node, gradient, dependent, recomputer)) {
      const sum = gradientOf.get(input);
      gradientOf.set(input, sum ? add(sum, part) : part);
    }
  }
  return targets.map((target) => {
    const gradient = gradientOf.get(target);
    if (!gradient) throw new GraphError('gradients', `the loss does not depend on ${target.name}`);
    return gradient;
  });
}

/** Every value that changes when a target does. */
function dependents(graph: Graph, targets: readonly Value[]): Set<Value> {
  const found = new Set<Value>(targets);
  for (const node of graph.nodes) {
    if (node.inputs.some((input) => input && found.has(input))) found.add(node.outputs[0]!);
  }
  return found;
}

function inputGradients(node: Node, gradient: Value, dependent: Set<Value>, recomputer?: Recomputer): [Value, Value][] {
  const graph = gradient.graph;
  const custom = graph.customGradients.get(node.outputs[0]!);
  const inputs = custom ? custom.inputs : node.inputs;
  const needed = inputs.map((input) => input !== undefined && dependent.has(input));
  if (!needed.includes(true)) return [];
  const rule = backwardRules[node.op];
  if (!custom && !rule) throw new GraphError(node.op, 'has no backward rule');
  const parts = custom ? custom.backward(gradient) : rule!(gradient, recomputer?.view(node) ?? node, needed);
  return parts.flatMap((part, i): [Value, Value][] => (part && needed[i] ? [[inputs[i]!, part]] : []));
}
