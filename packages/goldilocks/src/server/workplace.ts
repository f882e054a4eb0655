// What the server works with, made once and shared by its handlers.
import type { News } from '@goldilocks/protocol/page';
import type { StateFolder } from '../state/folder.js';
import type { Sessions } from './sessions.js';
import type { StudyBook } from './study/book.js';

export interface ServerPlace {
  /** The folder that a person's paths are relative to. */
  readonly folder: string;
  readonly state: StateFolder;
  readonly book: StudyBook;
  readonly sessions: Sessions;
  /** Told of what no study's own log says. */
  readonly pulse: Pulse;
}

export type Beat = Extract<News, { type: 'studies' | 'study' | 'export' }>;

/** Passes word from one handler to those who listen for news. */
export class Pulse {
  readonly #listeners = new Set<(beat: Beat) => void>();

  listen(listener: (beat: Beat) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(beat: Beat): void {
    for (const listener of this.#listeners) listener(beat);
  }
}
