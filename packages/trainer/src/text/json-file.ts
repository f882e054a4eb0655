// Reads the small JSON and text files beside a model's weights.
import { readFileSync, statSync } from 'node:fs';
import { ModelFormatError } from '../errors.js';

/** The file's text, or undefined where there is no such file. Throws ModelFormatError where it is unreadable or larger than `maxBytes`. */
export function readTextFile(path: string, maxBytes: number): string | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return undefined;
    if (stat.size > maxBytes) {
      throw new ModelFormatError(
        `${path} has ${stat.size} bytes; at most ${maxBytes} are read. It is probably not what its name says.`,
      );
    }
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof ModelFormatError) throw error;
    // Beside a model that is one file there is nothing.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw new ModelFormatError(`${path} could not be read: ${(error as Error).message}.`, { cause: error });
  }
}

/** The parsed object, or undefined where there is no such file. Throws ModelFormatError, also where it is not a JSON object. */
export function readJsonFile(path: string, maxBytes: number): Record<string, unknown> | undefined {
  const text = readTextFile(path, maxBytes);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ModelFormatError(`${path} is not valid JSON. Download the model again.`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ModelFormatError(`${path} is not a JSON object. Download the model again.`);
}
