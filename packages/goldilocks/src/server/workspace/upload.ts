// Takes a file from the page into the workspace: bounded, under a harmless name, whole or not at all.
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { HttpError } from '../../http/http-error.js';
import { bytes as bytesText } from '../../report/numbers.js';
import { writeError } from '../../state/file-errors.js';
import { stripControl } from '../../terminal/strip-control.js';
import { dataEndings, uploadFolder } from './data-files.js';

/** No upload is larger. */
export const uploadBytes = 1024 ** 3;

/**
 * Writes the file and returns its path; a name that is taken gets a number.
 * @throws HttpError 400 for an ending that no data file has, 413 for one that is too large
 */
export async function takeUpload(
  workspace: string,
  name: string,
  content: ReadableStream<Uint8Array> | null,
  largest = uploadBytes,
): Promise<string> {
  const safe = harmlessName(name);
  const folder = join(workspace, uploadFolder);
  const temporary = join(folder, `.${randomBytes(6).toString('hex')}.part`);
  try {
    await mkdir(folder, { recursive: true });
    await write(temporary, content, largest);
    return await giveName(temporary, folder, safe);
  } catch (error) {
    throw writeError(folder, error);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Letters, digits and a few signs, without folders and leading dots. */
export function harmlessName(name: string): string {
  const last = stripControl(name).normalize('NFC').split(/[\\/]/).at(-1)!;
  const ending = extname(last).toLowerCase();
  if (!dataEndings.includes(ending)) {
    throw new HttpError(
      400,
      `«${last.slice(0, 60)}» is no data file that can be read.`,
      `Give one of ${dataEndings.join(', ')}.`,
    );
  }
  const stem = last
    .slice(0, -ending.length)
    .replace(/[^\p{L}\p{N}_. -]+/gu, '-')
    .replace(/^[. -]+|[. -]+$/g, '')
    .slice(0, 80);
  return `${stem === '' ? 'data' : stem}${ending}`;
}

async function write(path: string, content: ReadableStream<Uint8Array> | null, largest: number): Promise<void> {
  const file = await open(path, 'wx');
  try {
    let size = 0;
    for await (const chunk of content ?? []) {
      size += chunk.byteLength;
      if (size > largest) {
        throw new HttpError(413, `The file is larger than ${bytesText(largest)}.`, 'Put it into the folder by hand.');
      }
      await file.writeFile(chunk);
    }
    if (size === 0) throw new HttpError(400, 'The file is empty.');
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A link fails where the name is taken, a rename would replace what is there. */
async function giveName(temporary: string, folder: string, name: string): Promise<string> {
  const ending = extname(name);
  const stem = name.slice(0, -ending.length);
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? name : `${stem}-${number}${ending}`);
    try {
      await link(temporary, path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
