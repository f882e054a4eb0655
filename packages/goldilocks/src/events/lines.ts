// The lines of a study's log of events.
import type { JourneyEvent } from '@goldilocks/protocol';

export interface LoggedEvent {
  /** Grows by one a line, over all sittings; lines that were thinned out are missing. */
  readonly seq: number;
  /** ISO 8601. */
  readonly at: string;
  readonly event: JourneyEvent;
}

export function formatLine(logged: LoggedEvent): string {
  return `${JSON.stringify(logged)}\n`;
}

/** Lines that are not JSON are passed over: a power cut may leave some, and what is around them still tells. */
export function parseLines(text: string): LoggedEvent[] {
  return text.split('\n').flatMap((line) => {
    const logged = parse(line);
    return logged === undefined ? [] : [logged];
  });
}

function parse(line: string): LoggedEvent | undefined {
  if (line === '') return undefined;
  try {
    const logged = JSON.parse(line) as Partial<LoggedEvent> | null;
    return typeof logged?.seq === 'number' && typeof logged.event?.type === 'string'
      ? (logged as LoggedEvent)
      : undefined;
  } catch {
    return undefined;
  }
}
