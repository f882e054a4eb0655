// How a browser gets in: a token in the opening address, good once, is exchanged for a secret that stays good.
import { readFile } from 'node:fs/promises';
import { HttpError } from '../http/http-error.js';
import { writePrivate } from '../http/listen.js';
import { digestOf, isSame, newSecret } from '../http/secret.js';

/** Browsers that are let in at a time; the oldest are forgotten. */
const mostSecrets = 50;
const tokenLifeMs = 15 * 60_000;

interface Kept {
  /** SHA-256 of each secret, hexadecimal, oldest first. */
  secrets: string[];
}

/**
 * Cookies reach every port of a machine, so the secret goes in a header instead. Its digest is kept in a file that only
 * the owner can read: a server that is started again knows the browsers of the one before.
 */
export class Sessions {
  readonly #file: string;
  readonly #secrets: Buffer[];
  readonly #tokens = new Map<string, number>();

  private constructor(file: string, secrets: Buffer[]) {
    this.#file = file;
    this.#secrets = secrets;
  }

  static async open(file: string): Promise<Sessions> {
    const { secrets = [] } = await read(file);
    return new Sessions(
      file,
      secrets.map((secret) => Buffer.from(String(secret), 'hex')),
    );
  }

  /** A token for an opening address. */
  newToken(): string {
    const token = newSecret();
    this.#tokens.set(digestOf(token).toString('hex'), Date.now() + tokenLifeMs);
    return token;
  }

  /** The secret for a token. @throws HttpError 401 for one that was used before, or never given out */
  async exchange(token: string): Promise<string> {
    const key = digestOf(token).toString('hex');
    const until = this.#tokens.get(key);
    this.#tokens.delete(key);
    if (until === undefined || until < Date.now()) {
      throw new HttpError(
        401,
        'This address was opened before, or is too old.',
        'Start goldilocks serve again, and open the address that it prints.',
      );
    }
    const secret = newSecret();
    this.#secrets.push(digestOf(secret));
    while (this.#secrets.length > mostSecrets) this.#secrets.shift();
    const kept: Kept = { secrets: this.#secrets.map((digest) => digest.toString('hex')) };
    await writePrivate(this.#file, `${JSON.stringify(kept)}\n`);
    return secret;
  }

  knows(secret: string): boolean {
    const digest = digestOf(secret);
    return this.#secrets.some((known) => isSame(known, digest));
  }
}

/** Empty where there is no file or it is damaged: then browsers are let in anew. */
async function read(file: string): Promise<Partial<Kept>> {
  try {
    const kept = JSON.parse(await readFile(file, 'utf8')) as Partial<Kept> | null;
    return Array.isArray(kept?.secrets) ? kept : {};
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
