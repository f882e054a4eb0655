// A display for verbs that only now and then have something to say: a line on standard error for each message.
import type { ProgressDisplay } from './progress.js';
import { stripControl } from './strip-control.js';

interface Message {
  readonly type: 'message';
  readonly level: 'info' | 'warning';
  readonly text: string;
}

export function createMessageDisplay(
  stream: { write(text: string): unknown } = process.stderr,
): ProgressDisplay<Message> {
  return {
    handle: ({ level, text }) => void stream.write(`${level === 'warning' ? 'warning: ' : ''}${stripControl(text)}\n`),
    stop: () => undefined,
  };
}
