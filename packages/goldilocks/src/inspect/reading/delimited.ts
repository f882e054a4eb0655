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

/**
 * Rows with more or fewer values than the header are bad rows, as are lines that are not UTF-8 and rows with an
 * unclosed quotation mark. The delimiter is the most frequent of comma, tab, semicolon and bar in the header.
 * @throws UserError when the header names a column twice.
 */
export async function* readDelimited(path: string, name: string): RowSource {
  let table: Table | undefined;
  let batch: TextLine[] = [];
  const lines = new LineQueue(readLines(path));
  for (let line = await lines.next(); line !== undefined; line = await lines.next()) {
    if (line.text?.trim() === '') continue;
    if (table === undefined) {
      table = headerOf(await lines.whole(line), name);
      continue;
    }
    if (!oddQuotes(line)) {
      if (batch.push(line) < batchSize) continue;
      yield* table.parseLines(batch);
      batch = [];
      continue;
    }
    yield* table.parseLines(batch);
    batch = [];
    const row = await lines.whole(line);
    const parsed = table.parseRow(row);
    yield parsed;
    // A row that makes no sense loses its first line only; the others are read again as rows of their own.
    if (parsed.kind === 'bad') lines.putBack(row.slice(1));
  }
  if (table) yield* table.parseLines(batch);
}

/** The delimiter most frequent outside quotation marks; a comma where there is none. */
export function guessDelimiter(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '');
  const counts = delimiters.map((delimiter) => bare.split(delimiter).length - 1);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** Lines with a way back. */
class LineQueue {
  private waiting: TextLine[] = [];

  constructor(private readonly source: AsyncGenerator<TextLine>) {}

  async next(): Promise<TextLine | undefined> {
    const first = this.waiting.shift();
    if (first !== undefined) return first;
    const { value, done } = await this.source.next();
    return done ? undefined : value;
  }

  putBack(lines: readonly TextLine[]): void {
    this.waiting = [...lines, ...this.waiting];
  }

  /** The line and those after it until the quotation marks are even; only the line where they never are. */
  async whole(first: TextLine): Promise<TextLine[]> {
    const row = [first];
    for (let odd = oddQuotes(first); odd; ) {
      const line = row.length < maxLinesOfRow ? await this.next() : undefined;
      if (line === undefined) {
        this.putBack(row.slice(1));
        return [first];
      }
      row.push(line);
      odd = !oddQuotes(line);
    }
    return row;
  }
}

function oddQuotes(line: TextLine): boolean {
  let odd = false;
  const text = line.text ?? '';
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}

function headerOf(lines: readonly TextLine[], name: string): Table {
  const delimiter = guessDelimiter(lines.map((line) => line.text ?? '').join('\n'));
  const rows = tryParse(lines, delimiter);
  const values = Array.isArray(rows) ? rows[0] : undefined;
  if (values !== undefined) return new Table(checkHeader(values, name), delimiter);
  throw new UserError(
    `${name}:1 is no line of column names: ${String(rows)}. Begin the file with the names of its columns.`,
  );
}

/** Takes rows apart, knowing the columns. */
class Table {
  constructor(
    private readonly header: readonly string[],
    private readonly delimiter: string,
  ) {}

  /** One row a line: all at once where every row is sound, else line by line to find those that are not. */
  parseLines(lines: readonly TextLine[]): (RawRecord | BadRow)[] {
    if (lines.length === 0) return [];
    const records = lines.every((line) => line.text !== undefined) ? tryParse(lines, this.delimiter) : [];
    const whole = Array.isArray(records) && records.length === lines.length;
    return lines.map((line, index) => (whole ? this.toRow(line.number, records[index]!) : this.parseRow([line])));
  }

  /** One row, of one line or several. */
  parseRow(lines: readonly TextLine[]): RawRecord | BadRow {
    const line = lines[0]!.number;
    const fault = lines.find(({ text }) => text === undefined)?.fault;
    if (fault !== undefined) return { kind: 'bad', line, reason: fault };
    const records = tryParse(lines, this.delimiter);
    if (typeof records === 'string') return { kind: 'bad', line, reason: records };
    if (records.length !== 1) return { kind: 'bad', line, reason: 'quotation marks do not match' };
    const row = this.toRow(line, records[0]!);
    if (row.kind === 'record' || lines.length === 1) return row;
    return { kind: 'bad', line, reason: 'a quotation mark is opened and not closed in its row' };
  }

  private toRow(line: number, values: readonly string[]): RawRecord | BadRow {
    if (values.length !== this.header.length) {
      const given = `${values.length} ${values.length === 1 ? 'value' : 'values'}`;
      return { kind: 'bad', line, reason: `${given} where the header names ${this.header.length} columns` };
    }
    const fields = Object.create(null) as Record<string, string>;
    for (const [index, column] of this.header.entries()) fields[column] = values[index] ?? '';
    return { kind: 'record', line, fields };
  }
}

/** The rows, or why they cannot be read. */
function tryParse(lines: readonly TextLine[], delimiter: string): string[][] | string {
  const text = lines.map((line) => line.text).join('\n');
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
