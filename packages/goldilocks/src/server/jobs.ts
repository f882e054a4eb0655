// Jobs that the page starts: processes of their own, which go on when the server ends.
import { spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HttpError } from '../http/http-error.js';
import { workerOf } from '../journey/open-study.js';
import type { JourneySettings } from '../journey/options.js';
import { writeFileAtomic } from '../state/atomic.js';
import type { StateFolder } from '../state/folder.js';

/** What a job is to do, in a file that its process reads. */
export type Job =
  | { readonly kind: 'run'; readonly settings: JourneySettings }
  | { readonly kind: 'resume'; readonly study: string };

/** What a job that ended badly leaves beside its file. */
export interface JobFailure {
  readonly message: string;
}

const entry = fileURLToPath(new URL('./job-process.js', import.meta.url));

export function jobFile(state: StateFolder, study: string): string {
  return join(state.root, 'jobs', `${study}.json`);
}

export function failureFile(job: string): string {
  return job.replace(/\.json$/, '.failed.json');
}

const lookMs = 150;
/** How long it may take until a process has taken up its study; on a busy machine Node itself takes seconds. */
const startSeconds = 60;

/**
 * Starts the process and waits until it works on the study.
 * @throws HttpError 400 with the reason where it ended before that
 */
export async function startJob(state: StateFolder, study: string, job: Job): Promise<void> {
  const file = jobFile(state, study);
  await mkdir(join(state.root, 'jobs'), { recursive: true });
  await writeFileAtomic(file, `${JSON.stringify(job, null, 2)}\n`);
  const log = await open(file.replace(/\.json$/, '.log'), 'a');
  try {
    const child = spawn(process.execPath, [entry, state.root, file], {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      windowsHide: true,
    });
    let hasEnded = false;
    child.once('exit', () => (hasEnded = true));
    child.once('error', () => (hasEnded = true));
    child.unref();
    for (const until = Date.now() + 1000 * startSeconds; Date.now() < until; ) {
      if ((await workerOf(state.study(study))) !== undefined) return;
      if (hasEnded) throw new HttpError(400, await reasonOf(file));
      await new Promise((done) => setTimeout(done, lookMs));
    }
  } finally {
    await log.close();
  }
}

/** Why a job ended; as its log may help, where that is. */
async function reasonOf(file: string): Promise<string> {
  return (await failureOf(file)) ?? `The job ended at once; its last words are in ${file.replace(/\.json$/, '.log')}.`;
}

/** Why the job of this file failed; undefined where it did not. */
export async function failureOf(file: string): Promise<string | undefined> {
  try {
    return (JSON.parse(await readFile(failureFile(file), 'utf8')) as JobFailure).message;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
