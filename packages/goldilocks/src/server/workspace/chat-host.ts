// Keeps a tuned model and its base open for questions from the page, in a process of their own, for as long as questions come.
import type { ChatSession } from '../../use/chat-session.js';
import { withChat } from '../../use/chat-session.js';

/** Without a question for so long the process is ended, and its memory is free again. */
const idleMs = 120_000;

interface Opened {
  readonly folder: string;
  readonly session: Promise<ChatSession>;
  close(): Promise<void>;
}

/** One model at a time; questions follow one another. */
export class ChatHost {
  #opened: Opened | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;

  /** Runs `work` with the conversation of the model in `folder`. Throws UserError where a model cannot be used. */
  use<Result>(folder: string, work: (session: ChatSession) => Promise<Result>): Promise<Result> {
    const next = this.#turn.then(() => this.#use(folder, work));
    this.#turn = next.catch(() => undefined);
    return next;
  }

  async #use<Result>(folder: string, work: (session: ChatSession) => Promise<Result>): Promise<Result> {
    clearTimeout(this.#idle);
    if (this.#opened?.folder !== folder) {
      await this.close();
      this.#opened = open(folder);
    }
    try {
      const session = await this.#opened.session;
      session.restart();
      return await work(session);
    } catch (error) {
      await this.close(); // its process may be lost
      throw error;
    } finally {
      this.#idle = setTimeout(() => void this.close(), idleMs);
      this.#idle.unref();
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.close();
  }
}

function open(folder: string): Opened {
  let end = () => undefined as unknown;
  const ended = new Promise<void>((done) => (end = done as () => unknown));
  let running: Promise<void> = Promise.resolve();
  const session = new Promise<ChatSession>((done, reject) => {
    running = withChat({ model: folder, base: true }, (chat) => {
      done(chat);
      return ended;
    }).catch(reject);
  });
  return {
    folder,
    session,
    async close() {
      end();
      await running;
    },
  };
}
