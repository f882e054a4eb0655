// What flags gave, of all that they could give.

/** Without the fields that are undefined; undefined where all are. */
export function defined<Value extends object>(value: Partial<Value>): Partial<Value> | undefined {
  const given = Object.entries(value).filter(([, each]) => each !== undefined);
  return given.length === 0 ? undefined : (Object.fromEntries(given) as Partial<Value>);
}
