// JSON files: one list of objects, or an object that holds such a list under a name.
import { readFile, stat } from 'node:fs/promises';
import { UserError } from '../../errors.js';
import { jsonReason, toRecord } from './json-lines.js';
import { field, isFields, type RowSource } from './record.js';

/** A JSON file must be parsed as a whole, and so fit in one string. */
const maxBytes = 400 * 1024 * 1024;

/** @throws UserError when the file is too large, not UTF-8, not JSON, or holds no list. */
export async function* readJsonArray(path: string, name: string): RowSource {
  const text = await readText(path, name);
  const { items, start } = findList(parse(text, name), text, name);
  const lines = itemLines(text, start);
  for (const [index, item] of items.entries()) yield toRecord(item, lines[index] ?? 1);
}

async function readText(path: string, name: string): Promise<string> {
  const { size } = await stat(path);
  if (size > maxBytes) {
    const megabytes = Math.round(size / 1024 / 1024);
    throw new UserError(`${name} has ${megabytes} MB, too much for one JSON document. Save it as JSON Lines (.jsonl).`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof TypeError) throw new UserError(`${name} is not UTF-8 text. Save it as UTF-8 and try again.`);
    throw error;
  }
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const position = Number(/position (\d+)/.exec(String(error))?.[1] ?? text.length);
    const line = countLines(text, 0, position) + 1;
    throw new UserError(
      `${name}:${line} is not valid JSON: ${jsonReason(error)}. Mend that place, or save the rows as JSON Lines, one object a line.`,
    );
  }
}

/** The list itself, or the only list of objects under a name such as "data". */
function findList(value: unknown, text: string, name: string): { items: unknown[]; start: number } {
  if (Array.isArray(value)) return { items: value, start: text.indexOf('[') + 1 };
  const lists = isFields(value)
    ? Object.keys(value).filter((key) => {
        const inner = field(value, key);
        return Array.isArray(inner) && inner.some(isFields);
      })
    : [];
  const key = lists[0];
  if (key === undefined || lists.length > 1) {
    throw new UserError(
      `${name} holds ${lists.length > 1 ? 'several lists of rows' : 'no list of rows'}. A JSON data file is a list of objects: [{"text": …}, …].`,
    );
  }
  return { items: field(value as Record<string, unknown>, key) as unknown[], start: -1 };
}

/** Line every item of the outermost list starts at; empty where the list does not start the document. */
function itemLines(text: string, start: number): number[] {
  if (start < 1) return [];
  const lines: number[] = [];
  let line = countLines(text, 0, start) + 1;
  let depth = 0;
  let expecting = true;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === 0x0a) line += 1;
    if (character <= 0x20) continue;
    if (expecting && depth === 0 && character !== 0x5d) lines.push(line);
    expecting = false;
    if (character === 0x22) at = endOfString(text, at);
    else if (character === 0x7b || character === 0x5b) depth += 1;
    else if (character === 0x7d || character === 0x5d) depth -= 1;
    else if (character === 0x2c && depth === 0) expecting = true;
  }
  return lines;
}

/** Position of the closing quote. JSON strings hold no raw newline, so lines need no counting inside. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === 0x5c) at += 1;
    else if (character === 0x22) return at;
  }
  return text.length;
}

function countLines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
