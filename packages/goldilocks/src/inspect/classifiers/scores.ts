// Accuracy and macro F1 of guessed labels.

/**
 * Macro F1 is the mean over the labels that occur in truth or guesses, 0 for one never rightly guessed, as in
 * scikit-learn's f1_score(average="macro").
 */
export function labelScores(
  truth: readonly number[],
  guesses: readonly number[],
  classes: number,
): { accuracy: number; macroF1: number } {
  const [hits, given, guessed] = [new Float64Array(classes), new Float64Array(classes), new Float64Array(classes)];
  for (const [index, label] of truth.entries()) {
    given[label]! += 1;
    guessed[guesses[index]!]! += 1;
    if (guesses[index] === label) hits[label]! += 1;
  }
  const present = [...hits.keys()].filter((label) => given[label]! + guessed[label]! > 0);
  const f1 = present.map((label) => (2 * hits[label]!) / (given[label]! + guessed[label]!));
  const right = hits.reduce((sum, count) => sum + count, 0);
  return { accuracy: right / truth.length, macroF1: f1.reduce((sum, value) => sum + value, 0) / present.length };
}
