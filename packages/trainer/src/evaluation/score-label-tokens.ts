// Likelihood of several completions of each prompt, the prompt computed once.
import { BatchBuilder, type MicroBatch, roundUp } from '../data/batches.js';
import { fedWeightsOf, type Model } from '../models/model.js';
import { BatchRunner } from '../running/batch-runner.js';

export interface LabelScores {
  /** Number of the likeliest label, a prompt each. */
  predicted: number[];
  /** Probability of each label among the labels, [labels], a prompt each. */
  probabilities: Float32Array[];
}

export interface ScoreOptions {
  tokenBudget?: number;
  /** Called after each batch with the number of prompts done. */
  onProgress?: (done: number) => void;
}

/**
 * Scores each label as the completion of each prompt, its end token included. The prompt is computed once: the labels branch off it
 * in the same row, each seeing the prompt and itself.
 *
 * @param prompts token ids, a prompt each; not empty
 * @param labels token ids, a label each, the end token last
 */
export async function scoreLabelTokens(
  model: Model,
  prompts: readonly Int32Array[],
  labels: readonly Int32Array[],
  { tokenBudget = 1024, onProgress }: ScoreOptions = {},
): Promise<LabelScores> {
  const runner = new BatchRunner({ base: model.base, ...fedWeightsOf(model), training: false });
  const scores: LabelScores = { predicted: [], probabilities: [] };
  const branchTokens = labels.reduce((sum, label) => sum + label.length - 1, 0);
  const order = prompts.map((_, i) => i).sort((a, b) => prompts[a]!.length - prompts[b]!.length);
  try {
    for (let first = 0; first < order.length; ) {
      const group = takeGroup(order, first, prompts, branchTokens, tokenBudget);
      const batch = treeBatch(group.members, prompts, labels, group.rowTokens);
      const { losses } = await runner.run(batch);
      readScores(losses!, group.members, labels, scores);
      first += group.members.length;
      onProgress?.(first);
    }
  } finally {
    await runner.release();
  }
  return scores;
}

/** The next prompts (sorted by length) that fill the token budget, one a row. */
function takeGroup(
  order: number[],
  first: number,
  prompts: readonly Int32Array[],
  branchTokens: number,
  tokenBudget: number,
) {
  const width = (n: number) => roundUp(prompts[order[n]!]!.length + branchTokens, 8);
  let count = 1;
  while (first + count < order.length && width(first + count) * (count + 1) <= tokenBudget) count++;
  return { members: order.slice(first, first + count), rowTokens: width(first + count - 1) };
}

function treeBatch(
  members: number[],
  prompts: readonly Int32Array[],
  labels: readonly Int32Array[],
  rowTokens: number,
): MicroBatch {
  const batch = new BatchBuilder();
  members.forEach((member, row) => {
    const prompt = batch.append({ row, ids: prompts[member]! });
    for (const label of labels) {
      const branch = batch.append({ row, ids: label.subarray(0, -1), parent: prompt });
      label.forEach((id, i) => {
        const token = i === 0 ? prompt.first + prompt.ids.length - 1 : branch.first + i - 1;
        batch.targets.push({ token, label: id, weight: 0 });
      });
    }
  });
  return { ...batch.finish(rowTokens), realTokens: 0 };
}

function readScores(losses: Float32Array, members: number[], labels: readonly Int32Array[], scores: LabelScores): void {
  let slot = 0;
  for (const member of members) {
    const logs = labels.map((label) => -label.reduce((sum) => sum + losses[slot++]!, 0));
    const highest = Math.max(...logs);
    const weights = logs.map((log) => Math.exp(log - highest));
    const total = weights.reduce((a, b) => a + b, 0);
    scores.predicted[member] = logs.indexOf(highest);
    scores.probabilities[member] = Float32Array.from(weights, (weight) => weight / total);
  }
}
