// Reads a space file; what is wrong with it is said with its place in the file and what to do.
import { readFile } from 'node:fs/promises';
import { type SpaceFile, spaceFileSchema } from '@goldilocks/protocol';
import type { z } from 'zod';
import { UserError } from '../../errors.js';
import { excerpt } from '../../terminal/strip-control.js';
import { checkSpace } from './check-space.js';

/** Throws UserError where the file is missing, no JSON, or no space. */
export async function readSpace(path: string): Promise<SpaceFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UserError(`The space file ${excerpt(path, 200)} cannot be read: ${reason(error)}.`, { cause: error });
  }
  return parseSpace(text, excerpt(path, 200));
}

/** @param name of the file, for messages */
export function parseSpace(text: string, name: string): SpaceFile {
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UserError(`${name} is not JSON: ${excerpt((error as Error).message, 200)}. See docs/optimize.md.`);
  }
  const parsed = spaceFileSchema.safeParse(content);
  if (!parsed.success) throw new UserError(`${name}: ${problemOf(parsed.error)}`, { cause: parsed.error });
  checkSpace(parsed.data, name);
  return parsed.data;
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file. Check the path';
  return code === 'EISDIR' ? 'it is a folder' : message;
}

/** The first problem, as `parameters.lr.low: …`. */
function problemOf(error: z.ZodError): string {
  const [issue] = error.issues;
  const place = issue!.path.map(String).join('.');
  const of = place === '' ? '' : `${excerpt(place, 120)}: `;
  if (issue!.code === 'unrecognized_keys') {
    return `${of}there is no setting ${issue!.keys.map((key) => `«${excerpt(key)}»`).join(', ')}. docs/optimize.md lists them.`;
  }
  if (issue!.code === 'invalid_union' && issue!.discriminator === 'type') {
    return `${of}the type must be "float", "int" or "categorical".`;
  }
  return `${of}${excerpt(issue!.message, 200)}.`;
}
