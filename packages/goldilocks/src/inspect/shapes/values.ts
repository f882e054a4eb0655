// A cell of the data as text: what counts as text, what as empty, what as neither.

/** Longest list that is joined into one text. */
const maxItems = 100;

/** Text of a value; '' for what is missing; undefined for objects and lists of objects, which are no text. */
export function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  return undefined;
}

/** A label: like a text, without surrounding white space; a list of labels is joined by commas. */
export function labelOf(value: unknown): string | undefined {
  if (!Array.isArray(value)) return textOf(value)?.trim();
  if (value.length > maxItems) return undefined;
  const parts = value.map((part) => (Array.isArray(part) ? undefined : labelOf(part)));
  return parts.every((part) => part !== undefined) ? parts.filter((part) => part !== '').join(', ') : undefined;
}
