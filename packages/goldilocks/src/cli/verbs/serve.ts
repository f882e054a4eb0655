// `goldilocks serve`: the page on which jobs are started, watched, steered and tried.
import { addStateFlag, type StateFlags, stateDirectoryToBe } from '../flags/state-flags.js';
import { untilAborted } from '../interrupts.js';
import { count } from '../values.js';
import { messageDisplay, verb } from '../verb.js';

interface Flags extends StateFlags {
  port?: number;
  open: boolean;
  host?: string;
}

export const serve = verb<Flags, never>({
  name: 'serve',
  summary: 'opens the page: start, watch, steer and try models in the browser, on this machine',
  examples: [
    ['goldilocks serve', 'opens the browser; the studies are those of .goldilocks here'],
    ['goldilocks serve --no-open --port 8080', 'prints the address that lets a browser in'],
  ],
  define(command) {
    addStateFlag(
      command
        .option('--port <port>', 'default: 4653, or any that is free', count(0, '8080'))
        .option('--no-open', 'do not open the browser')
        .option('--host <address>', 'listen for other machines too, without encryption; 0.0.0.0 for all addresses'),
    );
  },
  stopping: 'Ending.',
  createDisplay: messageDisplay,
  async run(_, { port, open, host, state }, { signal, note }) {
    const { startServer } = await import('../../server/server.js');
    const { openBrowser } = await import('../../server/open-browser.js');
    const server = await startServer({
      ...{ port, host, stateDirectory: stateDirectoryToBe({ state }) },
      onError: (error) => note(`The server failed in a way it did not foresee: ${String(error)}`),
    });
    try {
      const url = server.openingUrl();
      if (host !== undefined) note(warning(host));
      const opened = open && (await openBrowser(url));
      note(`${opened ? 'Opened' : 'Open'} ${url}`);
      note('The address lets one browser in, once. Ctrl-C ends the page; what runs goes on.');
      await untilAborted(signal);
    } finally {
      await server.close();
    }
    return { json: { url: server.url }, text: '' };
  },
});

function warning(host: string): string {
  return (
    `Warning: other machines can reach the page at ${host}, and what they send and get is not encrypted. ` +
    'Whoever has the address with the token can start jobs and read the data here. Use it in a network you trust only.'
  );
}
