// How many labels are probably wrong, by confident learning (Northcutt et al., arxiv.org/abs/1911.00068) on out-of-sample
// probabilities of two cheap classifiers. An estimate from words alone; it says so wherever it is shown.
import { type Features, featuresOf } from '../classifiers/features.js';
import { indexOfMax, NaiveBayes, softmax } from '../classifiers/naive-bayes.js';
import { neighbourProbabilities } from '../classifiers/nearest-neighbours.js';
import { type Finding, percent, problem } from '../problems.js';
import type { InspectedRow, LabelNoiseEstimate, Problem } from '../types.js';

const folds = 5;
const maxSample = 5000;
const maxClasses = 200;
const minimumRows = 60;
const minimumRowsPerClass = 8;

/** Agreement of the classifiers with the labels beyond chance (Cohen's kappa); below it they cannot judge labels. */
const minimumKappa = 0.3;

/** Worth a word to the person from this share on. */
const worthSaying = 0.03;

/** The surest rows, by which slips are counted, and how many they must be. */
const sureShare = 0.3;
const minimumSure = 50;

const temperatures = [1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24];

/** Undefined where words do not tell: few rows, very many labels, or labels that the words do not foretell. */
export function estimateLabelNoise(
  rows: readonly InspectedRow[],
  labels: readonly string[],
): LabelNoiseEstimate | undefined {
  if (labels.length > maxClasses || rows.length < Math.max(minimumRows, labels.length * minimumRowsPerClass))
    return undefined;
  const sample = sampleByContent(rows, maxSample);
  const numbers = new Map(labels.map((label, index) => [label, index]));
  const given = Int32Array.from(sample, (index) => numbers.get(rows[index]!.label ?? '') ?? 0);
  const features = featuresOf(sample.map((index) => rows[index]!.text));
  const judges = outOfSample(features, given, labels.length);
  if (kappa(judges.mean, given, labels.length) < minimumKappa) return undefined;
  const { share, atMost, suspects } = estimate(judges, given, labels.length);
  return { share, atMost, suspects: suspects.map((position) => sample[position]!), sampled: sample.length };
}

/**
 * A hard row and a wrong label look alike to a weak judge, so the estimate leans on where they differ:
 * with four labels or more, the rows judged surest, and of their errors those whose given label has the least support,
 * as a slip of the pen falls on any label and a hard row on the runner-up; with fewer, errors on which both judges agree.
 * `atMost` takes every disagreement for a wrong label.
 */
function estimate(
  judges: Judges,
  given: Int32Array,
  classes: number,
): { share: number; atMost: number; suspects: number[] } {
  const doubted = confidentDisagreements(judges.mean, given, classes);
  const sure = surest(judges.mean);
  const byRank = classes >= 4 && sure.length >= minimumSure;
  const agreed = byRank ? [] : agreement(judges, given, classes);
  const share = byRank ? slips(judges.mean, sure, given) : agreed.length / given.length;
  const atMost = Math.max(share, doubted.length / given.length);
  const ranked = byRank
    ? [...doubted].sort((a, b) => support(judges.mean[a]!, given[a]!) - support(judges.mean[b]!, given[b]!))
    : agreed;
  return { share, atMost, suspects: ranked.slice(0, Math.ceil(share * given.length)) };
}

/** Share of the surest rows with a label that is neither the one judged nor a likely second: twice the lower half. */
function slips(probabilities: readonly Float64Array[], sure: readonly number[], given: Int32Array): number {
  const errors = sure.filter((row) => indexOfMax(probabilities[row]!) !== given[row]);
  const unsupported = errors.reduce((sum, row) => sum + lowerHalf(support(probabilities[row]!, given[row]!)), 0);
  return Math.min(errors.length, 2 * unsupported) / sure.length;
}

function lowerHalf(value: number): number {
  return value < 0.5 ? 1 : value === 0.5 ? 0.5 : 0;
}

/** Place of a label among those that are not the most probable: 1 the runner-up, 0 the last. */
function support(probabilities: Float64Array, label: number): number {
  const best = indexOfMax(probabilities);
  const below = probabilities.reduce(
    (count, value, other) => count + Number(other !== best && other !== label && value < probabilities[label]!),
    0,
  );
  return below / (probabilities.length - 2);
}

function surest(probabilities: readonly Float64Array[]): number[] {
  const certainty = probabilities.map((probability) => probability[indexOfMax(probability)]!);
  const order = [...probabilities.keys()].sort((a, b) => certainty[b]! - certainty[a]! || a - b);
  return order.slice(0, Math.round(sureShare * order.length));
}

/** Rows that both judges give to the same other label. */
function agreement({ bayes, neighbours, mean }: Judges, given: Int32Array, classes: number): number[] {
  const first = new Set(confidentDisagreements(bayes, given, classes));
  const second = new Set(confidentDisagreements(neighbours, given, classes));
  const margin = (row: number): number => Math.max(...mean[row]!) - mean[row]![given[row]!]!;
  return [...first]
    .filter((row) => second.has(row) && indexOfMax(bayes[row]!) === indexOfMax(neighbours[row]!))
    .sort((a, b) => margin(b) - margin(a) || a - b);
}

export function labelNoiseProblem(
  rows: readonly InspectedRow[],
  { share, atMost, suspects, sampled }: LabelNoiseEstimate,
): Problem[] {
  if (share < worthSaying) return [];
  const finding: Finding = {
    kind: 'label-noise',
    severity: 'warning',
    message: `About ${percent(share)} of the labels look wrong${atMost > 1.3 * share ? `, at most ${percent(atMost)}` : ''}. This is an estimate from the words of ${sampled} rows: a hard row can look like a wrong label.`,
    advice: 'Check the rows named, most suspicious first; every wrong label set right helps more than any setting.',
  };
  return [
    problem(
      finding,
      suspects.map((index) => rows[index]!),
    ),
  ];
}

/** Indexes of at most `size` rows, those whose hashes are lowest: the same rows whatever the order. */
export function sampleByContent(rows: readonly InspectedRow[], size: number): number[] {
  const indexes = [...rows.keys()];
  if (rows.length <= size) return indexes;
  const byHash = indexes.sort((a, b) => (rows[a]!.hash < rows[b]!.hash ? -1 : 1));
  return byHash.slice(0, size).sort((a, b) => a - b);
}

/** Probabilities of every row by judges that have not seen its label; [rows][classes] each. */
interface Judges {
  /** Naive Bayes over folds, its temperature fitted. */
  bayes: Float64Array[];
  neighbours: Float64Array[];
  mean: Float64Array[];
}

function outOfSample(features: Features, given: Int32Array, classes: number): Judges {
  const scores = crossScores(features, given, classes);
  const temperature = fitTemperature(scores, given);
  const bayes = scores.map((score) => softmax(score, temperature));
  const neighbours = neighbourProbabilities(features, given, classes);
  const mean = bayes.map((row, index) => row.map((value, label) => (value + neighbours[index]![label]!) / 2));
  return { bayes, neighbours, mean };
}

function crossScores(features: Features, given: Int32Array, classes: number): Float64Array[] {
  const bayes = new NaiveBayes(features, classes);
  for (const [row, label] of given.entries()) bayes.add(row, label);
  const scores: Float64Array[] = new Array(given.length);
  for (let fold = 0; fold < folds; fold += 1) {
    const members = [...given.keys()].filter((row) => row % folds === fold);
    for (const row of members) bayes.add(row, given[row]!, -1);
    for (const row of members) scores[row] = bayes.scores(row);
    for (const row of members) bayes.add(row, given[row]!);
  }
  return scores;
}

/** Naive Bayes is far too sure of itself; the temperature that makes the given labels most likely mends that. */
function fitTemperature(scores: readonly Float64Array[], given: Int32Array): number {
  const losses = temperatures.map((temperature) =>
    scores.reduce((sum, score, row) => sum - Math.log(Math.max(1e-6, softmax(score, temperature)[given[row]!]!)), 0),
  );
  return temperatures[losses.indexOf(Math.min(...losses))]!;
}

function kappa(probabilities: readonly Float64Array[], given: Int32Array, classes: number): number {
  const [byLabel, byGuess] = [new Float64Array(classes), new Float64Array(classes)];
  let right = 0;
  for (const [row, probability] of probabilities.entries()) {
    const guess = indexOfMax(probability);
    byLabel[given[row]!]! += 1 / given.length;
    byGuess[guess]! += 1 / given.length;
    if (guess === given[row]) right += 1 / given.length;
  }
  const chance = byLabel.reduce((sum, share, label) => sum + share * byGuess[label]!, 0);
  return chance >= 1 ? 0 : (right - chance) / (1 - chance);
}

/**
 * Rows that some other class claims: of the classes at least as probable as they are on average for rows that carry
 * their label, the most probable is not the one given. By falling margin.
 */
function confidentDisagreements(probabilities: readonly Float64Array[], given: Int32Array, classes: number): number[] {
  const [sums, counts] = [new Float64Array(classes), new Float64Array(classes)];
  for (const [row, probability] of probabilities.entries()) {
    sums[given[row]!]! += probability[given[row]!]!;
    counts[given[row]!]! += 1;
  }
  const thresholds = sums.map((sum, label) => (counts[label]! > 0 ? sum / counts[label]! : Infinity));
  const found: { row: number; margin: number }[] = [];
  for (const [row, probability] of probabilities.entries()) {
    const claims = probability.map((value, label) => (value >= thresholds[label]! ? value : -1));
    const claim = indexOfMax(claims);
    if (claims[claim]! >= 0 && claim !== given[row])
      found.push({ row, margin: probability[claim]! - probability[given[row]!]! });
  }
  return found.sort((a, b) => b.margin - a.margin || a.row - b.row).map(({ row }) => row);
}
