// What a command reports at one moment: numbers by name.

export type MetricRecord = Readonly<Record<string, number>>;

/** Reads lines of the output. */
export interface LineReader {
  /** The record a line holds, or null. */
  read(line: string): MetricRecord | null;
}

/** Reads files that the command writes, while it writes them. */
export interface FileReader {
  /** What has come since the last call. Missing or half-written files are waited for. */
  poll(): Promise<readonly MetricRecord[]>;
  /** For messages: where it looks. */
  readonly place: string;
}

/** A record of the entries that are numbers, or words for numbers that JSON has not; null where there are none. */
export function recordOf(entries: Iterable<readonly [string, unknown]>): MetricRecord | null {
  const record: Record<string, number> = Object.create(null);
  let isEmpty = true;
  for (const [name, value] of entries) {
    const number = typeof value === 'string' ? numberOf(value) : value;
    if (typeof number !== 'number') continue;
    record[name] = number;
    isEmpty = false;
  }
  return isEmpty ? null : record;
}

const words: Record<string, number> = {
  nan: Number.NaN,
  inf: Infinity,
  infinity: Infinity,
};

/** A number as Python, C, JavaScript or JSON write it; undefined for other text. */
export function numberOf(text: string): number | undefined {
  const trimmed = text.trim();
  const [, sign, word] = /^([+-]?)(nan|inf|infinity)$/i.exec(trimmed) ?? [];
  if (word !== undefined) return sign === '-' ? -words[word.toLowerCase()]! : words[word.toLowerCase()];
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) return undefined;
  return Number(trimmed);
}
