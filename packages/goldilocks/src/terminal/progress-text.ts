// The sentences of a journey's progress, plain text, the same for the live display and for a log.
import type { Change, JourneyEvent, Purpose } from '@goldilocks/protocol';
import { valueText } from '../report/evidence.js';
import { amount, duration, loss, percent } from '../report/numbers.js';
import { nameText } from '../report/text.js';

/** `learning rate 2e-3 (recommended 1e-3), dropout 0.1 (0)`. */
export function changesText(changed: readonly Change[]): string {
  if (changed.length === 0) return 'the recommended settings';
  return changed
    .map(({ name, from, to }, i) => {
      return `${nameText(name)} ${valueText(to)} (${i === 0 ? 'recommended ' : ''}${valueText(from)})`;
    })
    .join(', ');
}

export function trialName(trial: number, purpose: Purpose): string {
  if (purpose === 'search') return `trial ${trial}`;
  return { pilot: 'pilot run', confirm: `confirming run ${trial}`, final: 'final run', base: 'base model' }[purpose];
}

export const number = (value: number) => (Number.isFinite(value) ? loss(value) : 'not finite');

export function stepText({
  step,
  totalSteps,
  epoch,
  loss: value,
  tokensPerSecond,
}: Extract<JourneyEvent, { type: 'trial-step' }>): string {
  return `step ${step} of ${totalSteps}, epoch ${epoch.toFixed(1)}, loss ${number(value)}, ${amount(tokensPerSecond)} tokens/s`;
}

export function bestText({ trial, value, recommended, changed }: Extract<JourneyEvent, { type: 'best' }>): string {
  if (changed.length === 0) return `${number(value)}, the recommended settings`;
  const against = recommended === undefined || Number.isNaN(recommended) ? '' : ` (recommended ${number(recommended)})`;
  return `${number(value)} in trial ${trial}${against}: ${changesText(changed)}`;
}

/** A line of a log for an event, or null for those that only feed a live display. */
export function eventText(event: JourneyEvent, purposeOf: (trial: number) => Purpose): string | null {
  const name = (trial: number) => trialName(trial, purposeOf(trial));
  switch (event.type) {
    case 'journey-started':
      return `Goldilocks: ${event.data} on ${event.model}${budgetText(event)}${event.resumed ? ', going on where it stopped' : ''}`;
    case 'stage-started':
      return event.stage;
    case 'stage-progress':
      return event.total > 0 ? `${event.note}: ${amount(event.done)} of ${amount(event.total)}` : event.note;
    case 'stage-finished':
      return `${event.stage} done in ${duration(event.seconds)}: ${event.summary}`;
    case 'trial-started':
      return `${name(event.trial)} ${event.resumedAt > 0 ? `goes on at ${percent(event.resumedAt, 0)}` : 'starts'}: ${changesText(event.changed)}`;
    case 'trial-step':
      return `${name(event.trial)}: ${stepText(event)}`;
    case 'trial-evaluation':
      return `${name(event.trial)}: validation loss ${number(event.loss)} at ${percent(event.share, 0)}`;
    case 'trial-finished':
      return `${name(event.trial)} done in ${duration(event.seconds)}: ${number(event.value)}`;
    case 'trial-pruned':
      return `${name(event.trial)} stopped at ${percent(event.share, 0)}: ${event.reason}`;
    case 'trial-paused':
      return `${name(event.trial)} paused at ${percent(event.share, 0)}: ${number(event.value)}`;
    case 'trial-failed':
      return `${name(event.trial)} failed (${event.kind}): ${event.message}`;
    case 'best':
      return `best so far: ${bestText(event)}`;
    case 'command':
      return `${event.kind} ${event.state}: ${event.sentence}`;
    case 'budget':
    case 'trial-answers':
    case 'journey-failed': // the error itself is shown
      return null;
    case 'message':
      return event.level === 'warning' ? `warning: ${event.text}` : event.text;
    case 'interrupted':
      return `Stopped, and everything is saved. Go on with: ${event.resumeCommand}`;
    case 'journey-finished':
      return `Done in ${duration(event.seconds)}: ${event.output}`;
  }
}

function budgetText({ budgetSeconds, budgetTrials }: Extract<JourneyEvent, { type: 'journey-started' }>): string {
  const limits = [
    ...(budgetSeconds === null ? [] : [duration(budgetSeconds)]),
    ...(budgetTrials === null ? [] : [`${budgetTrials} trials`]),
  ];
  return limits.length === 0 ? '' : `, budget ${limits.join(' and ')}`;
}
