// A command with placeholders, and the same with a trial's values in their place.
import type { JsonValue } from '@goldilocks/study';

/** `{{name}}`, which stands for the text `{name}`, or a placeholder. Braces around anything else are just braces. */
const braces = /\{\{([A-Za-z_][\w.-]*)\}\}|\{([A-Za-z_][\w.-]*)\}/g;

/** The names of the placeholders in a text. */
export function placeholdersOf(text: string): string[] {
  return [...text.matchAll(braces)].flatMap(([, , name]) => (name === undefined ? [] : [name]));
}

/** The text with values in place of its placeholders; null where one of them has none. */
export function fill(text: string, values: Readonly<Record<string, string>>): string | null {
  let isWhole = true;
  const filled = text.replace(braces, (_, escaped: string | undefined, name: string | undefined) => {
    if (escaped !== undefined) return `{${escaped}}`;
    if (!Object.hasOwn(values, name!)) isWhole = false;
    return values[name!] ?? '';
  });
  return isWhole ? filled : null;
}

/**
 * A command's arguments. One whose parameter does not apply to the trial is left out, together with the flag before it:
 * of `--momentum {momentum}` nothing stays, nor of `--momentum={momentum}`.
 */
export function fillAll(argv: readonly string[], values: Readonly<Record<string, string>>): string[] {
  const filled: string[] = [];
  for (const [i, argument] of argv.entries()) {
    const text = fill(argument, values);
    if (text !== null) filled.push(text);
    else if (isPlaceholder(argument) && i > 0 && isBareFlag(argv[i - 1]!)) filled.pop();
  }
  return filled;
}

function isPlaceholder(argument: string): boolean {
  return /^\{[^{}]*\}$/.test(argument);
}

function isBareFlag(argument: string): boolean {
  return /^--?[A-Za-z]/.test(argument) && !argument.includes('=') && placeholdersOf(argument).length === 0;
}

/** A value as an argument: a string as it is, anything else as JSON writes it. */
export function argumentText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
