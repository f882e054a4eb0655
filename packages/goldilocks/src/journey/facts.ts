// From what was inspected and tokenized to what the plan must know.

import type { InspectedData } from '../inspect/types.js';
import type { DataFacts, LengthStats } from '../plan/facts.js';
import { complexityOf } from '../plan/task-kind.js';
import type { TokenizedData } from './prepare.js';

const sampledPrompts = 300;

export function dataFacts(data: InspectedData, tokens: TokenizedData): DataFacts {
  const { statistics, splits, rows, labels } = data;
  const isChat = data.shape === 'chat' || data.shape === 'sharegpt';
  const sample = splits.train.slice(0, sampledPrompts).map((index) => rows[index]!);
  const pick = (lengths: readonly number[]) => lengthStats(splits.train.map((index) => lengths[index]!));
  return {
    rows: splits.train.length,
    validationRows: splits.validation.length,
    task: isChat ? 'chat' : data.task,
    labels,
    tokensPerExample: pick(tokens.lengths),
    completionTokens: pick(tokens.supervisedLengths),
    outlierShare: statistics.outlierShare,
    noiseShare: statistics.labelNoise?.share ?? statistics.contradictionShare,
    complexity: complexityOf(sample.map(({ text, target }) => `${text}\n${target}`)),
    samplePrompts: sample.map(({ text }) => text),
  };
}

export function lengthStats(lengths: readonly number[]): LengthStats {
  const sorted = [...lengths].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const mean = sorted.reduce((sum, length) => sum + length, 0) / Math.max(1, sorted.length);
  return { mean, median: at(0.5), p95: at(0.95), max: at(1) };
}
