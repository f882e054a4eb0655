// What a study's events so far add up to: stages, running trials with their curves, the best, messages.
import { type JourneyEvent, type Stage, stages } from '@goldilocks/protocol';
import type { Curves, RunningTrial, StageState, StudyMessage } from '@goldilocks/protocol/page';
import type { LoggedEvent } from '../../events/lines.js';

type Of<Type extends JourneyEvent['type']> = Extract<JourneyEvent, { type: Type }>;
type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

export interface LiveBudget {
  secondsUsed: number;
  secondsLeft: number | null;
  trialsDone: number;
  trialsPlanned: number | null;
  /** When this was so; milliseconds since 1970. */
  at: number;
}

/** Messages that are kept, the newest. */
const mostMessages = 100;
/** Points of a running trial's curve; every other one goes when there are twice as many. */
const curvePoints = 400;
const mostAnswers = 12;

export class LiveState {
  seq = 0;
  started: Of<'journey-started'> | undefined;
  /** The last that was said about an end; undefined while it goes on. */
  ended: Of<'journey-finished' | 'journey-failed' | 'interrupted'> | undefined;
  best: Of<'best'> | undefined;
  /** The untrained model's loss on the validation examples. */
  baseLoss: number | null = null;
  budget: LiveBudget | undefined;
  lastAt = 0;
  readonly messages: StudyMessage[] = [];
  readonly #stages = new Map<Stage, Writable<StageState>>();
  readonly #running = new Map<string, RunningTrial>();
  /** Which run of a trial's number is under way: a final run has the number of the trial it repeats. */
  readonly #keys = new Map<number, string>();

  get running(): RunningTrial[] {
    return [...this.#running.values()];
  }

  /** In their order; stages that were never begun wait, or were skipped where a later one began. */
  get stages(): StageState[] {
    const last = stages.findLastIndex((stage) => this.#stages.has(stage));
    return stages.map((stage, i) => {
      const state = i < last ? ('skipped' as const) : ('waiting' as const);
      return this.#stages.get(stage) ?? { stage, state, seconds: null, summary: '', progress: null };
    });
  }

  /** Where the journey is, or was last. */
  get stage(): Stage | null {
    return [...this.#stages.keys()].at(-1) ?? null;
  }

  take({ seq, at, event }: LoggedEvent): void {
    this.seq = seq;
    this.lastAt = Date.parse(at);
    switch (event.type) {
      case 'journey-started':
        this.started = event;
        this.ended = undefined;
        this.#running.clear();
        break;
      case 'stage-started':
        this.#stages.delete(event.stage); // the newest comes last
        this.#stages.set(event.stage, {
          ...{ stage: event.stage, state: 'running', seconds: null, summary: '', progress: null },
        });
        break;
      case 'stage-progress':
        this.#progress(event);
        break;
      case 'stage-finished':
        this.#finishStage(event);
        break;
      case 'trial-started':
        this.#start(event, at);
        break;
      case 'trial-step':
        this.#step(event);
        break;
      case 'trial-evaluation':
        this.#evaluate(event);
        break;
      case 'trial-answers':
        this.#answers(event);
        break;
      case 'trial-finished':
      case 'trial-pruned':
      case 'trial-paused':
      case 'trial-failed':
        this.#end(event.trial);
        if (event.type === 'trial-failed') {
          this.#say(seq, at, 'warning', `Trial ${event.trial} failed (${event.kind}): ${event.message}`);
        }
        break;
      case 'best':
        this.best = event;
        break;
      case 'budget':
        this.budget = { ...event, at: this.lastAt };
        break;
      case 'message':
        this.#say(seq, at, event.level, event.text);
        break;
      case 'command':
        this.#say(seq, at, event.state === 'done' ? 'info' : 'warning', event.sentence);
        break;
      case 'interrupted':
      case 'journey-finished':
      case 'journey-failed':
        this.ended = event;
        this.#running.clear();
        if (event.type === 'journey-failed') this.#say(seq, at, 'error', event.message);
    }
  }

  #progress({ stage, done, total, note }: Of<'stage-progress'>): void {
    const state = this.#stages.get(stage);
    if (state !== undefined) state.progress = { done, total, note };
  }

  #finishStage({ stage, seconds, summary }: Of<'stage-finished'>): void {
    this.#stages.set(stage, { stage, state: 'done', seconds, summary, progress: null });
    if (stage !== 'search') return;
    this.#running.clear();
  }

  #say(seq: number, at: string, level: StudyMessage['level'], text: string): void {
    this.messages.push({ seq, at, level, text });
    if (this.messages.length > mostMessages) this.messages.shift();
  }

  #start({ trial, purpose, params, changed, resumedAt }: Of<'trial-started'>, at: string): void {
    const key = `${purpose} ${trial}`;
    this.#keys.set(trial, key);
    const before = resumedAt > 0 ? this.#running.get(key) : undefined;
    const { step = 0, totalSteps = 0 } = before ?? {};
    this.#running.set(key, {
      ...{ trial, purpose, params, changed, step, totalSteps, startedAt: at, memoryBytes: null },
      curves: before?.curves ?? emptyCurves(),
    });
  }

  #of(trial: number): RunningTrial | undefined {
    return this.#running.get(this.#keys.get(trial) ?? '');
  }

  #end(trial: number): void {
    this.#running.delete(this.#keys.get(trial) ?? '');
  }

  #step(event: Of<'trial-step'>): void {
    const running = this.#of(event.trial);
    if (running === undefined) return;
    const { step, totalSteps, epoch, learningRate, tokensPerSecond, memoryBytes = null } = event;
    Object.assign(running, { step, totalSteps, memoryBytes });
    const { curves } = running;
    curves.totalSteps = totalSteps;
    while ((curves.training.at(-1)?.step ?? -1) >= step) curves.training.pop(); // done again after a checkpoint
    const gradientNorm = finite(event.gradientNorm);
    curves.training.push({ step, epoch, loss: finite(event.loss), learningRate, gradientNorm, tokensPerSecond });
    if (curves.training.length > 2 * curvePoints) curves.training = curves.training.filter((_, i) => i % 2 === 1);
  }

  #evaluate(event: Of<'trial-evaluation'>): void {
    const { trial, step, epoch, share, best } = event;
    if (step === 0) this.baseLoss = finite(event.loss);
    const curves = this.#of(trial)?.curves;
    if (curves === undefined) return;
    while ((curves.validation.at(-1)?.step ?? -1) >= step) curves.validation.pop();
    const trainingLoss = finite(event.trainingLoss);
    curves.validation.push({ step, epoch, share, loss: finite(event.loss), trainingLoss, best });
    if (best) curves.bestStep = step;
  }

  #answers({ trial, step, epoch, answers }: Of<'trial-answers'>): void {
    const curves = this.#of(trial)?.curves;
    if (curves === undefined) return;
    curves.answers.push({ step, epoch, answers });
    if (curves.answers.length > mostAnswers) curves.answers.shift();
  }
}

export function emptyCurves(): Curves {
  return { training: [], validation: [], schedule: [], totalSteps: null, bestStep: null, answers: [] };
}

/** JSON has no NaN: a log has null for it. */
export function finite(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
