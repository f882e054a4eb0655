// What lies beside a study: its record, read anew only when it has changed.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type JourneyRecord, loadRecord } from '../../journey/record.js';
import { loadRecord as loadSearch, type OptimizeRecord } from '../../optimize/record.js';

/** Loads a file's content by `load` when its time or size differ from the last time. */
class Watched<Content> {
  #stamp = '';
  #content: Content | undefined;

  constructor(
    private readonly path: string,
    private readonly load: () => Promise<Content | undefined>,
  ) {}

  get writtenAt(): number {
    return Number(this.#stamp.split(' ')[0]);
  }

  async get(): Promise<Content | undefined> {
    const stamp = await stampOf(this.path);
    if (stamp === this.#stamp) return this.#content;
    this.#content = stamp === '' ? undefined : await this.load();
    this.#stamp = stamp;
    return this.#content;
  }
}

async function stampOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

export class StudyFiles {
  readonly #journey: Watched<JourneyRecord>;
  readonly #search: Watched<OptimizeRecord>;

  constructor(readonly folder: string) {
    this.#journey = new Watched(join(folder, 'journey.json'), () => loadRecord(folder));
    this.#search = new Watched(join(folder, 'optimize.json'), () => loadSearch(folder));
  }

  /** Of a journey; undefined for other studies. */
  journey(): Promise<JourneyRecord | undefined> {
    return this.#journey.get();
  }

  /** When the record was written last; milliseconds since 1970. */
  savedAt(kind: 'journey' | 'command' | 'other'): number {
    return (kind === 'journey' ? this.#journey : this.#search).writtenAt;
  }

  /** Of a search over a command's flags; undefined for other studies. */
  search(): Promise<OptimizeRecord | undefined> {
    return this.#search.get();
  }
}
