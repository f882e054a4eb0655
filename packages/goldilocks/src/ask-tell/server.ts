// Serves asking and telling on loopback; where, and with which token, is in a file that only its owner can read.
import { randomBytes } from 'node:crypto';
import { chmod, open, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { serve } from '@hono/node-server';
import { UserError } from '../errors.js';
import { openDatabase } from '../optimize/database.js';
import { writeError } from '../state/file-errors.js';
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
  const token = randomBytes(32).toString('base64url');
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
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await storage.close();
    },
  };
}

function listen(app: ReturnType<typeof createApp>, port: number): Promise<Server> {
  return new Promise((done, reject) => {
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, () => done(server)) as Server;
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE' || error.code === 'EACCES';
      reject(isTaken ? new UserError(`Port ${port} is taken or not allowed; choose another with --port.`) : error);
    });
  });
}

/** Nobody but the owner may read it, not even while it is being written. */
async function writePrivate(path: string, content: string): Promise<void> {
  try {
    await rm(path, { force: true });
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(content);
    await file.close();
    await chmod(path, 0o600);
  } catch (error) {
    throw writeError(path, error);
  }
}
