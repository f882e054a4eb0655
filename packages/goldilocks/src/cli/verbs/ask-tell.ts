// `goldilocks ask-tell`: a program in any language asks for parameters and tells results, over HTTP on loopback.
import { untilAborted } from '../interrupts.js';
import { count } from '../values.js';
import { messageDisplay, verb } from '../verb.js';

interface Flags {
  port?: number;
  state?: string;
  storage?: string;
}

export const askTell = verb<Flags, never>({
  name: 'ask-tell',
  summary: 'serves a search to programs in any language, over HTTP on this machine',
  examples: [
    [
      'goldilocks ask-tell',
      'its address and token are then in .goldilocks/ask-tell.json; docs/ask-tell.md shows a client',
    ],
  ],
  define(command) {
    command
      .option('--port <port>', 'default: any that is free', count(0, '8700'))
      .option('--state <folder>', 'where studies are kept (default: .goldilocks here)')
      .option('--storage <database>', 'a database shared with other machines instead of the one there');
  },
  stopping: 'Ending.',
  createDisplay: messageDisplay,
  async run(_, { port, state, storage }, { signal, note }) {
    const { startAskTell } = await import('../../ask-tell/server.js');
    const server = await startAskTell({ port, stateDirectory: state, storage });
    try {
      note(`Listening on ${server.url}. Address and token are in ${server.file}. Ctrl-C ends it; nothing is lost.`);
      await untilAborted(signal);
    } finally {
      await server.close();
    }
    return { json: { url: server.url }, text: '' };
  },
});
