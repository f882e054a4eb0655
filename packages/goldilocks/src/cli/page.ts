// The page beside a verb that works: opened at its start, and there until the person has looked at the result.
import { untilAborted } from './interrupts.js';
import type { Session } from './session.js';

export interface OpenPage {
  /** On a terminal: resolves when the person is done with the page. */
  stay(): Promise<void>;
  close(): Promise<void>;
}

export async function openPage(data: string, { note, signal, interactive }: Session): Promise<OpenPage> {
  const { startServer } = await import('../server/server.js');
  const { openBrowser } = await import('../server/open-browser.js');
  const { stateFolderOf } = await import('../state/folder.js');
  const server = await startServer({ stateDirectory: stateFolderOf(data).root });
  const url = server.openingUrl();
  note(`${(await openBrowser(url)) ? 'Opened' : 'Open'} ${url}`);
  return {
    async stay() {
      if (!interactive || signal.aborted) return;
      note(`Done. The page stays at ${server.url} until Ctrl-C; goldilocks serve opens it again.`);
      await untilAborted(signal);
    },
    close: () => server.close(),
  };
}
