// A port of loopback that is free and stays so: below those that the system gives to outgoing connections of its own accord, one of which
// could else take it before its server is there, or while that is down. Prints one when run.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

export async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(10_000 * Math.random());
    const server = createServer();
    const isFree = await new Promise((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await freePort());
