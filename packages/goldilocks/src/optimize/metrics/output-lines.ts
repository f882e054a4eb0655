// Metrics in lines of the output: JSON objects, Python dicts, or whatever a regular expression names.
import { parsePythonJson } from './python-json.js';
import { type LineReader, type MetricRecord, numberOf, recordOf } from './record.js';

/** JSON objects and Python dicts, alone on their line or after a prefix such as a time and `INFO`. */
export const outputReader: LineReader = {
  read(line) {
    const start = line.indexOf('{');
    if (start < 0 || !line.trimEnd().endsWith('}')) return null;
    const text = line.slice(start).trim();
    return readJson(text) ?? readDict(text);
  },
};

/** The pattern's named groups; `%` and thousands separators are not understood. */
export function patternReader(pattern: string): LineReader {
  const expression = new RegExp(pattern);
  return {
    read: (line) => recordOf(Object.entries(expression.exec(line)?.groups ?? {})),
  };
}

function readJson(text: string): MetricRecord | null {
  const value = parsePythonJson(text);
  return value === undefined ? null : recordOf(flatten(value));
}

/** Nested objects give `eval.loss` for `{"eval": {"loss": …}}`. */
export function* flatten(value: unknown, prefix = '', depth = 0): Generator<readonly [string, unknown]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [name, inner] of Object.entries(value)) {
    if (typeof inner === 'object' && depth < 4) yield* flatten(inner, `${prefix}${name}.`, depth + 1);
    else yield [prefix + name, inner];
  }
}

// A key, and a value that is text in quotes, a number with its type as NumPy 2 prints it, or a bare word.
const entry = new RegExp(
  [
    /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*:\s*/,
    /(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|[\w.]+\(([^(),]*)[^()]*\)|([^,{}[\]()'"\s]+))\s*(?:,|$)/,
  ]
    .map(({ source }) => source)
    .join(''),
  'y',
);

/** A flat Python dict, as the Trainer prints it: `{'eval_loss': 1.2, 'epoch': nan}`; values may be numbers in quotes. */
function readDict(text: string): MetricRecord | null {
  const inside = text.slice(1, -1).trimEnd();
  const entries: [string, unknown][] = [];
  entry.lastIndex = 0;
  while (entry.lastIndex < inside.length) {
    const [found, single, double, ...values] = entry.exec(inside) ?? [];
    if (found === undefined) return null;
    entries.push([single ?? double!, numberOf(values.find((value) => value !== undefined) ?? '')]);
  }
  return recordOf(entries);
}
