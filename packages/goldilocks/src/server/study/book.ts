// The studies that the server shows: those of the workspace, and of databases that a person opened.
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Database } from '@goldilocks/protocol/page';
import { MemoryStorage, readJournal, SqliteStorage, type Storage, StudyError } from '@goldilocks/study';
import { UserError } from '../../errors.js';
import { HttpError } from '../../http/http-error.js';
import type { StateFolder } from '../../state/folder.js';
import { excerpt } from '../../terminal/strip-control.js';
import { failureOf, jobFile } from '../jobs.js';
import { StudyView } from './study-view.js';

interface OpenDatabase {
  readonly id: string;
  readonly path: string;
  readonly kind: Database['kind'];
  storage: Storage;
  studies: number;
  readOnly: boolean;
}

export class StudyBook {
  readonly #state: StateFolder;
  readonly #storage: Storage;
  readonly #views = new Map<string, StudyView>();
  readonly #databases = new Map<string, OpenDatabase>();

  constructor(state: StateFolder, storage: Storage) {
    this.#state = state;
    this.#storage = storage;
  }

  /** The workspace's own database. */
  get storage(): Storage {
    return this.#storage;
  }

  /** All studies, as fresh as their last reading; the workspace's first. */
  async all(): Promise<StudyView[]> {
    const own = await this.#viewsOf(null, this.#storage);
    const others = await Promise.all(
      [...this.#databases.values()].map((database) => this.#viewsOf(database, database.storage)),
    );
    return [...own, ...others.flat()];
  }

  /** A study by its key, fresh. @throws HttpError 404 */
  async find(key: string): Promise<StudyView> {
    const view = this.#views.get(key) ?? (await this.all()).find((other) => other.key === key);
    if (view === undefined) throw new HttpError(404, await this.#whyAbsent(key));
    try {
      await view.refresh();
    } catch (error) {
      if (error instanceof StudyError) this.#views.delete(key); // deleted meanwhile, or another took its name
      throw error;
    }
    return view;
  }

  /** A job that could not use its data or model leaves no study, but says why. */
  async #whyAbsent(key: string): Promise<string> {
    const name = `«${excerpt(key, 120)}»`;
    const isName = /^[\w][\w .-]{0,99}$/.test(key);
    const failure = isName ? await failureOf(jobFile(this.#state, key)) : undefined;
    return failure === undefined ? `There is no study ${name} here.` : `The study ${name} could not begin: ${failure}`;
  }

  /** As `find`, for changes. @throws HttpError 403 for a study that may only be read */
  async findToWrite(key: string): Promise<StudyView> {
    const view = await this.find(key);
    if (!view.isReadOnly) return view;
    throw new HttpError(
      403,
      `The study «${excerpt(view.study.name)}» is of another program, and only read.`,
      'Allow writing to its database first, if that is wanted.',
    );
  }

  async #viewsOf(database: OpenDatabase | null, storage: Storage): Promise<StudyView[]> {
    const views: StudyView[] = [];
    for (const study of await storage.getStudies()) {
      const key = database === null ? study.name : `${database.id}:${study.name}`;
      const known = this.#views.get(key);
      // A study that was deleted and made anew has another id.
      if (known !== undefined && known.study.id === study.id && known.storage === storage) {
        views.push(known);
        continue;
      }
      const folder = database === null ? this.#state.study(study.name) : undefined;
      const isReadOnly = () => database?.readOnly ?? false;
      const view = new StudyView({ key, storage, study, folder, database: database?.id ?? null, isReadOnly });
      this.#views.set(key, view);
      views.push(view);
    }
    return views;
  }

  forget(key: string): void {
    this.#views.delete(key);
  }

  get databases(): Database[] {
    return [...this.#databases.values()].map(describe);
  }

  /** Opens a SQLite or journal file of Optuna's, to be read only. @throws UserError where it cannot be */
  async open(given: string): Promise<Database> {
    const path = resolve(this.#state.root, '..', given);
    const known = [...this.#databases.values()].find((database) => database.path === path);
    if (known !== undefined) return describe(known);
    if (path === resolve(this.#state.studies)) throw new UserError('These are the studies of this workspace already.');
    const { kind, storage } = await openFile(path);
    const id = `db${this.#databases.size + 1}`;
    const studies = (await storage.getStudies()).length;
    const database: OpenDatabase = { id, path, kind, storage, studies, readOnly: true };
    this.#databases.set(id, database);
    return describe(database);
  }

  async setReadOnly(id: string, readOnly: boolean): Promise<Database> {
    const database = this.#database(id);
    if (database.kind === 'journal' && !readOnly) {
      throw new UserError(
        'A journal file can only be read here. Import its studies to work on them: goldilocks studies import.',
      );
    }
    if (database.readOnly !== readOnly) {
      const before = database.storage;
      database.storage = await SqliteStorage.open(database.path, { readOnly });
      database.readOnly = readOnly;
      this.#forgetAll(id);
      await before.close();
    }
    return describe(database);
  }

  async closeDatabase(id: string): Promise<void> {
    const database = this.#database(id);
    this.#databases.delete(id);
    this.#forgetAll(id);
    await database.storage.close();
  }

  #forgetAll(database: string): void {
    for (const [key, view] of this.#views) if (view.database === database) this.#views.delete(key);
  }

  #database(id: string): OpenDatabase {
    const database = this.#databases.get(id);
    if (database !== undefined) return database;
    throw new HttpError(404, `No database «${excerpt(id)}» is open.`);
  }

  async close(): Promise<void> {
    await Promise.all(
      [this.#storage, ...[...this.#databases.values()].map(({ storage }) => storage)].map((s) => s.close()),
    );
  }
}

function describe({ storage: _, ...database }: OpenDatabase): Database {
  return database;
}

async function openFile(path: string): Promise<Pick<OpenDatabase, 'kind' | 'storage'>> {
  try {
    const file = await open(path);
    const { buffer } = await file.read(Buffer.alloc(16), 0, 16, 0).finally(() => file.close());
    if (buffer.toString('latin1').startsWith('SQLite format 3')) {
      return { kind: 'sqlite', storage: await SqliteStorage.open(path, { readOnly: true }) };
    }
    const storage = new MemoryStorage();
    await storage.addStudies(await readJournal(path));
    return { kind: 'journal', storage };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new UserError(`There is no file ${path}. Give a SQLite or journal file of Optuna's.`);
    if (code === 'EISDIR') throw new UserError(`${path} is a folder. Give a SQLite or journal file of Optuna's.`);
    if (code === 'EACCES') throw new UserError(`${path} may not be read.`);
    if (error instanceof StudyError)
      throw new UserError(`${path} cannot be opened: ${error.message}`, { cause: error });
    throw error;
  }
}
