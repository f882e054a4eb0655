// Scores for label tasks.

/** Share of positions where both agree, in [0, 1]; 0 for no examples. */
export function accuracy(predicted: readonly number[], truth: readonly number[]): number {
  let right = 0;
  for (const [i, label] of truth.entries()) if (predicted[i] === label) right += 1;
  return truth.length === 0 ? 0 : right / truth.length;
}

/**
 * Mean over classes of F1 = 2·TP / (2·TP + FP + FN), in [0, 1]. Classes that occur neither in the truth nor in the
 * predictions don't count, as in scikit-learn's `f1_score(average='macro')`.
 */
export function macroF1(predicted: readonly number[], truth: readonly number[]): number {
  const classes = new Set([...truth, ...predicted.slice(0, truth.length)]);
  let sum = 0;
  for (const label of classes) sum += f1(label, predicted, truth);
  return classes.size === 0 ? 0 : sum / classes.size;
}

function f1(label: number, predicted: readonly number[], truth: readonly number[]): number {
  let hits = 0;
  let misses = 0; // false positives and false negatives together
  for (const [i, right] of truth.entries()) {
    if (right === label && predicted[i] === label) hits += 1;
    else if (right === label || predicted[i] === label) misses += 1;
  }
  return (2 * hits) / (2 * hits + misses);
}
