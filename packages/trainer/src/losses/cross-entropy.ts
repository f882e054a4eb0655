// Cross-entropy of next-token predictions.
import type { Value } from '../graph/graph.js';
import { add, div, exp, log, maximum, mul, neg, sub } from '../graph/ops/elementwise.js';
import { addElements, gatherElements, gatherRows, reshape } from '../graph/ops/layout.js';
import { reduceMax, reduceSum } from '../graph/ops/reduce.js';

/**
 * −log softmax(logits)[label] for each row: logits [rows, vocabulary], labels [rows] (int32) → [rows].
 * Computed with the maximum subtracted; its backward is (softmax − target) · gradient.
 * @param smoothing ε in [0, 1): the target is (1 − ε) · one-hot + ε / vocabulary (Szegedy et al., 1512.00567), as in PyTorch. Only the
 * gradient knows it: the value stays that of the label alone, so that it compares with what is measured elsewhere.
 */
export function crossEntropy(logits: Value, labels: Value, smoothing = 0): Value {
  const [rows, vocabulary] = logits.shape as [number, number];
  const column = reshape(labels, [rows, 1]);
  // Each of these is the last use of the one before, so that the runtime works in place: a row of logits is as wide as the vocabulary.
  const picked = gatherElements(logits, column); // [rows, 1]
  // The label's logit is never above the highest: it is here so that it is read before the logits are overwritten.
  const highest = maximum(reduceMax(logits, [1], true), picked);
  const exponentials = exp(sub(logits, highest));
  const total = reduceSum(exponentials, [1], true);
  const losses = reshape(sub(add(log(total), highest), picked), [rows]);
  return logits.graph.customGradient(losses, {
    inputs: [logits],
    backward: (gradient) => {
      const scale = reshape(gradient, [rows, 1]);
      const softmax = mul(exponentials, div(scale, total));
      if (smoothing === 0) return [addElements(softmax, column, neg(scale))];
      const spread = sub(softmax, mul(scale, smoothing / vocabulary));
      return [addElements(spread, column, mul(scale, smoothing - 1))];
    },
  });
}

/**
 * The same for several labels a row: logits [rows, vocabulary]; for each prediction its row and its label [predictions] (int32) →
 * [predictions]. Without a backward.
 */
export function negativeLogLikelihoods(logits: Value, row: Value, labels: Value): Value {
  const [rows, vocabulary] = logits.shape as [number, number];
  const { graph } = logits;
  const elements = reshape(logits, [rows * vocabulary]);
  const picked = gatherRows(elements, add(mul(row, graph.constant(Int32Array.of(vocabulary), [])), labels));
  const highest = reduceMax(logits, [1], true);
  const total = reduceSum(exp(sub(logits, highest)), [1], true);
  return sub(gatherRows(reshape(add(log(total), highest), [rows]), row), picked);
}
