// CSV and TSV: the first line names the columns. csv-parse takes the rows apart; where one row ends is settled here,
// so that a stray quotation mark costs one row and not the rest of the file.
import { parse } from 'csv-parse/sync';
import { UserError } from '../../errors.js';
import { excerpt } from '../../terminal/strip-control.js';
import { readLines, type TextLine } from './lines.js';
import type { BadRow, RawRecord, RowSource } from './record.js';

const delimiters = [',', '\t', ';', '|'] as const;

/** Rows taken apart in one call of the parser. */
const batchSize = 1000;

/** A quoted value may hold this many lines; past that the opening quotation mark is taken for a stray one. */
const maxLinesOfRow = 1000;

/** A row as text: its lines, joined when it is parsed. */
type RowText = { number: number; lines: TextLine[] };

/**
 * Rows with more or fewer values than the header are bad rows, as are lines that are not UTF-8 and rows with an
 * unclosed quotation mark. The delimiter is the most frequent of comma, tab, semicolon and bar in the header.
 * @throws UserError when the header names a column twice.
 */
export async function* readDelimited(path: string, name: string): RowSource {
  let header: string[] | undefined;
  let delimiter = ',';
  for await (const batch of batches(path)) {
    if (header === undefined) delimiter = guessDelimiter(batch[0]?.lines[0]?.text ?? '');
    for (const row of parseBatch(batch, delimiter)) {
      if (row.kind === 'bad') yield row;
      else if (header === undefined) header = checkHeader(row.values, name);
      else yield toRow(row, header);
    }
  }
}

/** The delimiter most frequent outside quotation marks; a comma where there is none. */
export function guessDelimiter(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '');
  const counts = delimiters.map((delimiter) => bare.split(delimiter).length - 1);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ',';
}

async function* batches(path: string): AsyncGenerator<RowText[]> {
  let batch: RowText[] = [];
  for await (const row of rowTexts(path)) {
    batch.push(row);
    if (batch.length === batchSize) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** Joins lines while the quotation marks are odd in number; a row that never closes is given back line by line. */
async function* rowTexts(path: string): AsyncGenerator<RowText> {
  let open: TextLine[] = [];
  for await (const line of readLines(path)) {
    open.push(line);
    if (open.length === 1 && !oddQuotes(line)) {
      if (line.text?.trim() !== '') yield { number: line.number, lines: open };
      open = [];
    } else if (open.length > 1 && oddQuotes(line)) {
      yield { number: open[0]!.number, lines: open };
      open = [];
    } else if (open.length > maxLinesOfRow) {
      yield* singly(open);
      open = [];
    }
  }
  yield* singly(open);
}

function* singly(lines: TextLine[]): Generator<RowText> {
  for (const line of lines) if (line.text?.trim() !== '') yield { number: line.number, lines: [line] };
}

function oddQuotes(line: TextLine): boolean {
  let odd = false;
  const text = line.text ?? '';
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}

interface Values {
  kind: 'values';
  line: number;
  values: string[];
}

/** All at once where every row is sound, else row by row to find those that are not. */
function parseBatch(batch: RowText[], delimiter: string): (Values | BadRow)[] {
  const sound = batch.every((row) => row.lines.every((line) => line.text !== undefined));
  if (sound) {
    const records = tryParse(batch.map(textOf).join('\n'), delimiter);
    if (Array.isArray(records) && records.length === batch.length) {
      return records.map((values, index) => ({ kind: 'values', line: batch[index]!.number, values }));
    }
  }
  return batch.flatMap((row) => parseRow(row, delimiter));
}

/** A row of several lines that does not parse: its first line is bad, the others are tried as rows of their own. */
function parseRow(row: RowText, delimiter: string): (Values | BadRow)[] {
  const { number, lines } = row;
  const fault = lines.find((line) => line.text === undefined)?.fault;
  const records = fault ?? tryParse(textOf(row), delimiter);
  if (Array.isArray(records) && records.length === 1) return [{ kind: 'values', line: number, values: records[0]! }];
  const reason = Array.isArray(records) ? 'quotation marks do not match' : records;
  const rest = [...singly(lines.slice(1))].flatMap((line) => parseRow(line, delimiter));
  return [{ kind: 'bad', line: number, reason }, ...rest];
}

function textOf(row: RowText): string {
  return row.lines.map((line) => line.text).join('\n');
}

/** The rows, or why they cannot be read. */
function tryParse(text: string, delimiter: string): string[][] | string {
  try {
    return parse(text, { delimiter, record_delimiter: '\n', relax_column_count: true, relax_quotes: true });
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quotation mark is opened and never closed';
    return `not CSV: ${excerpt(String((error as Error).message), 100)}`;
  }
}

function checkHeader(values: string[], name: string): string[] {
  const header = values.map((column, index) => column.trim() || `column ${index + 1}`);
  const twice = header.find((column, index) => header.indexOf(column) !== index);
  if (twice === undefined) return header;
  throw new UserError(`${name}:1 names the column "${excerpt(twice)}" twice. Give every column its own name.`);
}

function toRow({ line, values }: Values, header: string[]): RawRecord | BadRow {
  if (values.length !== header.length) {
    const given = `${values.length} ${values.length === 1 ? 'value' : 'values'}`;
    return { kind: 'bad', line, reason: `${given} where the header names ${header.length} columns` };
  }
  const fields = Object.create(null) as Record<string, string>;
  for (const [index, column] of header.entries()) fields[column] = values[index] ?? '';
  return { kind: 'record', line, fields };
}
