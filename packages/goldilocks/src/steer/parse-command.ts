// A command as it is typed: `pause`, `range learningRate 1e-4 1e-3`, `enqueue learningRate=2e-4 epochs=3`, `note "…"`.
import { commandSchema, type SteeringCommand } from '@goldilocks/protocol/page';
import { UserError } from '../errors.js';
import { excerpt } from '../terminal/strip-control.js';

/** How each is typed. */
export const commandForms = [
  'pause',
  'resume',
  'stop',
  'stop-trial NUMBER',
  'enqueue NAME=VALUE …',
  'range NAME LOW HIGH',
  'range NAME CHOICE,CHOICE,…',
  'extend 10m',
  'extend 5',
  'mark NUMBER',
  'unmark NUMBER',
  'note TEXT',
  'note NUMBER TEXT',
] as const;

/** @throws UserError for what is none of the forms */
export function parseCommand([kind = '', ...words]: readonly string[]): SteeringCommand {
  const parsed = commandSchema.safeParse(parse(kind, words));
  if (parsed.success) return parsed.data;
  const given = excerpt([kind, ...words].join(' '), 100);
  throw new UserError(`«${given}» is no command. There are: ${commandForms.join(' · ')}.`);
}

/** Undefined for what is not understood; the schema refuses it. */
function parse(kind: string, words: readonly string[]): unknown {
  const [first = ''] = words;
  switch (kind) {
    case 'pause':
    case 'resume':
    case 'stop':
      return words.length === 0 ? { kind } : undefined;
    case 'stop-trial':
      return { kind, trial: numberOf(first) };
    case 'mark':
    case 'unmark':
      return { kind: 'mark', trial: numberOf(first), marked: kind === 'mark' };
    case 'extend':
      return parseExtension(first);
    case 'range':
      return parseRange(words);
    case 'enqueue':
      return words.length === 0 ? undefined : { kind, params: Object.fromEntries(words.map(pairOf)) };
    case 'note':
      return words.length > 1 && /^\d+$/.test(first)
        ? { kind, trial: Number(first), text: words.slice(1).join(' ') }
        : { kind, text: words.join(' ') };
    default:
      return undefined;
  }
}

function parseRange([name, low, high, ...more]: readonly string[]): unknown {
  if (low === undefined || more.length > 0) return undefined;
  if (high === undefined) return { kind: 'range', name, choices: low.split(',').map(valueOfWord) };
  const ends = { low: numberOf(low), high: numberOf(high) };
  return ends.low === undefined || ends.high === undefined ? undefined : { kind: 'range', name, ...ends };
}

function numberOf(word: string | undefined): number | undefined {
  return word === undefined || word.trim() === '' || Number.isNaN(Number(word)) ? undefined : Number(word);
}

const minutesIn: Record<string, number> = { s: 1 / 60, m: 1, h: 60 };

/** A time adds to a budget in time, a bare number to one in trials. */
function parseExtension(word: string): unknown {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([smh])?$/.exec(word) ?? [];
  if (amount === undefined) return undefined;
  return unit === undefined
    ? { kind: 'extend', trials: Number(amount) }
    : { kind: 'extend', minutes: Number(amount) * minutesIn[unit]! };
}

function valueOfWord(word: string): string | number {
  return numberOf(word) ?? word;
}

function pairOf(word: string): [string, string | number] {
  const at = word.indexOf('=');
  if (at > 0) return [word.slice(0, at), valueOfWord(word.slice(at + 1))];
  throw new UserError(`«${excerpt(word)}» is no value to try; write NAME=VALUE, such as learningRate=2e-4.`);
}
