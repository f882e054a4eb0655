// Keeps what is shown up to date: one stream of events, reconnected by itself, and a poll behind it.
import type { News } from '@goldilocks/protocol/page';
import { stream } from './client.js';
import { ServerError } from './errors.js';
import { queryClient, studyKey } from './queries.js';

export type Connection = 'connecting' | 'live' | 'lost' | 'refused';

const SILENCE_MS = 35_000;
const POLL_MS = 5_000;
/** Asking again waits this long, so that a burst of events asks once. */
const SOON_MS = 700;
const LATER_MS = 2_500;

let connection: Connection = 'connecting';
let since = Date.now();
const listeners = new Set<() => void>();

export const connectionStore = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  get: () => connection,
  /** When the connection last became what it is. */
  since: () => since,
};

function become(next: Connection): void {
  if (next === connection) return;
  connection = next;
  since = Date.now();
  for (const listener of listeners) listener();
}

const waiting = new Map<string, ReturnType<typeof setTimeout>>();

function askAgain(queryKey: unknown[], delay: number): void {
  const name = JSON.stringify(queryKey);
  if (waiting.has(name)) return;
  const again = () => {
    waiting.delete(name);
    void queryClient.invalidateQueries({ queryKey });
  };
  waiting.set(name, setTimeout(again, delay));
}

function apply(news: News): void {
  for (const [queryKey, delay] of outOfDate(news)) askAgain(queryKey, delay);
}

/** The queries whose answers a piece of news makes old. */
function outOfDate(news: News): [unknown[], number][] {
  if (news.type === 'alive') return [];
  if (news.type === 'studies') return [[['studies'], SOON_MS]];
  const key = studyKey(news.study);
  switch (news.type) {
    case 'event':
    case 'command':
      return [[[...key, 'overview'], SOON_MS]];
    case 'export':
      return [[[...key, 'takeaway'], SOON_MS]];
    case 'study':
      return [
        [['studies'], SOON_MS],
        [key, SOON_MS],
      ];
    case 'trials': {
      const heavy = ['figure', 'findings', 'trial'].map((name): [unknown[], number] => [[...key, name], LATER_MS]);
      return [[[...key, 'trials'], SOON_MS], ...heavy];
    }
  }
}

/** Listens until the returned function is called. A tab that nobody sees holds no connection: browsers allow few. */
export function listen(study: string | undefined): () => void {
  let ended = false;
  let current = new AbortController();
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const poll = setInterval(() => {
    if (connection === 'lost' && !document.hidden) void queryClient.invalidateQueries();
  }, POLL_MS);
  const wake = () => current.abort();
  document.addEventListener('visibilitychange', wake);

  async function loop(): Promise<void> {
    let last = '';
    for (let failures = 0; !ended; ) {
      if (document.hidden) {
        await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
        continue;
      }
      current = new AbortController();
      try {
        const wasAway = last !== '' || failures > 0;
        for await (const id of follow(study, last, current, wasAway)) {
          failures = 0;
          last = id || last;
        }
      } catch (error) {
        if (ended) return;
        if (error instanceof ServerError && error.status === 401) return become('refused');
        // The server is there; the view says that the study is not.
        if (error instanceof ServerError && error.status === 404) return become('live');
        if (!current.signal.aborted) failures++;
      }
      if (ended) return;
      if (!document.hidden && failures > 0) become('lost');
      await pause(Math.min(5_000, 300 * 2 ** failures));
    }
  }
  void loop();
  return () => {
    ended = true;
    clearInterval(poll);
    document.removeEventListener('visibilitychange', wake);
    current.abort();
  };
}

async function* follow(
  study: string | undefined,
  last: string,
  controller: AbortController,
  wasAway: boolean,
): AsyncGenerator<string> {
  let silence = setTimeout(() => controller.abort(), SILENCE_MS);
  const headers: Record<string, string> = last === '' ? {} : { 'Last-Event-ID': last };
  const query = study === undefined ? {} : { study };
  try {
    let first = true;
    for await (const { id, value } of stream('news', { query, headers, signal: controller.signal })) {
      clearTimeout(silence);
      silence = setTimeout(() => controller.abort(), SILENCE_MS);
      become('live');
      // News that carry no id may have been missed while away.
      if (first && wasAway) void queryClient.invalidateQueries();
      first = false;
      apply(value);
      yield id;
    }
  } finally {
    clearTimeout(silence);
  }
}
