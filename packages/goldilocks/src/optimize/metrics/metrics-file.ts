// Metrics in a file that the command writes: JSON lines or CSV that grow, or one JSON document written anew.
import { readFile, stat } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { LineSplitter } from '../local/line-splitter.js';
import { flatten, outputReader } from './output-lines.js';
import { parsePythonJson } from './python-json.js';
import { type FileReader, type MetricRecord, recordOf } from './record.js';
import { Tail } from './tail.js';

/** By the path's ending: `.csv`, `.json`, and anything else JSON lines. */
export function metricsFileReader(path: string): FileReader {
  if (/\.csv$/i.test(path)) return new CsvFile(path);
  return /\.json$/i.test(path) ? new JsonFile(path) : new JsonLinesFile(path);
}

class JsonLinesFile implements FileReader {
  readonly place: string;
  readonly #tail: Tail;
  #splitter = new LineSplitter();

  constructor(path: string) {
    this.place = path;
    this.#tail = new Tail(path);
  }

  async poll(): Promise<MetricRecord[]> {
    const records: MetricRecord[] = [];
    for (;;) {
      const { bytes, restarted } = await this.#tail.read();
      if (restarted) this.#splitter = new LineSplitter();
      if (bytes.length === 0) return records;
      for (const line of this.#splitter.push(bytes)) {
        const record = outputReader.read(line);
        if (record !== null) records.push(record);
      }
    }
  }
}

/** Lightning's CSVLogger rewrites the whole file when a new column comes, and leaves cells empty. */
class CsvFile implements FileReader {
  readonly place: string;
  #seen = 0;
  #version = '';

  constructor(path: string) {
    this.place = path;
  }

  async poll(): Promise<MetricRecord[]> {
    const version = await versionOf(this.place);
    if (version === null || version === this.#version) return [];
    const text = await readFile(this.place, 'utf8');
    // The last line may be half written.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const rows = parse(whole, { columns: true, bom: true, relax_column_count: true, skip_empty_lines: true }) as Record<
      string,
      string
    >[];
    const fresh = rows.slice(this.#seen);
    this.#seen = rows.length;
    this.#version = version;
    return fresh.map((row) => recordOf(Object.entries(row))).filter((record) => record !== null);
  }
}

/** An object, or a list of objects of which those after the ones seen are new; `{"log_history": […]}` is such a list. */
class JsonFile implements FileReader {
  readonly place: string;
  #seen = 0;
  #version = '';

  constructor(path: string) {
    this.place = path;
  }

  async poll(): Promise<MetricRecord[]> {
    const version = await versionOf(this.place);
    if (version === null || version === this.#version) return [];
    const content = parsePythonJson(await readFile(this.place, 'utf8'));
    if (content === undefined) return []; // half written: the next look sees it whole
    this.#version = version;
    const list = listOf(content);
    const fresh = list === null ? [content] : list.slice(this.#seen);
    this.#seen = list?.length ?? 0;
    return fresh.map((item) => recordOf(flatten(item))).filter((record) => record !== null);
  }
}

async function versionOf(path: string): Promise<string | null> {
  try {
    const { mtimeMs, size } = await stat(path);
    return `${mtimeMs} ${size}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function listOf(content: unknown): unknown[] | null {
  if (Array.isArray(content)) return content;
  const history = (content as { log_history?: unknown } | null)?.log_history;
  return Array.isArray(history) ? history : null;
}
