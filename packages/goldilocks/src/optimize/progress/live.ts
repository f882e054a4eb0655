// A search over a command's flags on a terminal: a block redrawn in place, and above it a line for each trial that ended.
import { createLogUpdate } from 'log-update';
import stringWidth from 'string-width';
import { duration } from '../../report/numbers.js';
import { fit, padEnd, sparkline, wrap } from '../../terminal/layout.js';
import type { OutputStream, Painter } from '../../terminal/painter.js';
import type { ProgressDisplay } from '../../terminal/progress.js';
import type { OptimizeEvent } from '../events.js';
import { advance, initialState, type OptimizeState, progressOf, type RunningTrial } from './state.js';
import { eventText, metricText, paramsText } from './text.js';

const redrawEvery = 120;
const widest = 100;
/** More trials at a time than fit are counted. */
const mostShown = 4;

export class LiveOptimizeProgress implements ProgressDisplay<OptimizeEvent> {
  readonly #stream: OutputStream;
  readonly #paint: Painter;
  readonly #now: () => number;
  readonly #block: ReturnType<typeof createLogUpdate>;
  #timer: NodeJS.Timeout | undefined;
  #state: OptimizeState;
  #stopped = false;

  constructor({ stream, paint, now }: { stream: OutputStream; paint: Painter; now: () => number }) {
    this.#stream = stream;
    this.#paint = paint;
    this.#now = now;
    this.#state = initialState(now());
    // The cursor stays visible: a killed process could not bring it back.
    this.#block = createLogUpdate(stream as NodeJS.WritableStream, { showCursor: true });
  }

  handle(event: OptimizeEvent): void {
    if (this.#stopped) return;
    this.#state = advance(this.#state, event, this.#now());
    this.#keep(event);
    if (event.type === 'study-started') this.#startDrawing();
    if (event.type === 'study-finished' || event.type === 'interrupted') this.stop();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#block.clear();
  }

  #startDrawing(): void {
    this.#timer = setInterval(() => this.#draw(), redrawEvery);
    this.#timer.unref();
    this.#draw();
  }

  #draw(): void {
    if (!this.#stopped) this.#block(progressBlock(this.#state, this.#now(), this.#width(), this.#paint).join('\n'));
  }

  /** Prints above the block what should still be readable when it is gone. */
  #keep(event: OptimizeEvent): void {
    const text = eventText(event, this.#state.study?.metrics ?? []);
    const mark = markOf(event, this.#paint);
    if (text === null || mark === null) return;
    this.#block.clear();
    const [first = '', ...rest] = wrap(text, this.#width() - 3);
    this.#stream.write(`${mark} ${[first, ...rest.map((more) => `  ${more}`)].join('\n')}\n`);
  }

  #width(): number {
    return Math.max(41, Math.min(this.#stream.columns ?? 80, widest)) - 1;
  }
}

function markOf(event: OptimizeEvent, paint: Painter): string | null {
  switch (event.type) {
    case 'trial-finished':
      return paint.green('✓');
    case 'trial-pruned':
      return paint.dim('–');
    case 'trial-failed':
      return paint.red('✗');
    case 'command':
      return event.state === 'done' ? paint.dim('·') : paint.yellow('!');
    case 'message':
      return event.level === 'warning' ? paint.yellow('!') : paint.dim('·');
    case 'interrupted':
      return paint.yellow('■');
    default:
      return null;
  }
}

/** A line each for the search, the trials that run, and the best so far. */
export function progressBlock(state: OptimizeState, now: number, width: number, paint: Painter): string[] {
  const { running, best } = state;
  const more = running.length - mostShown;
  return [
    header(state, now, width, paint),
    trialsLine(state, now, width, paint),
    ...running.slice(0, mostShown).map((trial) => trialLine(trial, now, width, paint)),
    ...(more > 0 ? [`  ${paint.dim(`and ${more} more`)}`] : []),
    ...(best === null ? [] : [bestLine(best, width, paint)]),
  ];
}

function header(state: OptimizeState, now: number, width: number, paint: Painter): string {
  const { spent, secondsLeft } = progressOf(state, now);
  const left = secondsLeft === null ? '' : `, ${duration(Math.ceil(secondsLeft))} left`;
  const time = `${duration(Math.floor(spent))}${left}`;
  const room = width - stringWidth(time) - 13;
  return `${paint.bold(paint.yellow('Goldilocks'))}  ${padEnd(fit(state.study?.program ?? '', room), room)} ${paint.dim(time)}`;
}

function trialsLine(state: OptimizeState, now: number, width: number, paint: Painter): string {
  const { done, planned, share } = progressOf(state, now);
  const size = Math.max(8, Math.min(28, width - 46));
  const filled = Math.round(share * size);
  const bar = paint.yellow('━'.repeat(filled)) + paint.dim('─'.repeat(size - filled));
  const ends = [
    ...(state.pruned > 0 ? [`${state.pruned} stopped early`] : []),
    ...(state.failed > 0 ? [`${state.failed} failed`] : []),
  ];
  const note = [`${done}${planned === null ? '' : ` of ${planned}`} done`, ...ends].join(', ');
  return `  ${padEnd('trials', 11)}${bar}  ${fit(note, width - size - 15)}`;
}

function trialLine(running: RunningTrial, now: number, width: number, paint: Painter): string {
  const { trial, values, params } = running;
  const last = values.at(-1);
  const curve = values.length > 1 ? padEnd(sparkline(values, 12), 13) : '';
  const state = last === undefined ? duration(Math.floor((now - running.startedAt) / 1000)) : metricText(last);
  const head = `  ${paint.bold(padEnd(`trial ${trial}`, 11))}${paint.cyan(curve)}${padEnd(state, 9)}`;
  return `${head} ${paint.dim(fit(paramsText(params), width - 14 - stringWidth(curve) - Math.max(9, stringWidth(state))))}`;
}

function bestLine(best: NonNullable<OptimizeState['best']>, width: number, paint: Painter): string {
  const text = `${metricText(best.value)} in trial ${best.trial}: ${paramsText(best.params)}`;
  return `  ${paint.green(padEnd('best', 11))}${fit(text, width - 13)}`;
}
