// AdamW as graphs, for a device that holds parameters, moments and gradients: norm, accumulation, update.
import { Graph, type Value } from '../graph/graph.js';
import { add, div, mul, sqrt, sub } from '../graph/ops/elementwise.js';
import { reduceSum, sumAll } from '../graph/ops/reduce.js';
import type { Shape } from '../tensor/shape.js';
import type { AdamWSettings } from './adamw.js';

export interface UpdatedParameter {
  name: string;
  shape: Shape;
  decay: boolean;
  rateScale: number;
}

export interface UpdateSettings extends AdamWSettings {
  weightDecay: number;
}

/** Names of what belongs to a parameter, in graphs and checkpoints. */
export const namesOf = (name: string) => ({
  gradient: `gradient.${name}`,
  first: `${name}.first_moment`,
  second: `${name}.second_moment`,
});

/** Names of outputs: what an input of that name becomes. */
export const next = (name: string) => `next.${name}`;

/** `squares`: the sum of all squares of the gradients, a scalar. */
export function squaresGraph(parameters: readonly UpdatedParameter[]): Graph {
  const graph = new Graph();
  const sums = parameters.map(({ name, shape }) => {
    const gradient = graph.input(namesOf(name).gradient, 'float32', shape);
    const squares = mul(gradient, gradient);
    // Rows first: shorter sums round less, and run side by side.
    return sumAll(shape.length > 1 ? reduceSum(squares, [-1]) : squares);
  });
  graph.output('squares', sums.reduce(add));
  return graph;
}

/** `next.gradient.<name>`: gradients with those of a further micro-batch, `more.<name>`, added. */
export function accumulationGraph(parameters: readonly UpdatedParameter[]): Graph {
  const graph = new Graph();
  for (const { name, shape } of parameters) {
    const { gradient } = namesOf(name);
    const sum = add(graph.input(gradient, 'float32', shape), graph.input(`more.${name}`, 'float32', shape));
    graph.output(next(gradient), sum);
  }
  return graph;
}

/**
 * One update of parameters that have had equally many, in the arithmetic of `AdamW`. Fed are parameters, moments and gradients by name, and
 * the scalars `rate`, `gradientScale`, `correction1` and `correction2` (1 − βᵗ).
 */
export function updateGraph(parameters: readonly UpdatedParameter[], settings: UpdateSettings): Graph {
  const { beta1, beta2, epsilon, weightDecay } = settings;
  const graph = new Graph();
  const scalar = (name: string) => graph.input(name, 'float32', []);
  const [rate, gradientScale] = [scalar('rate'), scalar('gradientScale')];
  const [correction1, root2] = [scalar('correction1'), sqrt(scalar('correction2'))];
  const made = new Map<string, Value>();
  const shared = (key: string, make: () => Value) => {
    const value = made.get(key) ?? make();
    made.set(key, value);
    return value;
  };
  for (const { name, shape, decay, rateScale } of parameters) {
    const names = namesOf(name);
    const [parameter, gradient, first, second] = [name, names.gradient, names.first, names.second].map((each) =>
      graph.input(each, 'float32', shape),
    ) as [Value, Value, Value, Value];
    const scaled = mul(gradient, gradientScale);
    const newFirst = add(first, mul(sub(scaled, first), 1 - beta1));
    const newSecond = add(mul(second, beta2), mul(mul(scaled, scaled), 1 - beta2));
    const pace = shared(`rate ${rateScale}`, () => div(mul(rate, rateScale), correction1));
    const step = mul(div(newFirst, add(div(sqrt(newSecond), root2), epsilon)), pace);
    const shrink = () => sub(1, mul(rate, rateScale * weightDecay));
    const kept = decay && weightDecay > 0 ? mul(parameter, shared(`decay ${rateScale}`, shrink)) : parameter;
    graph.output(next(name), sub(kept, step));
    graph.output(next(names.first), newFirst);
    graph.output(next(names.second), newSecond);
  }
  return graph;
}
