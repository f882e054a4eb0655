// Progress on a terminal: a block of a few lines redrawn in place, and above it what is worth keeping.
import type { JourneyEvent, Purpose } from '@goldilocks/protocol';
import { createLogUpdate } from 'log-update';
import stringWidth from 'string-width';
import { amount, duration } from '../report/numbers.js';
import { fit, padEnd, sparkline, wrap } from './layout.js';
import type { OutputStream, Painter } from './painter.js';
import {
  advance,
  type CurrentTrial,
  initialState,
  type ProgressState,
  secondsLeft,
  stageNumber,
  stageShare,
} from './progress-state.js';
import { bestText, changesText, eventText, number, trialName } from './progress-text.js';

const redrawEvery = 120;
const widest = 100;

export interface LiveProgressOptions {
  stream: OutputStream;
  paint: Painter;
  now: () => number;
}

export class LiveProgress {
  readonly #stream: OutputStream;
  readonly #paint: Painter;
  readonly #now: () => number;
  readonly #block: ReturnType<typeof createLogUpdate>;
  readonly #timer: NodeJS.Timeout;
  readonly #purposes = new Map<number, Purpose>();
  #state: ProgressState;
  #stopped = false;

  constructor({ stream, paint, now }: LiveProgressOptions) {
    this.#stream = stream;
    this.#paint = paint;
    this.#now = now;
    this.#state = initialState(now());
    // The cursor stays visible: a killed process could not bring it back.
    this.#block = createLogUpdate(stream as NodeJS.WritableStream, { showCursor: true });
    this.#timer = setInterval(() => this.#draw(), redrawEvery);
    this.#timer.unref();
  }

  handle(event: JourneyEvent): void {
    if (this.#stopped) return;
    if (event.type === 'trial-started') this.#purposes.set(event.trial, event.purpose);
    this.#state = advance(this.#state, event, this.#now());
    this.#keep(event);
    if (event.type === 'journey-started' || event.type === 'stage-started') this.#draw();
    if (event.type === 'journey-finished' || event.type === 'interrupted') this.stop();
  }

  /** Removes the block; what stands above it stays. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#block.clear();
  }

  #draw(): void {
    if (!this.#stopped) this.#block(progressBlock(this.#state, this.#now(), this.#width(), this.#paint).join('\n'));
  }

  /** Prints above the block what should still be readable when it is gone. */
  #keep(event: JourneyEvent): void {
    const line = keptLine(event, (trial) => this.#purposes.get(trial) ?? 'search', this.#paint);
    if (!line) return;
    const [mark, text] = line;
    this.#block.clear();
    const [first = '', ...rest] = wrap(text, this.#width() - 3);
    this.#stream.write(`${mark} ${[first, ...rest.map((more) => `  ${more}`)].join('\n')}\n`);
  }

  #width(): number {
    return Math.max(41, Math.min(this.#stream.columns ?? 80, widest)) - 1;
  }
}

function keptLine(event: JourneyEvent, purposeOf: (trial: number) => Purpose, paint: Painter): [string, string] | null {
  const text = eventText(event, purposeOf);
  if (text === null) return null;
  switch (event.type) {
    case 'stage-finished':
      return [paint.green('✓'), text];
    case 'trial-failed':
      return [paint.red('✗'), text];
    case 'command':
      return [event.state === 'done' ? paint.dim('·') : paint.yellow('!'), text];
    case 'message':
      return event.level === 'warning' ? [paint.yellow('!'), event.text] : [paint.dim('·'), text];
    case 'interrupted':
      return [paint.yellow('■'), text];
    default:
      return null;
  }
}

/** The live block, a line each for the stage, the running trial, its curve, its settings, and the best so far. */
export function progressBlock(state: ProgressState, now: number, width: number, paint: Painter): string[] {
  const running = state.running.at(-1);
  return [
    header(state, now, width, paint),
    ...(state.stage ? [stageLine(state, width, paint)] : []),
    ...(running ? trialLines(running, state.running.length, width, paint) : []),
    ...(state.best ? [bestLine(state, width, paint)] : []),
  ];
}

function header(state: ProgressState, now: number, width: number, paint: Painter): string {
  const left = secondsLeft(state, now);
  const elapsed = duration(Math.floor((now - state.startedAt) / 1000));
  const until = left !== null && left < 1 ? 'nearly done' : `about ${duration(Math.ceil(left ?? 0))} left`;
  const time = left === null ? elapsed : `${width < 50 ? '' : `${elapsed}, `}${until}`;
  const room = width - stringWidth(time) - 13;
  const title = state.journey ? `${state.journey.data} on ${state.journey.model}` : 'starting';
  return `${paint.bold(paint.yellow('Goldilocks'))}  ${padEnd(fit(title, room), room)} ${paint.dim(time)}`;
}

function stageLine(state: ProgressState, width: number, paint: Painter): string {
  const { stage, stageProgress, budget } = state;
  const name = `${stageNumber(stage!)} ${stage}`;
  const trials = budget && stage === 'search' ? trialsText(budget) : '';
  const note = stageProgress?.note ?? trials;
  const share = stageShare(state);
  const size = Math.max(8, Math.min(28, width - 46));
  const bar = share === null ? '' : `${progressBar(share, size, paint)}  `;
  return `  ${padEnd(name, 11)}${bar}${fit(note, Math.max(0, width - 13 - (share === null ? 0 : size + 2)))}`;
}

function trialsText({ trialsDone, trialsPlanned }: { trialsDone: number; trialsPlanned: number | null }): string {
  if (trialsPlanned === null) return `${trialsDone} ${trialsDone === 1 ? 'trial' : 'trials'} done`;
  return `${trialsDone} of about ${trialsPlanned} trials done`;
}

function progressBar(share: number, size: number, paint: Painter): string {
  const filled = Math.round(share * size);
  return paint.yellow('━'.repeat(filled)) + paint.dim('─'.repeat(size - filled));
}

function trialLines(running: CurrentTrial, count: number, width: number, paint: Painter): string[] {
  const { step, evaluation, losses, changed } = running;
  const more = count > 1 ? ` (and ${count - 1} more)` : '';
  const room = width - 13;
  const indent = ' '.repeat(13);
  const state = step
    ? `${Math.round((100 * step.step) / step.totalSteps)} %, epoch ${step.epoch.toFixed(1)}, ${amount(step.tokensPerSecond)} tokens/s${more}`
    : `preparing${more}`;
  const numbers = [
    ...(step ? [`loss ${number(step.loss)}`] : []),
    ...(evaluation ? [`validation ${number(evaluation.loss)}`] : []),
  ].join(', ');
  const size = Math.max(8, Math.min(36, room - stringWidth(numbers) - 2));
  const curve = sparkline(losses, size);
  return [
    `  ${paint.bold(padEnd(fit(trialName(running.trial, running.purpose), 10), 11))}${fit(state, room)}`,
    ...(losses.length > 1 ? [`${indent}${paint.cyan(curve)}  ${fit(numbers, room - size - 2)}`] : []),
    `${indent}${paint.dim(fit(changesText(changed), room))}`,
  ];
}

function bestLine({ best }: ProgressState, width: number, paint: Painter): string {
  return `  ${paint.green(padEnd('best', 11))}${fit(bestText(best!), width - 13)}`;
}
