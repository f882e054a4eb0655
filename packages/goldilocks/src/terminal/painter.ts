// Colours for one stream: only where it is a terminal that wants them.
import pc from 'picocolors';

export type Painter = ReturnType<typeof pc.createColors>;

export interface OutputStream {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

type Environment = Record<string, string | undefined>;

/** Whether a live display may move the cursor there: a terminal, and not a build server that only keeps a log. */
export function isInteractive(stream: OutputStream, environment: Environment = process.env): boolean {
  return stream.isTTY === true && environment.TERM !== 'dumb' && !isSet(environment.CI);
}

/** NO_COLOR (any value but empty) wins over FORCE_COLOR; without either, colours go to terminals only. */
export function wantsColor(stream: OutputStream, environment: Environment = process.env): boolean {
  if (environment.NO_COLOR) return false;
  if (isSet(environment.FORCE_COLOR)) return true;
  return stream.isTTY === true && environment.TERM !== 'dumb';
}

export function painterFor(stream: OutputStream, environment: Environment = process.env): Painter {
  return pc.createColors(wantsColor(stream, environment));
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
