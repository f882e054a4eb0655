// What has happened so far in a search over a command's flags: pure, so that any display can draw it.
import type { OptimizeEvent, TrialParams } from '../events.js';

type EventOf<Type extends OptimizeEvent['type']> = Extract<OptimizeEvent, { type: Type }>;

export interface RunningTrial {
  readonly trial: number;
  readonly params: TrialParams;
  readonly device?: string;
  readonly startedAt: number;
  /** Of the first metric. */
  readonly values: readonly number[];
}

export interface OptimizeState {
  readonly study: EventOf<'study-started'> | null;
  readonly startedAt: number;
  readonly running: readonly RunningTrial[];
  readonly complete: number;
  readonly pruned: number;
  readonly failed: number;
  readonly best: EventOf<'best'> | null;
}

/** A curve needs no more to be drawn in a line. */
const MOST_VALUES = 512;

export function initialState(now: number): OptimizeState {
  return { study: null, startedAt: now, running: [], complete: 0, pruned: 0, failed: 0, best: null };
}

export function advance(state: OptimizeState, event: OptimizeEvent, now: number): OptimizeState {
  switch (event.type) {
    case 'study-started':
      return { ...state, study: event };
    case 'trial-started': {
      const { trial, params, device } = event;
      return { ...state, running: [...state.running, { trial, params, device, startedAt: now, values: [] }] };
    }
    case 'trial-value':
      return {
        ...state,
        running: state.running.map((one) => (one.trial === event.trial ? withValue(one, event) : one)),
      };
    case 'trial-finished':
      return { ...without(state, event.trial), complete: state.complete + 1 };
    case 'trial-pruned':
      return { ...without(state, event.trial), pruned: state.pruned + 1 };
    case 'trial-failed':
      return { ...without(state, event.trial), failed: state.failed + 1 };
    case 'best':
      return { ...state, best: event };
    default:
      return state;
  }
}

function withValue(running: RunningTrial, { value }: EventOf<'trial-value'>): RunningTrial {
  return { ...running, values: [...running.values, value].slice(-MOST_VALUES) };
}

function without(state: OptimizeState, trial: number): OptimizeState {
  return { ...state, running: state.running.filter((running) => running.trial !== trial) };
}

/** Trials done, of how many; and the share of whichever budget is nearer its end. */
export function progressOf({ study, ...state }: OptimizeState, now: number) {
  const done = (study?.trialsBefore ?? 0) + state.complete + state.pruned + state.failed;
  const spent = (study?.spentSeconds ?? 0) + (now - state.startedAt) / 1000;
  const secondsLeft = study?.budgetSeconds == null ? null : Math.max(0, study.budgetSeconds - spent);
  const byTrials = study?.budgetTrials == null ? 0 : done / study.budgetTrials;
  const byTime = study?.budgetSeconds == null ? 0 : spent / study.budgetSeconds;
  return {
    done,
    planned: study?.budgetTrials ?? null,
    spent,
    secondsLeft,
    share: Math.min(1, Math.max(byTrials, byTime)),
  };
}
