// How long the rows are, in characters and tokens, and what a maximal length would cut.
import { UserError } from '../../errors.js';
import { percent, problem, rowsOf } from '../problems.js';
import type { Example, InspectedRow, LengthSummary, Problem, TokenStatistics } from '../types.js';

export function summariseLengths(lengths: readonly number[]): LengthSummary {
  const sorted = Float64Array.from(lengths).sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { median: at(0.5), percentile95: at(0.95), max: at(1) };
}

export interface TokenFindings {
  tokens: TokenStatistics;
  problems: Problem[];
}

/** @throws UserError when every row is longer than `maxLength`. */
export function findLongRows(
  rows: readonly InspectedRow[],
  countTokens: (text: string) => number,
  maxLength: number | undefined,
  source: string,
): TokenFindings {
  const lengths = rows.map(({ example }) => countTokens(textOf(example)));
  const long = maxLength === undefined ? [] : rows.filter((_, index) => lengths[index]! > maxLength);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const tokensCut = lengths.reduce((sum, length) => sum + Math.max(0, length - (maxLength ?? Infinity)), 0);
  const tokens: TokenStatistics = { ...summariseLengths(lengths), total, rowsCut: long.length, tokensCut };
  if (maxLength === undefined) return { tokens, problems: [] };
  if (long.length === rows.length) {
    const shortest = lengths.reduce((least, length) => Math.min(least, length), Infinity);
    throw new UserError(
      `${source}: every row is longer than ${maxLength} tokens; the shortest has ${shortest}. Raise --max-length (as far as the model and memory allow), or shorten the texts.`,
    );
  }
  const problems =
    long.length === 0
      ? []
      : [problem(finding(long.length, rows.length, maxLength, tokensCut, total, tokens.max), long)];
  return { tokens: { ...tokens, maxLength }, problems };
}

function finding(count: number, rows: number, maxLength: number, cut: number, total: number, max: number) {
  return {
    kind: 'too-long' as const,
    severity: 'warning' as const,
    message: `${rowsOf(count)} (${percent(count / rows)}) ${count === 1 ? 'is' : 'are'} longer than ${maxLength} tokens: ${cut} tokens (${percent(cut / total)} of all) would be cut.`,
    advice: `Shorten them, split them, or raise --max-length to ${max}, which costs memory and time.`,
  };
}

function textOf(example: Example): string {
  if ('messages' in example) return example.messages.map((message) => message.content).join('\n');
  return example.prompt + example.completion;
}
