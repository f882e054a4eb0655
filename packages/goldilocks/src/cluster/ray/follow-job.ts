// Follows a job of Ray to its end: its log line by line, then how it ended.
import { setTimeout as sleep } from 'node:timers/promises';
import { LineSplitter } from '../../optimize/local/line-splitter.js';
import { hasEnded, type RayClient, type RayJobStatus } from './ray-client.js';

/** How a job ended; `lost`: Ray does not know it any more, or cannot say what became of it. */
export type JobEnd =
  | { kind: 'exited'; code: number }
  | { kind: 'signalled'; signal: string }
  | { kind: 'lost'; reason: string };

export interface Follower {
  /** Takes what the log has grown by, as it came. */
  onLog?(chunk: Buffer): void | Promise<void>;
  /** Takes each line of the log, in order; the next comes when the promise has resolved. */
  onLine?(line: string): void | Promise<void>;
  onStatus?(status: RayJobStatus['status']): void;
  /** Between two looks. Default 1 s; a log that takes long to fetch is fetched less often. */
  everyMs?: number;
}

const signalNames: Record<number, string> = { 2: 'SIGINT', 6: 'SIGABRT', 9: 'SIGKILL', 11: 'SIGSEGV', 15: 'SIGTERM' };
/** Fetching may take this share of the time at most: Ray gives a log only whole. */
const fetchingShare = 0.05;

/** Resolves when the job has ended and all its lines have been handed on. Throws RayError where Ray stays away. */
export async function followJob(client: RayClient, submissionId: string, follower: Follower = {}): Promise<JobEnd> {
  const log = new LogReader(client, submissionId, follower);
  let last: RayJobStatus['status'] | undefined;
  for (;;) {
    const job = await client.status(submissionId);
    if (job === undefined) return { kind: 'lost', reason: 'Ray does not know the job any more' };
    if (job.status !== last) follower.onStatus?.((last = job.status));
    if (hasEnded(job.status)) {
      await log.end();
      return endOf(job);
    }
    const wait = Math.max(follower.everyMs ?? 1000, job.status === 'RUNNING' ? await log.readMore() : 0);
    await sleep(wait);
  }
}

function endOf({ status, message, exitCode }: RayJobStatus): JobEnd {
  if (status === 'SUCCEEDED') return { kind: 'exited', code: 0 };
  if (status === 'STOPPED') return { kind: 'signalled', signal: 'SIGTERM' };
  if (exitCode === null) return { kind: 'lost', reason: message.split('\n')[0] || 'Ray does not say why it failed' };
  if (exitCode < 0) return { kind: 'signalled', signal: signalNames[-exitCode] ?? `signal ${-exitCode}` };
  return { kind: 'exited', code: exitCode };
}

class LogReader {
  private readonly splitter = new LineSplitter();
  private seen = 0;

  constructor(
    private readonly client: RayClient,
    private readonly submissionId: string,
    private readonly follower: Follower,
  ) {}

  /** Hands on what is new. @returns how long to wait before the next time, in milliseconds */
  async readMore(): Promise<number> {
    const started = performance.now();
    const text = Buffer.from(await this.client.logs(this.submissionId), 'utf8');
    const taken = performance.now() - started;
    if (text.length > this.seen) {
      const chunk = text.subarray(this.seen);
      this.seen = text.length;
      await this.follower.onLog?.(chunk);
      await this.hand(this.splitter.push(chunk));
    }
    return taken / fetchingShare;
  }

  async end(): Promise<void> {
    await this.readMore();
    await this.hand(this.splitter.end());
  }

  private async hand(lines: readonly string[]): Promise<void> {
    for (const line of lines) await this.follower.onLine?.(line);
  }
}
