// Reads the data into rows: finds the files, the columns and the task, and keeps account of what could not be used.
import { UserError } from '../errors.js';
import { excerpt } from '../terminal/strip-control.js';
import { type BadRow, field, type RawRecord } from './reading/record.js';
import { type DataFile, locate, readRows } from './reading/sources.js';
import { splitFromName } from './reading/split-name.js';
import { findLayout, type Layout } from './shapes/layout.js';
import { convert, pairExample } from './shapes/rows.js';
import { guessTask } from './shapes/task.js';
import { normalise, sha256 } from './text/normalise.js';
import type { ColumnOptions, InspectedRow, InspectOptions, TaskKind } from './types.js';

/** A place in the data, with why it is named. */
export interface Place {
  file: string;
  line: number;
  reason: string;
}

export interface ReadData {
  files: DataFile[];
  layout: Layout;
  task: TaskKind;
  rows: InspectedRow[];
  unreadable: Place[];
  empty: Place[];
}

/** Rows looked at to find the columns. */
const sampleSize = 1000;

/** Characters of text kept in memory at most; more needs a sample. */
const maxCharacters = 1_000_000_000;

/** @throws UserError for anything wrong with the data as a whole, or with rows unless they may be skipped. */
export async function readData(path: string, options: InspectOptions): Promise<ReadData> {
  const files = await locate(path);
  const unreadable: Place[] = [];
  const empty: Place[] = [];
  const rows: InspectedRow[] = [];
  let layout: Layout | undefined;
  let characters = 0;
  for (const file of files) {
    const columns = new LayoutPerFile(file, options, layout);
    for await (const item of columns.read(readRows(file))) {
      layout = columns.layout;
      if (item.kind === 'bad') {
        unreadable.push({ file: file.name, line: item.line, reason: item.reason });
        continue;
      }
      const converted = convert(item.fields, layout!);
      if (converted.kind === 'row') {
        rows.push(toRow(converted, item, file, layout!));
        characters += converted.input.length + converted.target.length;
        if (characters > maxCharacters) throw tooLarge(path);
      } else
        (converted.kind === 'bad' ? unreadable : empty).push({
          file: file.name,
          line: item.line,
          reason: converted.reason,
        });
    }
  }
  if (unreadable.length > 0 && !options.skipBadRows) throw unreadableRows(unreadable);
  if (rows.length === 0 || layout === undefined) throw noRows(path, empty.length + unreadable.length);
  if (layout.kind === 'text' && options.task !== undefined && options.task !== 'text')
    throw noAnswers(path, options.task);
  const task = options.task ?? guessTask(layout, rows);
  if (task === 'classification') for (const row of rows) asLabelled(row);
  return { files, layout, task, rows, unreadable, empty };
}

/** Holds back the first records of a file until its columns are known; files after the first must have the same. */
class LayoutPerFile {
  constructor(
    private readonly file: DataFile,
    private readonly options: ColumnOptions,
    public layout: Layout | undefined,
  ) {}

  async *read(source: AsyncIterable<RawRecord | BadRow>): AsyncGenerator<RawRecord | BadRow> {
    let held: (RawRecord | BadRow)[] | undefined = [];
    for await (const item of source) {
      if (held === undefined) yield item;
      else if (held.push(item) === sampleSize) {
        this.settle(held);
        yield* held;
        held = undefined;
      }
    }
    if (held === undefined) return;
    this.settle(held);
    yield* held;
  }

  private settle(held: readonly (RawRecord | BadRow)[]): void {
    const records = held.filter((item) => item.kind === 'record');
    if (records.length === 0) return;
    const known = this.layout;
    const has = (column: string): boolean => records.some((record) => Object.hasOwn(record.fields, column));
    if (known && [...known.input, ...known.target].every(has)) return;
    this.layout = findLayout(records, this.options, this.file.name);
    if (known && known.kind !== this.layout.kind) {
      throw new UserError(
        `${this.file.name} has other columns than the files before it. Give all files the same columns.`,
      );
    }
  }
}

function toRow(
  { input, target, example }: { input: string; target: string; example: InspectedRow['example'] },
  record: RawRecord,
  file: DataFile,
  layout: Layout,
): InspectedRow {
  const named = layout.split === undefined ? undefined : field(record.fields, layout.split);
  const split = file.split ?? (typeof named === 'string' ? splitFromName(named) : undefined);
  return {
    file: file.name,
    line: record.line,
    example,
    hash: sha256(normalise(input), normalise(target)),
    text: layout.kind === 'text' ? target : input,
    target: layout.kind === 'text' ? '' : target,
    ...(split && { givenSplit: split }),
  };
}

function asLabelled(row: InspectedRow): void {
  row.label = row.target.trim();
  row.example = pairExample(row.text, row.label, true);
}

function unreadableRows(places: readonly Place[]): UserError {
  const shown = places.slice(0, 5).map(({ file, line, reason }) => `${file}:${line} (${excerpt(reason, 120)})`);
  const more = places.length > shown.length ? `, and ${places.length - shown.length} more` : '';
  const what = places.length === 1 ? 'One row cannot be read' : `${places.length} rows cannot be read`;
  const it = places.length === 1 ? 'it' : 'them';
  return new UserError(`${what}: ${shown.join(', ')}${more}. Mend ${it}, or leave ${it} out with --skip-bad-rows.`);
}

function noRows(path: string, lost: number): UserError {
  const shown = excerpt(path, 200);
  return new UserError(
    lost > 0
      ? `None of the ${lost} rows of ${shown} can be used: they are unreadable or have empty fields. Check that its columns are the right ones.`
      : `${shown} has no rows. A data file needs at least 10.`,
  );
}

function noAnswers(path: string, task: TaskKind): UserError {
  return new UserError(
    `${excerpt(path, 200)} has text but no column with ${task === 'classification' ? 'labels' : 'answers'}, so it cannot be a ${task} task. Name the column with --label-column or --completion-column.`,
  );
}

function tooLarge(path: string): UserError {
  return new UserError(
    `${excerpt(path, 200)} holds more than ${maxCharacters} characters of text. Take a sample of its rows.`,
  );
}
