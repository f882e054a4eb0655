// JSON Lines: one object a line.
import { readLines } from './lines.js';
import { type BadRow, isFields, type RawRecord, type RowSource } from './record.js';

/** Blank lines are passed over; any other line that is not one JSON object is a bad row. */
export async function* readJsonLines(path: string): RowSource {
  for await (const line of readLines(path)) {
    if (line.text === undefined) yield { kind: 'bad', line: line.number, reason: line.fault ?? 'not text' };
    else if (line.text.trim() !== '') yield parseLine(line.text, line.number);
  }
}

function parseLine(text: string, line: number): RawRecord | BadRow {
  try {
    return toRecord(JSON.parse(text), line);
  } catch (error) {
    return { kind: 'bad', line, reason: `not JSON: ${jsonReason(error)}` };
  }
}

export function toRecord(value: unknown, line: number): RawRecord | BadRow {
  if (isFields(value)) return { kind: 'record', line, fields: value };
  return { kind: 'bad', line, reason: `an object with named fields was expected, this is ${nameOf(value)}` };
}

/** What went wrong in JSON.parse, without the quotation of the data that V8 adds. */
export function jsonReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const cut = (message.split(/, (?:\.{3}|")| in JSON at/)[0] ?? message).slice(0, 100);
  return cut.charAt(0).toLowerCase() + cut.slice(1);
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
