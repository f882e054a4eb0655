// Shows a journey's progress on a stream: live on a terminal, as lines elsewhere, not at all for machines.
import type { JourneyEvent } from '@goldilocks/protocol';
import { LiveProgress } from './live-progress.js';
import { isInteractive, type OutputStream, painterFor } from './painter.js';
import { PlainProgress } from './plain-progress.js';

export interface ProgressDisplay<Event = JourneyEvent> {
  /** Never throws for a well-formed event, and never blocks. */
  handle(event: Event): void;
  /** Removes what is live; to be called before anything else is printed, however the journey ended. Idempotent. */
  stop(): void;
}

export interface ProgressOptions {
  /** Default: standard error, so that standard output stays clean. */
  stream?: OutputStream;
  /** True shows nothing. */
  silent?: boolean;
  environment?: Record<string, string | undefined>;
  /** Milliseconds. */
  now?: () => number;
}

/** The display that suits the stream: a live block on a terminal, lines in a pipe or on a build server (`CI`). */
export function createProgress(options: ProgressOptions = {}): ProgressDisplay {
  const { stream = process.stderr, silent = false, environment = process.env, now = () => performance.now() } = options;
  if (silent) return { handle() {}, stop() {} };
  if (!isInteractive(stream, environment)) return new PlainProgress({ stream, now });
  return new LiveProgress({ stream, paint: painterFor(stream, environment), now });
}
