// JSON for readers that tell integers from floats: Transformers 5 refuses `30` where it expects `30.0`.

/**
 * Indented JSON in which the numbers under the given keys always have a point or an exponent, and whole numbers elsewhere all their digits.
 * @param floatKeys names of the properties that are floats or lists of them, at any depth
 * @param key the property that holds the value
 */
export function stringifyWithFloats(value: unknown, floatKeys: ReadonlySet<string>, indent = '', key?: string): string {
  const inner = `${indent}  `;
  const wrap = (open: string, parts: string[], close: string) =>
    parts.length === 0 ? open + close : `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
  const item = (entry: unknown, key?: string): string => {
    if (Array.isArray(entry)) return stringifyWithFloats(entry, floatKeys, inner, key);
    if (typeof entry !== 'number' || !Number.isInteger(entry)) return stringifyWithFloats(entry, floatKeys, inner);
    const digits = BigInt(entry).toString();
    return key !== undefined && floatKeys.has(key) ? `${digits}.0` : digits;
  };
  if (Array.isArray(value))
    return wrap(
      '[',
      value.map((entry) => item(entry, key)),
      ']',
    );
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return wrap(
    '{',
    entries.map(([key, entry]) => `${JSON.stringify(key)}: ${item(entry, key)}`),
    '}',
  );
}
