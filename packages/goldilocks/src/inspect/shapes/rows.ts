// From a record to what is learnt from it: input, target, and the example the engine takes.

import { type Fields, field } from '../reading/record.js';
import type { ChatMessage, Example } from '../types.js';
import { messagesOf } from './chat.js';
import type { Layout } from './layout.js';
import { labelOf, textOf } from './values.js';

export type Converted =
  | { kind: 'row'; input: string; target: string; example: Example }
  | { kind: 'empty'; reason: string }
  | { kind: 'bad'; reason: string };

export function convert(fields: Fields, layout: Layout): Converted {
  if (layout.kind === 'chat') return convertChat(field(fields, layout.input[0]!));
  const input = layout.kind === 'text' ? '' : joined(fields, layout.input, textOf, '\n\n');
  const target =
    layout.kind === 'label'
      ? joined(fields, layout.target, labelOf, ', ')
      : joined(fields, layout.target, textOf, '\n\n');
  if (typeof input !== 'string') return { kind: 'bad', reason: input.reason };
  if (typeof target !== 'string') return { kind: 'bad', reason: target.reason };
  if (layout.kind !== 'text' && input.trim() === '') return empty(layout.input);
  if (target.trim() === '') return empty(layout.target);
  return { kind: 'row', input, target, example: pairExample(input, target, layout.kind === 'label') };
}

/** Prompt and completion are set apart by a newline, unless the data do so themselves. */
export function pairExample(input: string, target: string, isLabel: boolean): Example {
  if (input === '') return { prompt: '', completion: target };
  const apart = !isLabel && (/\s$/.test(input) || /^\s/.test(target));
  return { prompt: apart ? input : `${input}\n`, completion: target };
}

function empty(columns: readonly string[]): Converted {
  return { kind: 'empty', reason: columns.join(', ') };
}

/** The columns' texts, empty ones left out; labels must all be there. */
function joined(
  fields: Fields,
  columns: readonly string[],
  read: (value: unknown) => string | undefined,
  separator: string,
): string | { reason: string } {
  const parts: string[] = [];
  for (const column of columns) {
    const text = read(field(fields, column));
    if (text === undefined)
      return { reason: `"${column}" holds ${describe(field(fields, column))} where text was expected` };
    if (text.trim() !== '') parts.push(text);
    else if (read === labelOf) return '';
  }
  return parts.join(separator);
}

function describe(value: unknown): string {
  return Array.isArray(value) ? 'a list' : 'an object';
}

function convertChat(value: unknown): Converted {
  if (value === null || value === undefined || value === '') return { kind: 'empty', reason: 'messages' };
  const messages = messagesOf(value);
  if (typeof messages === 'string') return { kind: 'bad', reason: messages };
  const last = messages.findLastIndex((message) => message.role === 'assistant');
  const turns = (list: ChatMessage[]): string => list.map((message) => message.content).join('\n');
  return { kind: 'row', input: turns(messages.slice(0, last)), target: messages[last]!.content, example: { messages } };
}
