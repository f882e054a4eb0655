// Asks the Hub, with patience, and says in words what it refuses.
import { setTimeout as wait } from 'node:timers/promises';
import { datasetInfo, HubApiError, listFiles, modelInfo } from '@huggingface/hub';
import { UserError } from '../errors.js';
import { excerpt } from '../terminal/strip-control.js';
import type { HubFile } from './hub-file.js';
import type { HubSettings } from './hub-settings.js';
import type { Repository } from './repository.js';

const tries = 5;
const headersWithin = 30_000;
const longestPatience = 60_000;
/** More than any repository that is a model or a data set to tune with. */
const mostFiles = 10_000;

/** The commit that a revision stands for now. Throws UserError. */
export async function findCommit(repository: Repository, settings: HubSettings, signal?: AbortSignal): Promise<string> {
  const params = { name: repository.id, revision: repository.revision, ...common(settings, signal) };
  const found = await explained(repository, settings, async () =>
    repository.kind === 'model'
      ? await modelInfo({ ...params, additionalFields: ['sha'] })
      : await datasetInfo({ ...params, additionalFields: ['sha'] }),
  );
  const isCommit = (text = '') => /^[0-9a-f]{40}$/.test(text);
  if (isCommit(repository.revision) && found.sha !== repository.revision) {
    throw new UserError(
      `${settings.endpoint} answers with another commit of ${repository.id} than ${repository.revision}. Is it a mirror that keeps only the newest?`,
      { exitCode: 1 },
    );
  }
  if (isCommit(found.sha)) return found.sha!;
  throw new UserError(`${settings.endpoint} names no commit for ${repository.id}. Is it a mirror of the Hub?`, {
    exitCode: 1,
  });
}

/** All files of a repository at a commit. Throws UserError. */
export async function listRepository(
  repository: Repository,
  commit: string,
  settings: HubSettings,
  signal?: AbortSignal,
): Promise<HubFile[]> {
  const files: HubFile[] = [];
  const repo = { type: repository.kind, name: repository.id };
  await explained(repository, settings, async () => {
    for await (const entry of listFiles({ repo, revision: commit, recursive: true, ...common(settings, signal) })) {
      if (entry.type !== 'file') continue;
      files.push({ path: entry.path, size: entry.lfs?.size ?? entry.size, hash: entry.lfs?.oid ?? entry.oid ?? '' });
      if (files.length > mostFiles) throw new UserError(`${repository.id} holds more than ${mostFiles} files.`);
    }
  });
  return files;
}

/** Runs a request to the Hub; failures become sentences about the repository. */
export async function explained<T>(repository: Repository, settings: HubSettings, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HubApiError) throw refusal(repository, settings, error.statusCode);
    throw error;
  }
}

const common = (settings: HubSettings, signal: AbortSignal | undefined) => ({
  hubUrl: settings.endpoint,
  // The token is added here: the library's own check would refuse those of mirrors.
  fetch: ((url: string | URL, init?: RequestInit) =>
    patientFetch(String(url), settings, { ...init, signal })) as typeof fetch,
});

/**
 * Fetches, again after a while where the network or the server fails for now. The token goes to the Hub alone: a redirect to another
 * host is followed without it. Throws UserError where nothing answers.
 */
export async function patientFetch(
  url: string,
  settings: HubSettings,
  init: RequestInit & { signal?: AbortSignal } = {},
): Promise<Response> {
  const { token, patience = 1000, endpoint } = settings;
  const isHub = new URL(url).origin === new URL(endpoint).origin;
  const headers = {
    ...(init.headers as Record<string, string>),
    ...(token && isHub && { authorization: `Bearer ${token}` }),
  };
  for (let attempt = 1; ; attempt++) {
    init.signal?.throwIfAborted();
    const answer = await answerOf(url, { ...init, headers });
    const isLast = attempt === tries;
    if (answer instanceof Response) {
      if (isLast || (answer.status !== 429 && answer.status < 500)) return answer;
      await answer.body?.cancel();
    } else if (isLast) throw unreachable(settings, answer);
    const asked = answer instanceof Response ? 1000 * Number(answer.headers.get('retry-after') ?? 0) : 0;
    const milliseconds = Math.min(longestPatience, Math.max(asked || 0, patience * 2 ** (attempt - 1)));
    await wait(milliseconds, undefined, { signal: init.signal });
  }
}

/** The answer, or the failure to get one. Headers must come in time; the body may take longer. */
async function answerOf(url: string, init: RequestInit & { signal?: AbortSignal }): Promise<Response | Error> {
  const headers = new AbortController();
  const timer = setTimeout(() => headers.abort(new Error('no answer within 30 seconds')), headersWithin);
  try {
    return await fetch(url, {
      ...init,
      signal: AbortSignal.any([headers.signal, ...(init.signal ? [init.signal] : [])]),
    });
  } catch (error) {
    init.signal?.throwIfAborted();
    return error as Error;
  } finally {
    clearTimeout(timer);
  }
}

export function unreachable({ endpoint }: HubSettings, error: Error): UserError {
  const cause = (error.cause as Error | undefined)?.message ?? error.message;
  return new UserError(
    `${endpoint} cannot be reached: ${excerpt(cause, 100)}. Check the connection; a mirror is named by HF_ENDPOINT. If a folder was meant, there is none of that name here.`,
    { exitCode: 1, cause: error },
  );
}

/** What an answer of the Hub means. */
export function refusal(
  { kind, id, revision }: Repository,
  { endpoint, token }: HubSettings,
  status: number,
): UserError {
  const page = `${endpoint}/${kind === 'dataset' ? 'datasets/' : ''}${id}`;
  if (status === 401) {
    const advice = token
      ? 'The token in HF_TOKEN is not accepted: make a new one'
      : 'It is private, gated, or does not exist. For a gated one, accept its terms on that page, and give a token in HF_TOKEN (or hf auth login)';
    return new UserError(`${page} cannot be opened without permission. ${advice}.`);
  }
  if (status === 403) {
    return new UserError(
      `${page} is gated, and your token has no access to it. Ask for access on that page, then try again.`,
    );
  }
  if (status === 404)
    return new UserError(
      `There is no ${kind} ${id} (revision ${revision}) at ${endpoint}, and no folder of that name here.`,
    );
  if (status === 429)
    return new UserError(`${endpoint} asks to wait: too many requests. Try again later.`, { exitCode: 1 });
  return new UserError(`${endpoint} answered ${status} for ${id}. Try again later.`, { exitCode: 1 });
}
