// The page's server: on this machine only unless told otherwise. It never trains: trials are processes of their own.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../errors.js';
import { ownHosts } from '../http/host.js';
import { endListening, listen } from '../http/listen.js';
import { openStorage } from '../journey/open-study.js';
import { prepareStateFolder, stateFolderAt } from '../state/folder.js';
import { createApp } from './app.js';
import { createHandlers } from './handlers.js';
import { Sessions } from './sessions.js';
import { pageFolder } from './static-files.js';
import { StudyBook } from './study/book.js';
import { Pulse } from './workplace.js';

export interface ServeOptions {
  /** Default `.goldilocks` in the working folder. Its parent is the workspace. */
  readonly stateDirectory?: string;
  /** Default 4653, or any that is free where that is taken. */
  readonly port?: number;
  /** Another address to listen on than this machine's own, such as 0.0.0.0. */
  readonly host?: string;
  onError?(error: unknown): void;
}

export interface PageServer {
  /** Without a token: for browsers that were let in before. */
  readonly url: string;
  /** An address that lets one browser in; a new one for each call. */
  openingUrl(path?: string): string;
  close(): Promise<void>;
}

/** One port, so that a browser that was let in once is known again; «gold» on a telephone's keys. */
export const defaultPort = 4653;
const loopback = '127.0.0.1';

/** @throws UserError where the port is taken or the folder cannot be used */
export async function startServer(options: ServeOptions = {}): Promise<PageServer> {
  const state = stateFolderAt(resolve(options.stateDirectory ?? '.goldilocks'));
  await prepareStateFolder(state);
  const book = new StudyBook(state, await openStorage(state));
  const sessions = await Sessions.open(join(state.root, 'page-sessions.json'));
  const handlers = createHandlers({ folder: dirname(state.root), state, book, sessions, pulse: new Pulse() });
  const { host = loopback, onError } = options;
  let hosts: readonly string[] = [];
  const app = createApp({ handlers: handlers.routes, sessions, page: pageFolder(), hosts: () => hosts, onError });
  const server = await listenSomewhere(app, options.port, host).catch(async (error: unknown) => {
    await book.close();
    throw error;
  });
  const { port } = server.address() as AddressInfo;
  hosts = ownHosts(port, host === loopback ? [] : namesOfThisMachine());
  const url = `http://${shownHost(host)}:${port}`;
  void readAhead(book).catch((error: unknown) => onError?.(error));
  return {
    url,
    openingUrl: (path = '/') => `${url}${path}#token=${sessions.newToken()}`,
    async close() {
      await handlers.close();
      await endListening(server);
      await book.close();
    },
  };
}

/** Big studies take a second to be read: they are, before the page asks. */
async function readAhead(book: StudyBook): Promise<void> {
  for (const view of await book.all()) await view.refresh();
}

async function listenSomewhere(
  app: ReturnType<typeof createApp>,
  port: number | undefined,
  host: string,
): Promise<Server> {
  if (port !== undefined) return listen(app, port, host);
  return listen(app, defaultPort, host).catch((error: unknown) => {
    if (error instanceof UserError && /^Port/.test(error.message)) return listen(app, 0, host);
    throw error;
  });
}

/** Where it listens on all addresses, the one by which others reach this machine. */
function shownHost(host: string): string {
  if (host !== '0.0.0.0' && host !== '::') return host.includes(':') ? `[${host}]` : host;
  return namesOfThisMachine().find((name) => /^\d+\./.test(name) && name !== loopback) ?? loopback;
}

function namesOfThisMachine(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const shown = addresses.map(({ address, family }) => (family === 'IPv6' ? `[${address.split('%')[0]}]` : address));
  return [...new Set([...shown, hostname()])];
}
