// Writes a corrected copy of data: rows fixed or left out, everything else as it was.
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Correction } from '@goldilocks/protocol/page';
import { UserError } from '../../errors.js';
import { type Fields, field } from '../../inspect/reading/record.js';
import { locate, readRows } from '../../inspect/reading/sources.js';
import { writeError } from '../../state/file-errors.js';
import { type KeptInspection, placeOf } from './inspections.js';

export interface Corrected {
  readonly rows: number;
  readonly fixed: number;
  readonly dropped: number;
}

/**
 * JSON Lines with all columns of the data, whatever format these have; the data themselves stay untouched.
 * @throws UserError for a row that is not there, and a fix that cannot be told from the data
 */
export async function writeCorrected(
  kept: KeptInspection,
  corrections: readonly Correction[],
  path: string,
): Promise<Corrected> {
  const byPlace = checked(kept, corrections);
  const temporary = `${path}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const counts = await write(kept, byPlace, temporary);
    await rename(temporary, path);
    return counts;
  } catch (error) {
    await rm(temporary, { force: true });
    throw writeError(path, error);
  }
}

function checked({ data }: KeptInspection, corrections: readonly Correction[]): Map<string, Correction> {
  const places = new Set(data.rows.map(placeOf));
  const { target } = data.columns;
  for (const { place, action, target: to } of corrections) {
    if (!places.has(place)) throw new UserError(`There is no row ${place.slice(0, 100)} in the data.`);
    if (action !== 'fix') continue;
    if (to === undefined) throw new UserError(`Row ${place} is to be fixed, but its new answer is missing.`);
    if (target.length !== 1) {
      throw new UserError(
        target.length === 0
          ? 'These data are plain text without answers; rows can be dropped, but not be given another answer.'
          : `The answer stands in several columns (${target.join(', ')}); rows can be dropped here, and be fixed in the file.`,
      );
    }
  }
  return new Map(corrections.map((correction) => [correction.place, correction]));
}

async function write(
  { data, options }: KeptInspection,
  byPlace: ReadonlyMap<string, Correction>,
  path: string,
): Promise<Corrected> {
  const counts = { rows: 0, fixed: 0, dropped: 0 };
  const out = createWriteStream(path, { flags: 'w' });
  for (const file of await locate(options.data)) {
    for await (const record of readRows(file)) {
      if (record.kind === 'bad') continue;
      const correction = byPlace.get(`${file.name}:${record.line}`);
      if (correction?.action === 'drop') {
        counts.dropped++;
        continue;
      }
      const isFixed = correction?.action === 'fix';
      const fields = isFixed ? withTarget(record.fields, data.columns.target[0]!, correction.target!) : record.fields;
      if (isFixed) counts.fixed++;
      counts.rows++;
      const split = file.split !== undefined && !Object.hasOwn(fields, 'split') ? { split: file.split } : {};
      if (!out.write(`${JSON.stringify({ ...fields, ...split }, plain)}\n`)) {
        await new Promise<void>((done) => out.once('drain', done));
      }
    }
  }
  out.end();
  await finished(out);
  return counts;
}

/** Parquet has numbers that JSON has not. */
function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

/** In a conversation it is the last answer. */
function withTarget(fields: Fields, column: string, target: string): Fields {
  const before = field(fields, column);
  if (!Array.isArray(before)) return { ...fields, [column]: target };
  const last = before.findLastIndex((turn: { role?: string; from?: string }) =>
    ['assistant', 'gpt', 'model'].includes(turn?.role ?? turn?.from ?? ''),
  );
  const turns = before.map((turn: Record<string, unknown>, i) =>
    i !== last ? turn : 'value' in turn ? { ...turn, value: target } : { ...turn, content: target },
  );
  return { ...fields, [column]: turns };
}
