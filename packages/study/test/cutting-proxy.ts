/** A proxy before a PostgreSQL server that cuts the connection at a commit: before the server sees it, or after it answers. */

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export type Cut = 'before the commit' | 'after the commit';

export class CuttingProxy {
  readonly #server: Server;
  readonly #target: URL;
  #armed: Cut | undefined;
  /** Connections cut so far. */
  cuts = 0;

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((client) => this.#join(client));
  }

  static async start(target: string): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** The target's URL, through the proxy. */
  get url(): string {
    const url = new URL(this.#target);
    url.port = String((this.#server.address() as { port: number }).port);
    return url.href;
  }

  /** Cuts at the next commit, once. */
  cutNext(cut: Cut): void {
    this.#armed = cut;
  }

  async close(): Promise<void> {
    this.#server.close();
  }

  #join(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname);
    const isCommit = commitDetector();
    let answerIsLost = false;
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on('error', end).on('close', end);
    client.on('data', (chunk) => {
      const cut = isCommit(chunk) ? this.#armed : undefined;
      if (cut) {
        this.#armed = undefined;
        this.cuts++;
      }
      if (cut === 'before the commit') return end();
      if (cut === 'after the commit') answerIsLost = true;
      server.write(chunk);
    });
    server.on('data', (chunk) => {
      if (answerIsLost) end();
      else client.write(chunk);
    });
  }
}

/** Knows a connection's commits: their statements are prepared under names, which later messages give. */
function commitDetector(): (chunk: Buffer) => boolean {
  const names = new Set<string>();
  return (chunk) => {
    const text = chunk.toString('latin1');
    // Before a name stands a message's length, of which a byte can look like a letter.
    const statements = /((?:goldilocks_\d+)?)\0(?:COMMIT\0|\/\* commits by itself \*\/)/g;
    const prepared = [...text.matchAll(statements)].map(([, name]) => name!);
    for (const name of prepared) names.add(name);
    return prepared.length > 0 || [...names].some((name) => text.includes(`\0${name}\0`));
  };
}
