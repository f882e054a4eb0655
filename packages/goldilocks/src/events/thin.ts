// Keeps a log of events small: fewer steps as they come, and what is old and superseded left out when it has grown.
import type { JourneyEvent } from '@goldilocks/protocol';
import { formatLine, type LoggedEvent } from './lines.js';

/** Of events that come many times a second, one in this time is kept. */
const intervalMs = 400;

/** Passes events on; of steps and progress a few a second, and always the last before something else happens. */
export class StepThinner {
  readonly #now: () => number;
  readonly #lastAt = new Map<string, number>();
  readonly #held = new Map<string, JourneyEvent>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** What is to be kept now, in its order. */
  take(event: JourneyEvent): JourneyEvent[] {
    const stream = streamOf(event);
    if (stream === null) {
      const held = [...this.#held.values()];
      this.#held.clear();
      return [...held, event];
    }
    const now = this.#now();
    if (now - (this.#lastAt.get(stream) ?? Number.NEGATIVE_INFINITY) < intervalMs) {
      this.#held.set(stream, event);
      return [];
    }
    this.#lastAt.set(stream, now);
    this.#held.delete(stream);
    return [event];
  }
}

/** What events of a kind supersede one another in; null for events that are each of their own. */
function streamOf(event: JourneyEvent): string | null {
  if (event.type === 'trial-step') return `step ${event.trial}`;
  return event.type === 'stage-progress' ? `progress ${event.stage}` : null;
}

/** Of the room, what the newest lines take as they are; the rest is for what is left of the older ones. */
const recentShare = 2 / 3;
/** Steps and evaluations that remain of each trial that still runs. */
const curvePoints = 200;

/** Kinds of which a person may want to read every one. */
const lasting: readonly JourneyEvent['type'][] = [
  ...(['journey-started', 'journey-finished', 'journey-failed', 'interrupted'] as const),
  ...(['stage-started', 'stage-finished', 'message', 'command', 'best'] as const),
];

/**
 * The newest events, and of the older ones those that last and the curves of trials that still run: what else is old is
 * in the study itself. Where even that does not fit into `mostBytes`, the oldest of it go.
 */
export function thinLog(lines: readonly LoggedEvent[], mostBytes: number): LoggedEvent[] {
  const recent = newest(lines, recentShare * mostBytes);
  const open = openTrials(lines);
  const old = lines
    .slice(0, lines.length - recent.length)
    .filter(({ event }) => lasting.includes(event.type) || isOfTrial(event, open));
  return [...newest(thinCurves(old), (1 - recentShare) * mostBytes), ...recent];
}

/** Trials that were started and have not ended since. */
function openTrials(lines: readonly LoggedEvent[]): Set<number> {
  const open = new Set<number>();
  for (const { event } of lines) {
    if (event.type === 'trial-started') open.add(event.trial);
    else if (/^trial-(finished|pruned|paused|failed)$/.test(event.type) && 'trial' in event) open.delete(event.trial);
  }
  return open;
}

function isOfTrial(event: JourneyEvent, trials: ReadonlySet<number>): boolean {
  return event.type.startsWith('trial-') && 'trial' in event && trials.has(event.trial);
}

/** Every k-th step of each trial. */
function thinCurves(lines: readonly LoggedEvent[]): LoggedEvent[] {
  const counts = new Map<number, number>();
  const steps = lines.filter(({ event }) => event.type === 'trial-step').length;
  const every = Math.max(1, Math.ceil(steps / curvePoints));
  return lines.filter(({ event }) => {
    if (event.type !== 'trial-step') return true;
    const count = counts.get(event.trial) ?? 0;
    counts.set(event.trial, count + 1);
    return count % every === 0;
  });
}

function newest(lines: readonly LoggedEvent[], mostBytes: number): LoggedEvent[] {
  let bytes = 0;
  let from = lines.length;
  while (from > 0 && (bytes += Buffer.byteLength(formatLine(lines[from - 1]!))) <= mostBytes) from--;
  return lines.slice(from);
}
