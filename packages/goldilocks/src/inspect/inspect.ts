// The journey's first stage: data in; rows, splits, problems and statistics out.
import { UserError } from '../errors.js';
import { excerpt } from '../terminal/strip-control.js';
import { measureBaselines } from './baselines.js';
import { type DuplicateFindings, findDuplicates } from './checks/duplicates.js';
import { estimateLabelNoise, labelNoiseProblem } from './checks/label-noise.js';
import { findLabels } from './checks/labels.js';
import { findLongRows, summariseLengths, type TokenFindings } from './checks/lengths.js';
import { findOutliers } from './checks/outliers.js';
import { findPersonalData } from './checks/personal-data.js';
import { checkOptions } from './options.js';
import { percent, problem, rowsOf } from './problems.js';
import { type Place, type ReadData, readData } from './read.js';
import type { Layout } from './shapes/layout.js';
import { describeGuess } from './shapes/task.js';
import { describeSplits, type Splits, splitRows, splitRowsOf } from './splits.js';
import { sha256, words } from './text/normalise.js';
import type { InspectedData, InspectedRow, InspectOptions, Problem, Statistics } from './types.js';

/** Fewer rows can be neither learnt from nor measured. */
const minimumRows = 10;

const severities: Problem['severity'][] = ['error', 'warning', 'note'];

/** Below this a test score says little. */
const comfortableRows = 200;

/**
 * Reads a data file, or a folder with train, validation and test files, and says what is in it.
 * Deterministic: the same data and options give the same rows, splits and hash.
 * @throws UserError (exit code 2) when the data cannot be used; the message says what, where and what to do.
 */
export async function inspect(path: string, options: InspectOptions = {}): Promise<InspectedData> {
  checkOptions(options);
  const data = await readData(path, options);
  const { rows, task, layout } = data;
  const source = excerpt(path, 200);
  if (rows.length < minimumRows) throw tooFew(source, data);
  const labels = task === 'classification' ? findLabels(rows, quoted(layout.target), source) : undefined;
  const tokens = options.countTokens && findLongRows(rows, options.countTokens, options.maxLength, source);
  const duplicates = findDuplicates(rows, task, options.ignoreGivenSplits ?? false);
  const splits = splitRows(
    splitRowsOf(rows, duplicates.contents, options.ignoreGivenSplits ?? false),
    duplicates.groups,
    options,
  );
  if (splits.train.length === 0) throw noTraining(source);
  if (duplicates.groups.length < minimumRows) throw tooAlike(source, rows.length, duplicates.groups.length);
  const names = labels?.counts.map(({ label }) => label);
  const noise = names && estimateLabelNoise(rows, names);
  const baselines = names && measureBaselines(rows, splits, names);
  const outliers = findOutliers(rows);
  // Its tables take long to load, for processes that train and never inspect.
  const { findLanguages } = await import('./checks/languages.js');
  const languages = findLanguages(rows);
  const problems = [
    ...lostRows(data),
    ...(labels?.problems ?? []),
    ...duplicates.problems,
    ...(tokens?.problems ?? []),
    ...(noise ? labelNoiseProblem(rows, noise) : []),
    ...outliers.problems,
    ...languages.problems,
    ...findPersonalData(rows),
    ...smallData(rows.length, splits.test.length),
  ];
  return {
    source: path,
    files: data.files.map((file) => file.name),
    format: data.files[0]!.format,
    shape: layout.shape,
    guess: describeGuess(layout, task, names?.length ?? 0),
    columns: columnsOf(layout),
    task,
    rows,
    ...(names && { labels: names }),
    splits,
    splitNote: describeSplits(rows, splits, options.ignoreGivenSplits ?? false),
    problems: problems.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity)),
    statistics: {
      ...countRows(data, duplicates, tokens),
      ...(labels && { labels: labels.counts, labelBalance: labels.balance }),
      ...(noise && { labelNoise: noise }),
      ...(baselines && { baselines }),
      outlierShare: outliers.share,
      languages: languages.languages,
    },
    dataHash: hashOf(rows, splits),
  };
}

function columnsOf({ kind, input, target, split }: Layout): InspectedData['columns'] {
  return { input: kind === 'text' ? [] : input, target, ...(split !== undefined && { split }) };
}

type Counted = Omit<Statistics, 'labels' | 'labelBalance' | 'labelNoise' | 'baselines' | 'outlierShare' | 'languages'>;

function countRows(
  { rows, unreadable, empty }: ReadData,
  duplicates: DuplicateFindings,
  tokens: TokenFindings | undefined,
): Counted {
  const vocabulary = new Set<string>();
  const targets = new Set<string>();
  let wordCount = 0;
  for (const { text, target } of rows) {
    const inputWords = words(text);
    wordCount += inputWords.length;
    for (const word of inputWords) vocabulary.add(word);
    for (const word of words(target)) vocabulary.add(word);
    targets.add(target || text);
  }
  return {
    rows: rows.length,
    unreadableRows: unreadable.length,
    emptyRows: empty.length,
    exactDuplicateShare: duplicates.exactShare,
    nearDuplicateShare: duplicates.nearShare,
    contradictionShare: duplicates.contradictionShare,
    inputCharacters: summariseLengths(rows.map(({ text }) => text.length)),
    targetCharacters: summariseLengths(rows.map(({ target }) => target.length)),
    ...(tokens && { tokens: tokens.tokens }),
    vocabulary: vocabulary.size,
    meanWords: wordCount / rows.length,
    distinctTargetShare: targets.size / rows.length,
  };
}

/** Rows that were left out, so that nothing is lost silently. */
function lostRows({ unreadable, empty, layout }: ReadData): Problem[] {
  const problems: Problem[] = [];
  if (unreadable.length > 0) {
    const message = `${rowsOf(unreadable.length)} cannot be read and ${unreadable.length === 1 ? 'is' : 'are'} left out (${reasonAt(unreadable[0]!)}).`;
    problems.push(
      problem({ kind: 'unreadable-rows', severity: 'error', message, advice: 'Mend them if they matter.' }, unreadable),
    );
  }
  if (empty.length > 0) {
    const message = `${rowsOf(empty.length)} ${empty.length === 1 ? 'has' : 'have'} nothing in ${quoted([...new Set(empty.map(({ reason }) => reason))], ' or ')} and ${empty.length === 1 ? 'is' : 'are'} left out.`;
    const advice = `Fill in ${layout.kind === 'text' ? 'the text' : 'both input and answer'}, or remove the rows.`;
    problems.push(problem({ kind: 'empty-fields', severity: 'warning', message, advice }, empty));
  }
  return problems;
}

function smallData(rows: number, tested: number): Problem[] {
  if (rows >= comfortableRows) return [];
  // Half the width of a 95 % interval of an accuracy near one half.
  const uncertainty = 1.96 * Math.sqrt(0.25 / Math.max(1, tested));
  const message = `There are only ${rows} rows: a score on ${rowsOf(tested)} of test is uncertain by up to ±${percent(uncertainty)}.`;
  const advice = 'Small differences between settings mean little. More rows help more than any setting.';
  return [problem({ kind: 'small-data', severity: 'note', message, advice }, [])];
}

/** Order, split and content of all rows; changes when any of them does. */
function hashOf(rows: readonly InspectedRow[], splits: Splits): string {
  const names: string[] = [];
  for (const [name, indexes] of Object.entries(splits)) for (const index of indexes) names[index] = name;
  return sha256(...rows.map((row, index) => `${names[index]} ${row.hash}`));
}

function tooFew(source: string, { rows, empty, unreadable }: ReadData): UserError {
  const lost = empty.length + unreadable.length;
  const beside = lost > 0 ? ` beside ${lost} that cannot be used` : '';
  return new UserError(
    `${source} has ${rowsOf(rows.length)}${beside}; at least ${minimumRows} are needed to train, validate and test. Add more rows, a few hundred if you can.`,
  );
}

function tooAlike(source: string, rows: number, different: number): UserError {
  return new UserError(
    `${source} has ${rowsOf(rows)}, but only ${different} different ${different === 1 ? 'input' : 'inputs'}; nearly equal ones counted once; at least ${minimumRows} are needed. Add rows with other texts, or check that the right column is taken as the input.`,
  );
}

function noTraining(source: string): UserError {
  return new UserError(
    `${source} has no training rows: all are given as validation or test. Name a split or a file train, or split anew with --ignore-given-splits.`,
  );
}

function reasonAt({ file, line, reason }: Place): string {
  return `the first at ${file}:${line}: ${excerpt(reason, 120)}`;
}

function quoted(names: readonly string[], separator = ', '): string {
  return names.map((name) => `"${excerpt(name, 40)}"`).join(separator);
}
