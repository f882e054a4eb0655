// What a verb has while it works: a signal, progress on standard error, and questions about the terminal.
import type { JourneyEvent } from '@goldilocks/protocol';
import { isInteractive, type Painter, painterFor } from '../terminal/painter.js';
import type { ProgressDisplay } from '../terminal/progress.js';
import { listenForInterrupts } from './interrupts.js';

export interface Session<Event = JourneyEvent> {
  /** Raised by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Whether a person can answer questions. */
  readonly interactive: boolean;
  /** Colours of standard output. */
  readonly paint: Painter;
  /** Columns of standard output. */
  readonly width: number;
  /** Shows an event on standard error. */
  onEvent(event: Event): void;
  /** A line on standard error. */
  note(text: string): void;
  /** Text as it comes, on standard output; under --json on standard error, as the object comes last. */
  onAnswer(text: string): void;
}

/** What every display of events can say of itself. */
export interface Message {
  readonly type: 'message';
  readonly level: 'info' | 'warning';
  readonly text: string;
}

export interface SessionOptions<Event> {
  readonly json?: boolean;
  /** What the first Ctrl-C does, as a sentence. */
  readonly stopping?: string;
  /** Of the verb's events. */
  readonly display: ProgressDisplay<Event | Message>;
}

/** Runs `work` with a session that ends with it, however it ends. */
export async function withSession<Result, Event>(
  {
    json = false,
    display,
    stopping = 'Stopping after the current step; what is done is saved.',
  }: SessionOptions<Event>,
  work: (session: Session<Event>) => Promise<Result>,
): Promise<Result> {
  const interrupts = listenForInterrupts(() =>
    display.handle({
      type: 'message',
      level: 'info',
      text: `${stopping} Ctrl-C again stops at once.`,
    }),
  );
  try {
    return await work(sessionOf(display, interrupts.signal, json));
  } finally {
    display.stop();
    interrupts.end();
  }
}

function sessionOf<Event>(
  display: ProgressDisplay<Event | Message>,
  signal: AbortSignal,
  json: boolean,
): Session<Event> {
  return {
    signal,
    interactive: process.stdin.isTTY === true && isInteractive(process.stderr),
    paint: painterFor(process.stdout),
    width: process.stdout.columns ?? 100,
    onEvent: (event) => display.handle(event),
    note: (text) => display.handle({ type: 'message', level: 'info', text }),
    onAnswer: (text) => (json ? process.stderr : process.stdout).write(text),
  };
}
