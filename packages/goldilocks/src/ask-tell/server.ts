// Serves asking and telling on loopback; where, and with which token, is in a file that only its owner can read.
import { rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { endListening, listen, writePrivate } from '../http/listen.js';
import { newSecret } from '../http/secret.js';
import { openDatabase } from '../optimize/database.js';
import { prepareStateFolder, stateFolderAt } from '../state/folder.js';
import { createApp } from './app.js';
import { Studies } from './studies.js';

export interface AskTellOptions {
  /** Default `.goldilocks` in the working folder. */
  readonly stateDirectory?: string;
  /** A database shared with others instead of the state folder's own. */
  readonly storage?: string;
  /** Default: any that is free. */
  readonly port?: number;
}

export interface AskTellServer {
  readonly url: string;
  /** To be sent with each request: `Authorization: Bearer TOKEN`. */
  readonly token: string;
  /** Holds both, as JSON; gone when the server is closed. */
  readonly file: string;
  close(): Promise<void>;
}

/** Throws UserError where the port is taken or the folder cannot be used. */
export async function startAskTell(options: AskTellOptions = {}): Promise<AskTellServer> {
  const state = stateFolderAt(resolve(options.stateDirectory ?? '.goldilocks'));
  await prepareStateFolder(state);
  const storage = await openDatabase(state, options.storage);
  const token = newSecret();
  let port = 0;
  const app = createApp(new Studies(storage), { token, port: () => port });
  const server = await listen(app, options.port ?? 0).catch(async (error: unknown) => {
    await storage.close();
    throw error;
  });
  port = (server.address() as AddressInfo).port;
  const url = `http://127.0.0.1:${port}`;
  const file = join(state.root, 'ask-tell.json');
  await writePrivate(file, `${JSON.stringify({ url, token, pid: process.pid }, null, 2)}\n`);
  return {
    ...{ url, token, file },
    async close() {
      await rm(file, { force: true });
      await endListening(server);
      await storage.close();
    },
  };
}
