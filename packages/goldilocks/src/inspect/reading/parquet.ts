// Parquet files, a slice of rows at a time, with bounds on what a file may claim to hold.
import {
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type SchemaTree,
} from 'hyparquet';
import { compressors as codecs } from 'hyparquet-compressors';
import { UserError } from '../../errors.js';
import { excerpt } from '../../terminal/strip-control.js';
import { field, isFields, type RowSource } from './record.js';

const rowsAtOnce = 10_000;
const maxRows = 50_000_000;
const maxBytes = 2 ** 31;
/** One page unpacked; writers keep pages near 1 MB. */
const maxPageBytes = 256 * 1024 * 1024;

type Compressors = typeof codecs;

/** `line` is the row number, from 1. Label numbers are replaced by their names where the file gives them. */
export async function* readParquet(path: string, name: string): RowSource {
  const file = await asyncBufferFromFile(path);
  const metadata = await guarded(name, async () => checkColumns(await parquetMetadataAsync(file)));
  const rows = checkClaims(metadata, name);
  const classNames = labelNames(metadata);
  for (let rowStart = 0; rowStart < rows; rowStart += rowsAtOnce) {
    const rowEnd = Math.min(rows, rowStart + rowsAtOnce);
    const slice = await guarded(name, () =>
      parquetReadObjects({ file, metadata, rowStart, rowEnd, compressors: boundedCompressors() }),
    );
    for (const [index, row] of slice.entries()) {
      yield { kind: 'record', line: rowStart + index + 1, fields: toFields(row, classNames) };
    }
  }
}

/** A broken file makes the library throw errors of many kinds; a person needs one. */
async function guarded<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof UserError || (error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    const reason = excerpt(error instanceof Error ? error.message : String(error), 120);
    throw new UserError(
      `${name} is not a readable Parquet file: ${reason}. Write it again, or export it as JSON Lines.`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Every row group must hold every column of the schema once: the library starts reading all columns at once, and one it
 * did not expect would fail where nobody listens and end the process.
 */
function checkColumns(metadata: FileMetaData): FileMetaData {
  const expected = leaves(parquetSchema(metadata)).sort();
  for (const [index, group] of metadata.row_groups.entries()) {
    const paths = group.columns.map((column) => JSON.stringify(column.meta_data?.path_in_schema)).sort();
    if (paths.length !== expected.length || paths.some((path, at) => path !== expected[at])) {
      throw new Error(`the columns of row group ${index + 1} are not those of the schema`);
    }
  }
  return metadata;
}

function leaves(tree: SchemaTree): string[] {
  return tree.children.length === 0 ? [JSON.stringify(tree.path)] : tree.children.flatMap(leaves);
}

function checkClaims(metadata: FileMetaData, name: string): number {
  const rows = Number(metadata.num_rows);
  const bytes = metadata.row_groups.reduce((sum, group) => sum + Number(group.total_byte_size), 0);
  if (rows >= 0 && rows <= maxRows && bytes >= 0 && bytes <= maxBytes) return rows;
  throw new UserError(
    `${name} says it holds ${rows} rows in ${bytes} bytes unpacked, more than is read. Take a sample.`,
  );
}

/** Every codec refuses to unpack a page that claims to be enormous. */
function boundedCompressors(): Compressors {
  const bounded: Compressors = {};
  for (const [codec, unpack] of Object.entries(codecs) as [keyof Compressors, NonNullable<Compressors['GZIP']>][]) {
    bounded[codec] = (input, outputLength) => {
      if (!(outputLength >= 0 && outputLength <= maxPageBytes)) throw new Error(`a page of ${outputLength} bytes`);
      return unpack(input, outputLength);
    };
  }
  return bounded;
}

function toFields(row: Record<string, unknown>, classNames: Map<string, string[]>): Record<string, unknown> {
  const fields = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(row)) {
    const value = row[key];
    const label =
      typeof value === 'bigint' || typeof value === 'number' ? classNames.get(key)?.[Number(value)] : undefined;
    fields[key] = label ?? value;
  }
  return fields;
}

/** Names of class labels as Hugging Face datasets keep them in the file's metadata. */
function labelNames(metadata: FileMetaData): Map<string, string[]> {
  const names = new Map<string, string[]>();
  const text = metadata.key_value_metadata?.find((entry) => entry.key === 'huggingface')?.value;
  const features = text === undefined ? undefined : dig(parseOrNothing(text), 'info', 'features');
  if (!isFields(features)) return names;
  for (const column of Object.keys(features)) {
    const labels = dig(features, column, 'names');
    if (Array.isArray(labels) && labels.every((label) => typeof label === 'string')) names.set(column, labels);
  }
  return names;
}

function dig(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isFields(inner) ? field(inner, key) : undefined), value);
}

/** Metadata are an extra: without them labels stay numbers. */
function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
