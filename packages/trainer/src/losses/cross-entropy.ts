// Cross-entropy of next-token predictions.
import type { Value } from '../graph/graph.js';
import { div, equal, exp, log, mul, sub, where } from '../graph/ops/elementwise.js';
import { gatherElements, reshape } from '../graph/ops/layout.js';
import { reduceMax, reduceSum } from '../graph/ops/reduce.js';

/**
 * −log softmax(logits)[label] for each row: logits [rows, vocabulary], labels [rows] (int32) → [rows].
 * Computed with the maximum subtracted; its backward is (softmax − one-hot) · gradient, without a scatter.
 */
export function crossEntropy(logits: Value, labels: Value): Value {
  const graph = logits.graph;
  const [rows, vocabulary] = logits.shape as [number, number];
  const column = reshape(labels, [rows, 1]);
  const shifted = sub(logits, reduceMax(logits, [1], true));
  const exponentials = exp(shifted);
  const total = reduceSum(exponentials, [1], true); // [rows, 1]
  const losses = reshape(sub(log(total), gatherElements(shifted, column)), [rows]);
  return graph.customGradient(losses, {
    inputs: [logits],
    backward: (gradient) => {
      const scale = reshape(gradient, [rows, 1]);
      const softmax = mul(exponentials, div(scale, total));
      const isLabel = equal(
        graph.constant(
          Int32Array.from({ length: vocabulary }, (_, i) => i),
          [1, vocabulary],
        ),
        column,
      );
      return [sub(softmax, where(isLabel, scale, 0))];
    },
  });
}
