// The stream of news: a study's events as they are written, and word that something else has changed.
import type { CommandRecord } from '@goldilocks/protocol/page';
import { LogReader } from '../../events/follow.js';
import type { Asked, Handlers, Tell } from '../route-types.js';
import type { StudyView } from '../study/study-view.js';
import { summaryOf } from '../study/summary.js';
import type { Beat, ServerPlace } from '../workplace.js';

/** The log is looked at this often; the rest of a study at every other or tenth time, whether it is worked on or not. */
const lookMs = 250;
const looksWhileWorked = 2;
const looksElse = 8;
const aliveMs = 15_000;
/** The list of studies is looked at for changes by others. */
const listMs = 3000;

export function newsHandler({ book, pulse }: ServerPlace): Pick<Handlers, 'news'> {
  return {
    async news(asked, tell) {
      const { query, signal } = asked;
      const view = query.study === undefined ? undefined : await book.find(query.study);
      const heard: Beat[] = [];
      const stopListening = pulse.listen((beat) => heard.push(beat));
      try {
        const follow = view === undefined ? undefined : new Follower(view, asked, tell);
        let list = await listOf(book);
        // Who has heard this misses nothing that happens from then on.
        await tell({ type: 'alive' });
        let lastAlive = Date.now();
        let lastList = Date.now();
        while (!signal.aborted) {
          await follow?.look();
          for (const beat of heard.splice(0)) await tell(beat);
          const now = Date.now();
          if (now - lastList >= listMs) {
            const before = list;
            list = await listOf(book);
            lastList = now;
            if (list !== before) await tell({ type: 'studies' });
          }
          if (now - lastAlive >= aliveMs) {
            await tell({ type: 'alive' });
            lastAlive = now;
          }
          await pause(lookMs, signal);
        }
      } finally {
        stopListening();
      }
    },
  };
}

/** What the list would show of the studies themselves; how far they are is told by their own news. */
async function listOf(book: ServerPlace['book']): Promise<string> {
  const studies = await book.storage.getStudies();
  const databases = book.databases.map(({ id, readOnly }) => [id, readOnly]);
  return JSON.stringify([studies.map(({ id, name, userAttributes }) => [id, name, userAttributes]), databases]);
}

/** Follows one study for one listener. */
class Follower {
  readonly #view: StudyView;
  readonly #tell: Tell<'news'>;
  readonly #log: LogReader | undefined;
  #looks = 0;
  #revision: string;
  #state: string;
  readonly #commands = new Map<string, string>();

  constructor(view: StudyView, { lastEventId, query }: Asked<'news'>, tell: Tell<'news'>) {
    const last = lastEventId !== undefined && /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : undefined;
    const after = last ?? query.after ?? view.live.seq;
    this.#view = view;
    this.#tell = tell;
    this.#log = view.folder === undefined ? undefined : new LogReader(view.folder, after);
    this.#revision = view.table.revision;
    this.#state = stateOf(view);
    for (const command of view.commands) this.#commands.set(command.id, JSON.stringify(command));
  }

  async look(): Promise<void> {
    const study = this.#view.key;
    const events = (await this.#log?.read()) ?? [];
    for (const logged of events) await this.#tell({ type: 'event', study, logged }, String(logged.seq));
    const every = this.#view.isWorkedOn ? looksWhileWorked : looksElse;
    if (this.#looks++ % every !== 0 && events.length === 0) return;
    await this.#view.refresh();
    await this.#tellChanges(study);
  }

  async #tellChanges(study: string): Promise<void> {
    const { revision } = this.#view.table;
    if (revision !== this.#revision) await this.#tell({ type: 'trials', study, revision });
    this.#revision = revision;
    for (const command of this.#view.commands)
      if (this.#isNews(command)) await this.#tell({ type: 'command', study, command });
    const state = stateOf(this.#view);
    if (state !== this.#state) await this.#tell({ type: 'study', study });
    this.#state = state;
  }

  #isNews(command: CommandRecord): boolean {
    const text = JSON.stringify(command);
    const isNews = this.#commands.get(command.id) !== text;
    this.#commands.set(command.id, text);
    return isNews;
  }
}

function stateOf(view: StudyView): string {
  const { state, title, archived, deletedUntil } = summaryOf(view);
  return JSON.stringify([state, title, archived, deletedUntil, view.journey?.report !== undefined]);
}

/** Ends early when the signal does. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) return done();
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
    function end() {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      done();
    }
  });
}
