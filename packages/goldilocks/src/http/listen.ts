// Listens for requests, and leaves private things where only their owner can read them.
import { chmod, open, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import type { Hono } from 'hono';
import { UserError } from '../errors.js';
import { writeError } from '../state/file-errors.js';

/** Port 0 is any that is free. @throws UserError where the port is taken, or there is no such address here */
export function listen(app: Hono, port: number, hostname = '127.0.0.1'): Promise<Server> {
  return new Promise((done, reject) => {
    const server = serve({ fetch: app.fetch, hostname, port }, () => done(server)) as Server;
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE' || error.code === 'EACCES';
      const isAbsent = error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND';
      if (isTaken) reject(new UserError(`Port ${port} is taken or not allowed; choose another with --port.`));
      else if (isAbsent) reject(new UserError(`This machine has no address ${hostname} to listen on.`));
      else reject(error);
    });
  });
}

/** Ends all connections, also those that are idle or never end. */
export async function endListening(server: Server): Promise<void> {
  const closed = new Promise((done) => server.close(done));
  server.closeAllConnections();
  await closed;
}

/** Nobody but the owner may read it, not even while it is being written. */
export async function writePrivate(path: string, content: string): Promise<void> {
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
