// Likelihood of several completions of each prompt, the prompt computed once.
import {
  BatchBuilder,
  evenParts,
  firstFit,
  type MicroBatch,
  roundUp,
  rowForShared,
  sharedBeginning,
} from '../data/batches.js';
import type { Segment } from '../data/segments.js';
import type { Model } from '../models/model.js';
import { withRunner } from '../running/with-runner.js';
import type { DeviceName } from '../runtime/device.js';

export interface LabelScores {
  /** Number of the likeliest label, a prompt each. */
  predicted: number[];
  /** Probability of each label among the labels, [labels], a prompt each. */
  probabilities: Float32Array[];
}

export interface ScoreOptions {
  tokenBudget?: number;
  /** Default: cpu. */
  device?: DeviceName;
  /** Called after each batch with the number of prompts done. */
  onProgress?: (done: number) => void;
}

/**
 * Scores each label as the completion of each prompt, its end token included. The prompt is computed once: the labels branch off it
 * in the same row as a tree, in which what labels begin with is there once, each seeing the prompt and itself. What all prompts begin
 * with, such as a system prompt, is there once a row.
 *
 * @param prompts token ids, a prompt each; not empty
 * @param labels token ids, a label each, the end token last
 */
export async function scoreLabelTokens(
  model: Model,
  prompts: readonly Int32Array[],
  labels: readonly Int32Array[],
  { tokenBudget = 512, device = 'cpu', onProgress }: ScoreOptions = {},
): Promise<LabelScores> {
  const scores: LabelScores = { predicted: [], probabilities: [] };
  const tree = labelTree(labels);
  const byLength = prompts.map((_, i) => i).sort((a, b) => prompts[b]!.length - prompts[a]!.length);
  // The last token of a prompt predicts, so each has its own.
  const shared = sharedBeginning(prompts, Math.min(...prompts.map(({ length }) => length)) - 1);
  const own = (member: number) => prompts[member]!.length - shared + tree.nodes.length;
  await withRunner(model, device, async (runner) => {
    let done = 0;
    for (const group of evenParts(byLength, own, tokenBudget)) {
      const rowTokens = roundUp(Math.max(shared + own(group[0]!), rowForShared(shared)), shortestRow);
      const rows = firstFit(group, own, rowTokens - shared);
      const { losses } = await runner.run(treeBatch(rows, prompts, shared, tree, rowTokens));
      readScores(losses!, rows.flat(), labels, scores);
      done += group.length;
      onProgress?.(done);
    }
  });
  return scores;
}

/** So long that most prompts share one graph: compiling another takes longer than attention to empty places. */
const shortestRow = 64;

interface LabelNode {
  ids: Int32Array;
  /** The number of the node before it; none after the prompt. */
  parent?: number;
}

/** Labels as paths through nodes of one token. */
interface LabelTree {
  /** Parents come before what follows them. */
  nodes: LabelNode[];
  /** For each token of all labels, the node that predicts it (none: the prompt's last token), and itself. */
  predictions: { from?: number; label: number }[];
}

function labelTree(labels: readonly Int32Array[]): LabelTree {
  const nodes: LabelNode[] = [];
  const known = new Map<string, number>();
  const predictions: LabelTree['predictions'] = [];
  for (const label of labels) {
    let from: number | undefined;
    label.forEach((id, i) => {
      predictions.push({ from, label: id });
      if (i === label.length - 1) return;
      const path = label.subarray(0, i + 1).join();
      const node = known.get(path) ?? nodes.push({ ids: label.subarray(i, i + 1), parent: from }) - 1;
      known.set(path, node);
      from = node;
    });
  }
  return { nodes, predictions };
}

function treeBatch(
  rows: readonly number[][],
  prompts: readonly Int32Array[],
  shared: number,
  { nodes, predictions }: LabelTree,
  rowTokens: number,
): MicroBatch {
  const batch = new BatchBuilder();
  for (const [row, members] of rows.entries()) {
    const beginning = prompts[members[0]!]!.subarray(0, shared);
    const parent = shared > 0 ? batch.append({ row, ids: beginning }) : undefined;
    for (const member of members) {
      const prompt = batch.append({ row, ids: prompts[member]!.subarray(shared), parent });
      const segments: Segment[] = [];
      for (const { ids, parent: before } of nodes) {
        segments.push(batch.append({ row, ids, parent: before === undefined ? prompt : segments[before]! }));
      }
      for (const { from, label } of predictions) {
        const token = from === undefined ? prompt.first + prompt.ids.length - 1 : segments[from]!.first;
        batch.targets.push({ token, label, weight: 0 });
      }
    }
  }
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
