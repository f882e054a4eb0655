// How often each value of a graph is read.
import type { Node, Value } from '../graph/graph.js';

/** By nodes, and as an output. */
export function countReaders(nodes: readonly Node[], outputs: Iterable<Value>): Map<Value, number> {
  const readers = new Map<Value, number>();
  const count = (value: Value) => readers.set(value, (readers.get(value) ?? 0) + 1);
  for (const { inputs } of nodes) for (const input of inputs) if (input) count(input);
  for (const output of outputs) count(output);
  return readers;
}
