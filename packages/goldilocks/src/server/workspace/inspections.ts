// Data that were inspected for the page: what was found, and their rows to look through.
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { DataRequest, DataRow, Inspection, ParsedQueryOf, Rows } from '@goldilocks/protocol/page';
import { HttpError } from '../../http/http-error.js';
import { type InspectedData, type InspectedRow, type SplitName, splitNames } from '../../inspect/types.js';
import type { DataOptions } from '../../journey/options.js';

/** Inspections that are kept; their rows are in memory. */
const most = 4;
/** Characters of a text that a table needs; a row's own place has all of it. */
const mostText = 4000;

export interface KeptInspection {
  readonly id: string;
  /** How the data were read; `data` is an absolute path. */
  readonly options: DataOptions;
  readonly data: InspectedData;
  readonly splitOf: readonly SplitName[];
  /** Kinds of problems by place. */
  readonly problems: ReadonlyMap<string, readonly string[]>;
}

export class Inspections {
  readonly #kept = new Map<string, KeptInspection>();

  add(options: DataOptions, data: InspectedData, id: string = randomUUID()): KeptInspection {
    const kept = { id, options, data, splitOf: splitsOf(data), problems: problemsOf(data) };
    this.#kept.delete(id);
    this.#kept.set(id, kept);
    for (const old of this.#kept.keys()) if (this.#kept.size > most) this.#kept.delete(old);
    return kept;
  }

  get(id: string): KeptInspection | undefined {
    return this.#kept.get(id);
  }

  /** @throws HttpError 404 */
  find(id: string): KeptInspection {
    const kept = this.#kept.get(id);
    if (kept !== undefined) return kept;
    throw new HttpError(404, 'These data are not at hand any more.', 'Inspect them again.');
  }
}

function splitsOf({ rows, splits }: InspectedData): SplitName[] {
  const found = new Array<SplitName>(rows.length).fill('train');
  for (const name of splitNames) for (const index of splits[name]) found[index] = name;
  return found;
}

function problemsOf({ problems }: InspectedData): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { kind, places } of problems) {
    for (const place of places) found.set(place, [...(found.get(place) ?? []), kind]);
  }
  return found;
}

export function placeOf({ file, line }: Pick<InspectedRow, 'file' | 'line'>): string {
  return `${file}:${line}`;
}

export function shownRow({ data, splitOf, problems }: KeptInspection, index: number): DataRow {
  const row = data.rows[index]!;
  const { text, target, label } = row;
  return {
    index,
    place: placeOf(row),
    split: splitOf[index]!,
    text: text.slice(0, mostText),
    target: target.slice(0, mostText),
    label: label ?? null,
    cut: text.length > mostText || target.length > mostText,
    problems: [...(problems.get(placeOf(row)) ?? [])],
  };
}

/** Rows that fit, in the order of the data. */
export function rowsOf(kept: KeptInspection, query: ParsedQueryOf<'rows'>): Rows {
  const { split, problem, label, search, offset, limit } = query;
  const wanted = search?.toLowerCase();
  const fits = (row: InspectedRow, index: number) =>
    (split === undefined || kept.splitOf[index] === split) &&
    (problem === undefined || kept.problems.get(placeOf(row))?.includes(problem) === true) &&
    (label === undefined || row.label === label) &&
    (wanted === undefined || row.text.toLowerCase().includes(wanted) || row.target.toLowerCase().includes(wanted));
  const indices = kept.data.rows.flatMap((row, index) => (fits(row, index) ? [index] : []));
  return { total: indices.length, rows: indices.slice(offset, offset + limit).map((index) => shownRow(kept, index)) };
}

/** What was found, without the rows. */
export function inspectionOf({ id, data }: KeptInspection, shownPath: string): Inspection {
  const { statistics, splits, columns, labels } = data;
  const { tokens, baselines, labelNoise } = statistics;
  const count = (label: string) => statistics.labels?.find((each) => each.label === label)?.count ?? 0;
  return {
    id,
    data: shownPath,
    format: data.format,
    shape: data.shape,
    guess: data.guess,
    columns: { ...columns, split: columns.split ?? null },
    task: data.task,
    rows: data.rows.length,
    splits: { train: splits.train.length, validation: splits.validation.length, test: splits.test.length },
    splitNote: data.splitNote,
    labels: labels?.map((label) => ({ label, count: count(label) })) ?? null,
    problems: data.problems.map(({ lines: _, ...problem }) => problem),
    lengths: {
      inputCharacters: statistics.inputCharacters,
      targetCharacters: statistics.targetCharacters,
      tokens: tokens === undefined ? null : { ...tokens, maxLength: tokens.maxLength ?? null },
      histogram: histogramOf(data.rows.map(({ text, target }) => text.length + target.length)),
    },
    shares: {
      exactDuplicates: statistics.exactDuplicateShare,
      nearDuplicates: statistics.nearDuplicateShare,
      contradictions: statistics.contradictionShare,
      outliers: statistics.outlierShare,
      labelNoise: labelNoise?.share ?? null,
    },
    languages: statistics.languages,
    baselines:
      baselines === undefined
        ? null
        : {
            majority: baselines.majority.accuracy,
            keywordRule: baselines.keywordRule.accuracy,
            naiveBayes: baselines.naiveBayes.accuracy,
          },
    dataHash: data.dataHash,
  };
}

const bars = 24;

/** A few rows of extreme length would leave all others in one bar: the last bar takes the longest hundredth. */
function histogramOf(lengths: readonly number[]): Inspection['lengths']['histogram'] {
  const sorted = [...lengths].sort((a, b) => a - b);
  const low = sorted[0] ?? 0;
  const high = Math.max(low + 1, sorted[Math.floor(0.99 * (sorted.length - 1))] ?? 1);
  const counts = new Array<number>(bars).fill(0);
  for (const length of lengths) {
    const bar = Math.min(bars - 1, Math.floor((bars * (length - low)) / (high - low)));
    counts[bar] = counts[bar]! + 1;
  }
  return { low, high, counts };
}

/** How to read data, as the library takes it. */
export function dataOptionsOf({ data: _, ...request }: DataRequest, path: string): DataOptions {
  return { ...request, data: path };
}

/** A name to put in front of `-corrected`. */
export function stemOf(path: string): string {
  return basename(path).replace(/\.\w+$/, '');
}
