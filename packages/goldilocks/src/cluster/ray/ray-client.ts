// Ray's job API: submit, ask for status and logs, stop, delete.
import { z } from 'zod';
import { firstLine, type HttpOptions, send } from './http.js';
import { RayError } from './ray-error.js';

export interface RayJob {
  /** Ours, so that submitting again after an unknown outcome cannot start the job twice. */
  submissionId: string;
  /** A line for a POSIX shell. */
  entrypoint: string;
  /** Anyone who can see Ray's dashboard may read these. */
  env?: Readonly<Record<string, string>>;
  cpus?: number;
  gpus?: number;
  /** Bytes. */
  memory?: number;
  metadata?: Readonly<Record<string, string>>;
}

const statuses = ['PENDING', 'RUNNING', 'STOPPED', 'SUCCEEDED', 'FAILED'] as const;

const jobSchema = z.object({
  status: z.enum(statuses),
  message: z.string().nullish(),
  driver_exit_code: z.number().nullish(),
});

export interface RayJobStatus {
  status: (typeof statuses)[number];
  /** What Ray says about it. */
  message: string;
  /** Of the entrypoint; negative for a signal. Null where Ray does not know, as when a node was lost. */
  exitCode: number | null;
}

export type RayClientOptions = HttpOptions;

/** A client of one Ray. Every call waits while Ray is gone, as long as `patienceSeconds` allow. */
export class RayClient {
  readonly address: string;

  constructor(private readonly options: RayClientOptions) {
    if (!/^https?:\/\/[^/]/.test(options.address) || !URL.canParse(options.address)) {
      throw new RayError(
        `«${options.address}» is no address of Ray: give its dashboard's, such as http://127.0.0.1:8265.`,
      );
    }
    this.address = options.address;
  }

  /** The version of Ray. Throws RayError where something else answers. */
  async version(): Promise<string> {
    const { status, body } = await this.send('GET', 'api/version');
    const found = z.object({ ray_version: z.string() }).safeParse(parse(body));
    if (status === 200 && found.success) return found.data.ray_version;
    throw this.refusal('is not reachable as Ray', status, body);
  }

  /** Throws RayError where Ray refuses. Resolves as well when an earlier try had reached Ray unheard. */
  async submit(job: RayJob): Promise<void> {
    const { status, body, repeated } = await this.send('POST', 'api/jobs/', {
      submission_id: job.submissionId,
      entrypoint: job.entrypoint,
      runtime_env: { env_vars: job.env ?? {} },
      entrypoint_num_cpus: job.cpus,
      entrypoint_num_gpus: job.gpus,
      entrypoint_memory: job.memory,
      metadata: job.metadata,
    });
    if (status === 200 || (repeated && /already exists/.test(body))) return;
    throw this.refusal(`refused the job ${job.submissionId}`, status, body);
  }

  /** Undefined for a job that this Ray does not know: it was deleted, or Ray lost its memory in a restart. */
  async status(submissionId: string): Promise<RayJobStatus | undefined> {
    const { status, body } = await this.send('GET', jobPath(submissionId));
    if (status === 404) return undefined;
    const found = jobSchema.safeParse(parse(body));
    if (status !== 200 || !found.success) {
      throw this.refusal(`gave no status of the job ${submissionId}`, status, body);
    }
    const { message, driver_exit_code: exitCode } = found.data;
    return { status: found.data.status, message: message ?? '', exitCode: exitCode ?? null };
  }

  /** All that the job has written so far, both streams in one; '' where there is nothing yet. */
  async logs(submissionId: string): Promise<string> {
    const { status, body } = await this.send('GET', `${jobPath(submissionId)}/logs`);
    if (status === 404) return '';
    const found = z.object({ logs: z.string().nullish() }).safeParse(parse(body));
    if (status !== 200 || !found.success) throw this.refusal(`gave no log of the job ${submissionId}`, status, body);
    return found.data.logs ?? '';
  }

  /** Asks the job to end: SIGTERM, and SIGKILL after the time that RAY_JOB_STOP_WAIT_TIME_S in its environment says. */
  async stop(submissionId: string): Promise<void> {
    const { status, body } = await this.send('POST', `${jobPath(submissionId)}/stop`);
    if (status !== 200 && status !== 404) throw this.refusal(`did not stop the job ${submissionId}`, status, body);
  }

  /** Makes Ray forget a job that has ended, with its log. */
  async delete(submissionId: string): Promise<void> {
    const { status, body } = await this.send('DELETE', jobPath(submissionId));
    if (status !== 200 && status !== 404) throw this.refusal(`did not delete the job ${submissionId}`, status, body);
  }

  private send(method: string, path: string, body?: unknown) {
    return send(this.options, method, path, body);
  }

  private refusal(what: string, status: number, body: string): RayError {
    const advice =
      status === 401 || status === 403
        ? ' It asks for a token: set RAY_AUTH_TOKEN.'
        : status === 405
          ? ' A proxy before it, or its settings, forbid this.'
          : '';
    return new RayError(`Ray at ${this.address} ${what} (${status}: ${firstLine(body)}).${advice}`);
  }
}

function jobPath(submissionId: string): string {
  return `api/jobs/${encodeURIComponent(submissionId)}`;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Whether a job with this status will not change any more. */
export function hasEnded(status: RayJobStatus['status']): boolean {
  return status === 'STOPPED' || status === 'SUCCEEDED' || status === 'FAILED';
}
