// Multinomial naive Bayes over the presence of words and word pairs, with Lidstone smoothing (Manning et al.,
// Introduction to Information Retrieval, ch. 13). Rows can be taken out again, so that folds cost no second pass.
import type { Features } from './features.js';

const smoothing = 0.3;

export class NaiveBayes {
  /** [class × feature] */
  private readonly counts: Float32Array;
  private readonly totals: Float64Array;
  private readonly rows: Float64Array;

  /** `classes` × `features.size` numbers are kept in memory. */
  constructor(
    private readonly features: Features,
    private readonly classes: number,
  ) {
    this.counts = new Float32Array(classes * features.size);
    this.totals = new Float64Array(classes);
    this.rows = new Float64Array(classes);
  }

  /** Counts a row `weight` times; −1 takes it out again. */
  add(row: number, label: number, weight = 1): void {
    const features = this.features.rows[row]!;
    for (const feature of features) this.counts[label * this.features.size + feature]! += weight;
    this.totals[label]! += weight * features.length;
    this.rows[label]! += weight;
  }

  /** Log of the joint probability of row and class, [classes]; differences between classes are what counts. */
  scores(row: number): Float64Array {
    const { size, rows } = this.features;
    const seen = this.rows.reduce((sum, count) => sum + count, 0);
    return Float64Array.from({ length: this.classes }, (_, label) => {
      const total = Math.log(this.totals[label]! + smoothing * size);
      let score = Math.log((this.rows[label]! + smoothing) / (seen + smoothing * this.classes));
      for (const feature of rows[row]!) score += Math.log(this.counts[label * size + feature]! + smoothing) - total;
      return score;
    });
  }
}

/** Probabilities in proportion to exp(score / temperature). */
export function softmax(scores: Float64Array, temperature = 1): Float64Array {
  const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  const weights = scores.map((score) => Math.exp((score - highest) / temperature));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

export function indexOfMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index += 1) if (values[index]! > values[best]!) best = index;
  return best;
}
