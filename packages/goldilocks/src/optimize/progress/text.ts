// The sentences of a search over a command's flags, the same for the live display and for a log.
import type { JsonValue } from '@goldilocks/study';
import { duration, plain, significant } from '../../report/numbers.js';
import { excerpt } from '../../terminal/strip-control.js';
import type { OptimizeEvent, TrialParams } from '../events.js';

/** A metric may be of any size: four digits. */
export function metricText(value: number): string {
  return Number.isFinite(value) ? String(significant(value, 4)) : String(value);
}

export function valueText(value: JsonValue): string {
  if (typeof value === 'number') return plain(value);
  return excerpt(typeof value === 'string' ? value : JSON.stringify(value), 40);
}

/** `learning_rate 3e-4, optimizer adamw`. */
export function paramsText(params: TrialParams): string {
  return Object.entries(params)
    .map(([name, value]) => `${excerpt(name, 40)} ${valueText(value)}`)
    .join(', ');
}

export function valuesText(metrics: readonly string[], values: readonly number[]): string {
  return values.map((value, i) => `${excerpt(metrics[i] ?? '', 40)} ${metricText(value)}`).join(', ');
}

/** A line of a log, or null for events that only feed a live display. */
export function eventText(event: OptimizeEvent, metrics: readonly string[]): string | null {
  switch (event.type) {
    case 'study-started':
      return startedText(event);
    case 'trial-started': {
      const device = event.device === undefined ? '' : ` on device ${event.device}`;
      return `trial ${event.trial} starts${device}: ${paramsText(event.params)}`;
    }
    case 'trial-value':
      return `trial ${event.trial}: ${excerpt(metrics[0] ?? 'value', 40)} ${metricText(event.value)} at ${excerpt(event.at, 40)}`;
    case 'trial-finished':
      return `trial ${event.trial} done in ${duration(event.seconds)}: ${valuesText(metrics, event.values)}`;
    case 'trial-pruned':
      return `trial ${event.trial} stopped after ${duration(event.seconds)}: ${event.reason}`;
    case 'trial-failed': {
      const again = event.isRetried && event.kind !== 'interrupted' ? ' It will be tried again.' : '';
      return `trial ${event.trial} failed (${event.kind}): ${event.message}${again}`;
    }
    case 'best':
      return `best so far: ${metricText(event.value)} in trial ${event.trial}: ${paramsText(event.params)}`;
    case 'command':
      return event.state === 'done' ? event.sentence : `not done: ${event.sentence}`;
    case 'message':
      return event.level === 'warning' ? `warning: ${event.text}` : event.text;
    case 'interrupted':
      return `Stopped, and everything is saved. Go on with: ${event.resumeCommand}`;
    case 'study-finished':
      return `Done in ${duration(event.seconds)}`;
  }
}

function startedText(event: Extract<OptimizeEvent, { type: 'study-started' }>): string {
  const limits = [
    ...(event.budgetSeconds === null ? [] : [duration(event.budgetSeconds)]),
    ...(event.budgetTrials === null ? [] : [`${event.budgetTrials} trials`]),
  ];
  const before = event.trialsBefore === 0 ? '' : `, going on after ${event.trialsBefore} trials`;
  const note = event.note === undefined ? '' : `. Note: ${event.note}`;
  return `Goldilocks: study ${event.study}, budget ${limits.join(' and ')}${before}${note}`;
}
