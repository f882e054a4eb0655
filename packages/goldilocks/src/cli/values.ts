// Reads the values of flags; each refusal says what was given, what is expected, and gives an example.
import { InvalidArgumentError } from 'commander';

const units: Record<string, number> = { s: 1 / 60, m: 1, h: 60 };

/** Minutes of `90s`, `30m`, `2h`, `1h30m` or `1.5h`. */
export function minutesOf(text: string): number {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)\s*([smh])\s*/gy)];
  const length = parts.reduce((sum, [part]) => sum + part.length, 0);
  if (parts.length === 0 || length !== text.trim().length) {
    const hint = /^\d+(\.\d+)?$/.test(text.trim()) ? ` Did you mean ${text.trim()}m?` : '';
    throw new InvalidArgumentError(`Give a time with its unit, such as 90s, 30m, 2h or 1h30m.${hint}`);
  }
  const minutes = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit!]!, 0);
  if (minutes <= 0) throw new InvalidArgumentError('Give a time above 0, such as 30m.');
  return minutes;
}

/** A reader of numbers for which `valid` holds; `expected` completes "It must be …". */
export function number(expected: string, valid: (value: number) => boolean): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value) && valid(value)) return value;
    const comma = /^\d+,\d+$/.test(text.trim()) ? ' Write decimals with a point.' : '';
    throw new InvalidArgumentError(`It must be ${expected}.${comma}`);
  };
}

export const positive = (example: string) => number(`a number above 0, such as ${example}`, (value) => value > 0);

export const count = (from: number, example: string) =>
  number(`a whole number from ${from}, such as ${example}`, (value) => Number.isSafeInteger(value) && value >= from);

export const share = (example: string) =>
  number(`a number from 0 to below 1, such as ${example}`, (value) => value >= 0 && value < 1);

export const innerShare = (example: string) =>
  number(`a number between 0 and 1, such as ${example}`, (value) => value > 0 && value < 1);

/** A reader of one word of a list; ignores case. */
export function choice<Name extends string>(names: readonly Name[]): (text: string) => Name {
  return (text) => {
    const found = names.find((name) => name.toLowerCase() === text.trim().toLowerCase());
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`It must be one of ${names.join(', ')}.`);
  };
}

/** Names separated by commas. */
export function names(text: string): string[] {
  const list = text.split(',').map((name) => name.trim());
  if (list.some((name) => name === '')) throw new InvalidArgumentError('Give names separated by commas, such as a,b.');
  return list;
}
