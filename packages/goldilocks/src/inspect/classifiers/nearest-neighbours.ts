// Nearest neighbours by the cosine of TF-IDF vectors over an inverted index; every row is judged by the others.
import type { Features } from './features.js';

const neighbours = 10;

/** Features in more rows than this are skipped: they cost most and tell least. */
const maxPostings = 600;

/**
 * Share of the ten nearest rows' similarity per class, smoothed by the classes' frequencies; [rows][classes].
 * A row never counts for itself.
 */
export function neighbourProbabilities(features: Features, labels: Int32Array, classes: number): Float64Array[] {
  const { rows, frequency } = features;
  const weights = Float64Array.from(frequency, (count) => (count > maxPostings ? 0 : Math.log(rows.length / count)));
  const norms = rows.map((row) => Math.sqrt(row.reduce((sum, feature) => sum + weights[feature]! ** 2, 0)) || 1);
  const postings: number[][] = Array.from(frequency, () => []);
  for (const [index, row] of rows.entries())
    for (const feature of row) if (weights[feature]! > 0) postings[feature]!.push(index);
  const prior = classShares(labels, classes);
  const similarity = new Float64Array(rows.length);
  return rows.map((row, index) => {
    const touched: number[] = [];
    for (const feature of row) {
      const weight = weights[feature]! ** 2;
      for (const other of postings[feature]!) {
        if (other === index) continue;
        if (similarity[other] === 0) touched.push(other);
        similarity[other]! += weight / (norms[index]! * norms[other]!);
      }
    }
    const nearest = highest(touched, similarity);
    const votes = prior.map((share) => share * 0.5);
    for (const other of nearest) votes[labels[other]!]! += similarity[other]!;
    for (const other of touched) similarity[other] = 0;
    const sum = votes.reduce((total, vote) => total + vote, 0);
    return votes.map((vote) => vote / sum);
  });
}

/** The rows of greatest similarity; of equals, the first seen. One pass, as sorting all would take most of the time. */
function highest(candidates: readonly number[], similarity: Float64Array): number[] {
  const best: number[] = [];
  for (const candidate of candidates) {
    const value = similarity[candidate]!;
    if (best.length === neighbours && value <= similarity[best[neighbours - 1]!]!) continue;
    let at = best.length;
    while (at > 0 && similarity[best[at - 1]!]! < value) at -= 1;
    best.splice(at, 0, candidate);
    if (best.length > neighbours) best.pop();
  }
  return best;
}

function classShares(labels: Int32Array, classes: number): Float64Array {
  const shares = new Float64Array(classes);
  for (const label of labels) shares[label]! += 1 / labels.length;
  return shares;
}
