/** JSON as Python writes it: besides the standard, the bare words NaN, Infinity and -Infinity. */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = Readonly<Record<string, JsonValue>>;

// Marks a word on its way through the standard parser; nobody's text holds this process's mark.
const MARK = `${crypto.randomUUID()}:`;
const WORDS = new Map([Number.NaN, Infinity, -Infinity].map((number) => [`${MARK}${number}`, number]));
const MARKED = new RegExp(`"${MARK}(NaN|-?Infinity)"`, 'g');
const STRING_OR_WORD = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g;

/**
 * Parses JSON in which NaN, Infinity and -Infinity may stand for numbers.
 * @throws SyntaxError on anything else that is not JSON
 */
export function parseJson(text: string): JsonValue {
  if (!text.includes('NaN') && !text.includes('Infinity')) return JSON.parse(text) as JsonValue;
  const marked = text.replace(STRING_OR_WORD, (token) => (token.startsWith('"') ? token : `"${MARK}${token}"`));
  return JSON.parse(marked, (_key, value) => (typeof value === 'string' ? (WORDS.get(value) ?? value) : value));
}

/**
 * Writes a value as JSON, non-finite numbers as the words Python reads.
 * @throws TypeError when the value holds something JSON has no form for (a function, a bigint, a cycle)
 */
export function formatJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, item) =>
    typeof item === 'number' && !Number.isFinite(item) ? `${MARK}${item}` : item,
  );
  if (text === undefined) throw new TypeError(`A ${typeof value} has no JSON form; give a JSON value.`);
  return text.includes(MARK) ? text.replace(MARKED, '$1') : text;
}

/** Whether two JSON values are the same; NaN equals NaN, the order of keys does not matter. */
export function jsonEqual(a: JsonValue, b: JsonValue): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((x, i) => jsonEqual(x, b[i]));
  }
  const left = a as JsonObject;
  const right = b as JsonObject;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && jsonEqual(left[key]!, right[key]!))
  );
}

/** A deep copy in which nothing can be changed any more. */
export function freezeJson<T extends JsonValue>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map((item) => freezeJson(item))) as unknown as T;
  const entries = Object.entries(value).map(([key, item]) => [key, freezeJson(item as JsonValue)]);
  return Object.freeze(Object.fromEntries(entries)) as T;
}

/** A record's own entry, whatever its prototype holds under that name. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
