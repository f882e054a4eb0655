// What has happened so far in a journey, gathered from its events: pure, so that any display can draw it.
import { type Change, type JourneyEvent, type Purpose, type Stage, stages } from '@goldilocks/protocol';

type EventOf<Type extends JourneyEvent['type']> = Extract<JourneyEvent, { type: Type }>;

export interface CurrentTrial {
  trial: number;
  purpose: Purpose;
  changed: Change[];
  resumedAt: number;
  /** Training loss of each step seen. */
  losses: number[];
  step: EventOf<'trial-step'> | null;
  evaluation: EventOf<'trial-evaluation'> | null;
}

export interface ProgressState {
  journey: EventOf<'journey-started'> | null;
  startedAt: number;
  stage: Stage | null;
  stageStartedAt: number;
  stageProgress: EventOf<'stage-progress'> | null;
  /** Trials in progress, oldest first. */
  running: CurrentTrial[];
  best: EventOf<'best'> | null;
  budget: EventOf<'budget'> | null;
  budgetAt: number;
}

/** Times are milliseconds of one clock. */
export function initialState(now: number): ProgressState {
  return {
    journey: null,
    startedAt: now,
    stage: null,
    stageStartedAt: now,
    stageProgress: null,
    running: [],
    best: null,
    budget: null,
    budgetAt: now,
  };
}

const mostLosses = 4096;

/** The state after an event. Trials that end leave `running`; a new stage forgets the one before. */
export function advance(state: ProgressState, event: JourneyEvent, now: number): ProgressState {
  switch (event.type) {
    case 'journey-started':
      return { ...state, journey: event };
    case 'stage-started':
      return { ...state, stage: event.stage, stageStartedAt: now, stageProgress: null, running: [] };
    case 'stage-progress':
      return { ...state, stageProgress: event };
    case 'stage-finished':
      return { ...state, stageProgress: null, running: [] };
    case 'trial-started':
      return { ...state, running: [...without(state, event.trial), startedTrial(event)] };
    case 'trial-step':
      return change(state, event.trial, (trial) => ({
        ...trial,
        step: event,
        losses: [...trial.losses, event.loss].slice(-mostLosses),
      }));
    case 'trial-evaluation':
      return change(state, event.trial, (trial) => ({ ...trial, evaluation: event }));
    case 'trial-finished':
    case 'trial-pruned':
    case 'trial-paused':
    case 'trial-failed':
      return { ...state, running: without(state, event.trial) };
    case 'best':
      return { ...state, best: event };
    case 'budget':
      return { ...state, budget: event, budgetAt: now };
    default:
      return state;
  }
}

function startedTrial({ trial, purpose, changed, resumedAt }: EventOf<'trial-started'>): CurrentTrial {
  return { trial, purpose, changed, resumedAt, losses: [], step: null, evaluation: null };
}

const without = (state: ProgressState, trial: number) => state.running.filter((running) => running.trial !== trial);

function change(state: ProgressState, trial: number, edit: (trial: CurrentTrial) => CurrentTrial): ProgressState {
  return { ...state, running: state.running.map((running) => (running.trial === trial ? edit(running) : running)) };
}

/** Seconds until the end, or null where it cannot be said. */
export function secondsLeft({ budget, budgetAt }: ProgressState, now: number): number | null {
  if (!budget || budget.secondsLeft === null) return null;
  return Math.max(0, budget.secondsLeft - (now - budgetAt) / 1000);
}

/** How much of the stage is done, in [0, 1], or null where it cannot be said. */
export function stageShare({ stage, stageProgress, budget, running }: ProgressState): number | null {
  if (stageProgress && stageProgress.total > 0) return Math.min(1, stageProgress.done / stageProgress.total);
  if (stage === 'search' && budget?.trialsPlanned) return Math.min(1, budget.trialsDone / budget.trialsPlanned);
  const step = running[0]?.step;
  return step && stage === 'final' ? step.step / step.totalSteps : null;
}

/** `4/8`: where in the journey a stage stands. */
export const stageNumber = (stage: Stage) => `${stages.indexOf(stage) + 1}/${stages.length}`;
