// What a search found, in words: the best settings, the command to run again, what mattered, how sure that is.
import { quote } from '../journey/report/command.js';
import { duration, percent } from '../report/numbers.js';
import { padEnd, wrap } from '../terminal/layout.js';
import type { Painter } from '../terminal/painter.js';
import { excerpt, stripControl } from '../terminal/strip-control.js';
import { metricText, valuesText, valueText } from './progress/text.js';
import type { FoundTrial, OptimizeResult } from './result.js';

export interface SummaryOptions {
  readonly width: number;
  readonly paint: Painter;
}

/** Lines for standard output, without a newline at the end. */
export function summaryText(result: OptimizeResult, { width, paint }: SummaryOptions): string {
  const room = Math.min(width, 100);
  const lines = [countsLine(result)];
  if (result.best === null) return [...lines, 'No trial was complete, so there is nothing to recommend.'].join('\n');
  if (result.note !== null) lines.push(...wrap(`Note: ${stripControl(result.note)}`, room).map(paint.yellow));
  lines.push('', ...(result.directions.length > 1 ? frontLines(result, paint) : bestLines(result, room, paint)));
  lines.push(...importanceLines(result, paint), `Trials: ${stripControl(result.directory)}`);
  return lines.join('\n');
}

function countsLine({ trials, seconds }: OptimizeResult): string {
  const { complete, pruned, failed } = trials;
  const early = pruned === 0 ? '' : `, ${pruned} stopped early`;
  const total = complete + pruned + failed;
  return `${total} ${total === 1 ? 'trial' : 'trials'} in ${duration(seconds)}: ${complete} complete${early}${failed === 0 ? '' : `, ${failed} failed`}.`;
}

function bestLines(result: OptimizeResult, room: number, paint: Painter): string[] {
  const chosen = result.recommended ?? result.best!;
  const lines = [...trialLines(chosen, result, paint), ''];
  if (result.recommended !== null) lines.push(...wrap(sureText(result), room), '');
  return [...lines, ...againLines(chosen)];
}

/** Why this trial and not the one with the best value, and what the recommended settings gave. */
function sureText({ recommended, best, reference, metrics }: OptimizeResult): string {
  const parts = [recommended!.why];
  if (best!.trial !== recommended!.trial) {
    parts.push(`Trial ${best!.trial} had the best value, ${metricText(best!.values[0]!)}, which may be luck.`);
  }
  if (reference !== null && reference.trial !== recommended!.trial) {
    parts.push(`The recommended settings (trial ${reference.trial}) gave ${valuesText(metrics, reference.values)}.`);
  }
  return parts.join(' ');
}

function frontLines(result: OptimizeResult, paint: Painter): string[] {
  const [first] = result.front as [FoundTrial, ...FoundTrial[]];
  const shown = result.front.slice(0, 10);
  const rest = result.front.length - shown.length;
  return [
    'None of these is better than another in every metric:',
    ...shown.map((trial) => `  ${padEnd(`trial ${trial.trial}`, 10)} ${valuesText(result.metrics, trial.values)}`),
    ...(rest > 0 ? [`  and ${rest} more (--json lists them)`] : []),
    '',
    'The first of them:',
    ...trialLines(first, result, paint).slice(1),
    '',
    ...againLines(first),
  ];
}

function trialLines({ trial, values, params }: FoundTrial, { metrics }: OptimizeResult, paint: Painter): string[] {
  const names = Object.keys(params).map((name) => excerpt(name, 40));
  const widest = Math.max(...names.map((name) => name.length));
  return [
    `${paint.bold(valuesText(metrics, values))} with the settings of trial ${trial}:`,
    ...Object.values(params).map((value, i) => `  ${padEnd(names[i]!, widest)}  ${paint.green(valueText(value))}`),
  ];
}

function againLines({ command }: FoundTrial): string[] {
  return ['Run it again:', `  ${stripControl(command.map(quote).join(' ')).replace(/\s+/g, ' ')}`, ''];
}

function importanceLines({ importance }: OptimizeResult, paint: Painter): string[] {
  const entries = Object.entries(importance).filter(([, share]) => share >= 0.005);
  if (entries.length < 2) return [];
  const widest = Math.max(...entries.map(([name]) => Math.min(40, name.length)));
  const lines = entries.slice(0, 8).map(([name, share]) => {
    const bar = paint.yellow('━'.repeat(Math.max(1, Math.round(20 * share))));
    return `  ${padEnd(excerpt(name, 40), widest)}  ${padEnd(percent(share, 0), 5)} ${bar}`;
  });
  return ['What mattered (the share of the differences that each explains):', ...lines, ''];
}
