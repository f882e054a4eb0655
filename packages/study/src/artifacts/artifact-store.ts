/** Where artifacts' contents are kept. */

import type { Readable } from 'node:stream';

/** Contents by id. An id is a word that the caller makes up, without any meaning. */
export interface ArtifactStore {
  /** Keeps the content whole, or nothing of it when this throws. */
  write(id: string, content: Readable): Promise<void>;
  /** @throws ArtifactNotFoundError */
  read(id: string): Promise<Readable>;
  /** @throws ArtifactNotFoundError */
  remove(id: string): Promise<void>;
}
