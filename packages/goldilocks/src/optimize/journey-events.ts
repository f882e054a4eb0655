// A search over a command's flags, told in the events of a journey, so that whoever shows one shows the other.
import type { JourneyEvent, Params } from '@goldilocks/protocol';
import type { OptimizeEvent, TrialParams } from './events.js';
import type { TrialFailureKind } from './failure.js';

/** None for what a journey has no word for. */
export function asJourneyEvent(event: OptimizeEvent): JourneyEvent | undefined {
  switch (event.type) {
    case 'study-started':
      return {
        ...{ type: 'journey-started', data: event.program, model: '', output: '', seed: 0 },
        ...{ budgetSeconds: event.budgetSeconds, budgetTrials: event.budgetTrials, resumed: event.trialsBefore > 0 },
      };
    case 'trial-started':
      return {
        ...{ type: 'trial-started', trial: event.trial, purpose: 'search', params: shown(event.params) },
        ...{ changed: [], resumedAt: 0, subset: 1 },
      };
    case 'trial-value':
      return {
        ...{ type: 'trial-evaluation', trial: event.trial, step: event.step, epoch: 0, share: 0 },
        ...{ loss: event.value, best: false },
      };
    case 'trial-finished':
      return {
        type: 'trial-finished',
        trial: event.trial,
        value: event.values[0] ?? Number.NaN,
        seconds: event.seconds,
      };
    case 'trial-pruned':
      return { type: 'trial-pruned', trial: event.trial, share: 0, value: Number.NaN, reason: event.reason };
    case 'trial-failed':
      return { type: 'trial-failed', trial: event.trial, kind: kindOf(event.kind), message: event.message };
    case 'best':
      return { type: 'best', trial: event.trial, value: event.value, changed: [] };
    case 'study-finished':
      return { type: 'journey-finished', seconds: event.seconds, output: '' };
    case 'command':
    case 'message':
    case 'interrupted':
      return event;
  }
}

/** Choices may be any JSON; a journey's are plain values. */
function shown(params: TrialParams): Params {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as Params[string]),
    ]),
  );
}

function kindOf(kind: TrialFailureKind): Extract<JourneyEvent, { type: 'trial-failed' }>['kind'] {
  if (kind === 'out-of-memory' || kind === 'killed' || kind === 'diverged') return kind;
  return kind === 'lost' ? 'killed' : 'error';
}
