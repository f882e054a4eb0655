// Fetches one file of the Hub into the cache: goes on where an earlier attempt was cut off, and keeps only what has the right hash.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../errors.js';
import { writeError } from '../state/file-errors.js';
import { excerpt } from '../terminal/strip-control.js';
import type { HubFile } from './hub-file.js';
import type { HubSettings } from './hub-settings.js';
import type { Repository } from './repository.js';
import { patientFetch, refusal, unreachable } from './requests.js';

const tries = 5;
/** A transfer in which nothing comes for so long is begun anew. */
const silence = 60_000;

export interface FileDownload {
  repository: Repository;
  url: string;
  file: HubFile;
  /** Where it ends up. */
  blob: string;
  settings: HubSettings;
  signal?: AbortSignal;
  /** Told of bytes as they come; negative where they have to be fetched again. */
  onBytes(count: number): void;
}

/** @throws UserError where the Hub refuses, the connection is lost for good, the disk is full, or the content is not what was announced */
export async function downloadFile(download: FileDownload): Promise<void> {
  const { blob, file, onBytes } = download;
  const partial = `${blob}.incomplete`;
  await mkdir(dirname(blob), { recursive: true });
  onBytes(Math.min(await sizeOf(partial), file.size));
  for (let attempt = 1; ; attempt++) {
    const failure = await transfer(download, partial);
    if (failure === undefined) break;
    if (attempt === tries) throw unreachable(download.settings, failure);
  }
  await verify(download, partial);
  await rename(partial, blob);
}

/** Fetches what is missing of the partial file. Returns what broke it off, for another attempt. */
async function transfer(download: FileDownload, partial: string): Promise<Error | undefined> {
  const { url, file, settings, signal, repository, onBytes } = download;
  const have = await sizeOf(partial);
  if (have === file.size) return undefined;
  const start = have < file.size ? have : 0;
  const response = await patientFetch(url, settings, {
    signal,
    ...(start > 0 && { headers: { range: `bytes=${start}-` } }),
  });
  if (!response.ok && response.status !== 416) throw refusal(repository, settings, response.status);
  const goesOn = response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${start}-`);
  // A server that cannot go on sends the whole file.
  if (!goesOn && have > 0) onBytes(-Math.min(have, file.size));
  const handle = await open(partial, goesOn ? 'a' : 'w').catch((error) => Promise.reject(writeError(partial, error)));
  try {
    return response.status === 416
      ? new Error('the server cannot go on')
      : await receive(response, handle, download, goesOn ? start : 0);
  } finally {
    await handle.close();
  }
}

async function receive(
  response: Response,
  handle: FileHandle,
  download: FileDownload,
  start: number,
): Promise<Error | undefined> {
  const { file, signal, onBytes } = download;
  let written = start;
  const reader = response.body!.getReader();
  try {
    for (;;) {
      const { done, value } = await within(silence, reader.read());
      if (done) break;
      written += value.length;
      if (written > file.size) throw wrongContent(download, `more than ${file.size} bytes came`);
      await handle.write(value).catch((error) => Promise.reject(writeError(download.blob, error)));
      onBytes(value.length);
      signal?.throwIfAborted();
    }
  } catch (error) {
    await reader.cancel().catch(() => undefined); // what broke the transfer is the thing to tell
    signal?.throwIfAborted();
    if (error instanceof UserError) throw error;
    return error as Error;
  }
  return written === file.size ? undefined : new Error(`the connection was cut after ${written} of ${file.size} bytes`);
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('nothing came for a minute')), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** sha256 of large files, git's sha1 of small ones. What has another content is thrown away. */
async function verify(download: FileDownload, partial: string): Promise<void> {
  const { file } = download;
  const hash = file.hash.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${file.size}\0`);
  for await (const chunk of createReadStream(partial, { highWaterMark: 2 ** 22 })) hash.update(chunk as Buffer);
  if (hash.digest('hex') === file.hash) return;
  await rm(partial, { force: true });
  throw wrongContent(download, 'its content does not have the hash that the Hub announces');
}

const wrongContent = ({ file, repository }: FileDownload, problem: string) =>
  new UserError(
    `${excerpt(file.path, 120)} of ${repository.id} came damaged: ${problem}. It was thrown away; try again, or check the mirror in HF_ENDPOINT.`,
    { exitCode: 1 },
  );

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0;
