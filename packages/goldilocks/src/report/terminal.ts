// The report as text: what a person reads at the end of a run.
import type { BeforeAfter, Hyperparameter, Report, VerdictKind } from '@goldilocks/protocol';
import stringWidth from 'string-width';
import { fit, padEnd, padStart, wrap } from '../terminal/layout.js';
import type { Painter } from '../terminal/painter.js';
import { stripControl } from '../terminal/strip-control.js';
import { whatIsCertain } from './certain-text.js';
import { valueText } from './evidence.js';
import { changeVerdict, signed } from './gain.js';
import { duration, loss, percent } from './numbers.js';
import { mainScore, verdictMarks, verdictText, zoneText } from './text.js';

export interface TerminalReportOptions {
  /** Columns to fill; wide terminals are used up to 100. */
  width: number;
  paint: Painter;
}

interface Context {
  report: Report;
  width: number;
  paint: Painter;
}

/** Whole text, ending in a newline. Everything that comes from data is stripped of control characters. */
export function reportText(report: Report, { width, paint }: TerminalReportOptions): string {
  const context = { report, paint, width: Math.max(40, Math.min(width, 100)) };
  const sections = [verdict, scores, seven, evidence, gain, examples, advice, cost, files].map((section) =>
    section(context),
  );
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function verdict({ report, width, paint }: Context): string[] {
  const { headline, sentence, kind } = report.verdict;
  const color = kind === 'better' ? paint.green : paint.yellow;
  return [paint.bold(color(stripControl(headline))), ...wrap(sentence, width)];
}

function scores({ report, width, paint }: Context): string[] {
  const score = mainScore(report);
  const { delivered } = report.verdict;
  const baselines = score.title === 'loss' ? [] : report.scores.baselines;
  const rows = [
    ...baselines.map(({ title, metric }) => ({ title, estimate: metric, color: paint.dim })),
    { title: 'base model', estimate: score.base, color: paint.dim },
    { title: 'recommended settings', estimate: score.recommended, color: paint.cyan },
    { title: delivered === 'found' ? 'found settings' : 'found: the same', estimate: score.found, color: paint.yellow },
  ];
  const shares = score.title !== 'loss' && report.task.metric.percent;
  const full = shares ? 1 : Math.max(...rows.map(({ estimate }) => estimate.value), 1e-12);
  const name = 22;
  const bar = Math.max(6, Math.min(36, width - name - 32));
  const lines = rows.map(({ title, estimate, color }) => {
    const { value, low, high } = estimate;
    const filled = Math.min(bar, Math.max(0, Math.round((bar * value) / full)));
    const interval = low === null || high === null || width < 64 ? '' : `  ${score.write(low)} to ${score.write(high)}`;
    const drawn = color('█'.repeat(filled)) + paint.dim('·'.repeat(bar - filled));
    return `  ${padEnd(fit(title, name - 1), name)}${drawn}${paint.bold(padStart(score.write(value), 8))}${paint.dim(interval)}`;
  });
  const interval = width < 64 ? '' : ', with 95 % intervals';
  const title = `Test score: ${score.title} on ${report.scores.testExamples} examples${interval}`;
  return [heading(paint, fit(title, width)), ...lines];
}

/** Fits `6.1e-4 and up (tried to 8.6e-3)`; lists of choices are cut. */
const zoneWidth = 31;

function seven({ report, width, paint }: Context): string[] {
  const rows = report.hyperparameters.map((h) => [
    h.title,
    paint.bold(valueText(h.value)),
    verdictColor(paint, h.verdict)(`${verdictMarks[h.verdict]} ${verdictText(h)}`),
    fit(zoneText(h), zoneWidth),
    importanceText(h),
    valueText(h.recommended),
  ]);
  const titles = ['', 'chosen', 'verdict', 'just-right zone', 'importance', 'recommended'].map((title) =>
    paint.dim(title),
  );
  return [heading(paint, 'The seven hyperparameters'), ...columns([titles, ...rows], width)];
}

/** Aligned columns; from the right, those that don't fit are cut or left out. */
function columns(rows: readonly string[][], width: number): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => stringWidth(row[i]!))));
  return rows.map((row) => {
    let line = '';
    for (const [i, cell] of row.entries()) {
      const room = width - stringWidth(line) - 2;
      const last = i === row.length - 1;
      if (room < (last ? Math.min(8, widths[i]!) : widths[i]!)) break;
      line += `  ${last ? (stringWidth(cell) > room ? fit(cell, room) : cell) : padEnd(cell, widths[i]!)}`;
    }
    return line.trimEnd();
  });
}

/** What the trials say of each that was tested: its evidence, else why there is none. */
function evidence({ report, width, paint }: Context): string[] {
  const lines = report.hyperparameters.flatMap((h) => {
    if (h.verdict === 'not-tested') return [];
    const sides = [h.evidence.tooLittle, h.evidence.tooMuch, ...h.evidence.otherChoices].filter(
      (side) => side !== null,
    );
    const said = sides.length > 0 ? sides.map(({ sentence }) => sentence).join(' ') : h.sentence;
    const certain = h.certain === undefined ? '' : whatIsCertain(h.certain, h.value);
    return indented(`${h.title}: ${said} ${certain}`.trimEnd(), width);
  });
  return lines.length === 0 ? [] : [heading(paint, 'Why'), ...lines];
}

/** What each changed value brought. */
function gain({ report: { gain: found }, width, paint }: Context): string[] {
  if (!found) return [];
  const rows = found.changes.map((change) => [
    change.title,
    `${valueText(change.from)} → ${paint.bold(valueText(change.to))}`,
    signed(change.mean),
    paint.dim(`${signed(change.low)} to ${signed(change.high)}`),
    changeVerdict(change),
  ]);
  const titles = ['', 'changed', 'gain', '90 % between', ''].map((title) => paint.dim(title));
  return [
    heading(paint, 'What brought the gain'),
    ...wrap(found.sentence, width),
    ...columns([titles, ...rows], width),
  ];
}

function importanceText({ importance, verdict }: Hyperparameter): string {
  return importance === null || verdict === 'not-tested' ? '—' : percent(importance, 0);
}

function examples({ report, width, paint }: Context): string[] {
  if (report.examples.length === 0) return [];
  const answer = (name: string, text: string, correct: boolean | null) => {
    const mark = correct === null ? ' ' : correct ? paint.green('✓') : paint.red('✗');
    return `    ${padEnd(name, 9)}${mark} ${fit(text, width - 16) || paint.dim('(nothing)')}`;
  };
  const lines = report.examples
    .slice(0, 3)
    .flatMap(({ prompt, expected, base, tuned, ...right }: BeforeAfter) => [
      `  ${paint.bold(fit(prompt, width - 2))}`,
      answer('expected', expected, null),
      answer('before', base, right.baseCorrect),
      answer('after', tuned, right.tunedCorrect),
    ]);
  return [heading(paint, 'Before and after'), ...lines];
}

function advice({ report, width, paint }: Context): string[] {
  const told = report.diagnoses.some(({ kind }) => kind === 'forgetting');
  const lines = [
    ...report.diagnoses.flatMap(({ message, advice: what }) => indented(`${message} ${what}`, width)),
    ...(report.retention && !told ? indented(report.retention.sentence, width) : []),
    ...warnings(report).flatMap((warning) => indented(warning, width).map((line) => paint.yellow(line))),
  ];
  return lines.length === 0 ? [] : [heading(paint, 'Worth knowing'), ...lines];
}

/** The first few: the page has them all, and inspect told them already. */
function warnings({ warnings: all }: Report): string[] {
  return all.length <= 3 ? all : [...all.slice(0, 2), `${all.length - 2} more remarks on the data are in the report.`];
}

function cost({ report, width, paint }: Context): string[] {
  const { seconds, budget, trials } = report.cost;
  const { complete, pruned, paused, failed } = trials;
  const counts = [`${complete} complete`, `${pruned} stopped early`, `${paused} unfinished`, `${failed} failed`];
  const shown = counts.filter((count) => !count.startsWith('0 ')).join(', ');
  const planned = budget.seconds === null ? '' : ` of ${duration(budget.seconds)}`;
  const text = `Took ${duration(seconds)}${planned}; trials: ${shown || 'none'}${noiseText(report)}.`;
  return wrap(text, width).map(paint.dim);
}

function noiseText({ noise, task }: Report): string {
  return noise === null ? '' : `; differences in ${task.objective.title} under ${loss(noise)} are noise`;
}

function files({ report, width, paint }: Context): string[] {
  const name = Math.min(44, Math.max(0, ...report.files.map(({ path }) => stringWidth(path))));
  const written = report.files.map(({ path, title }) => {
    const room = width - name - 4;
    return `  ${padEnd(stripControl(path), name)}  ${room > 12 ? paint.dim(fit(title, room)) : ''}`.trimEnd();
  });
  const next = report.next.flatMap(({ command, why }) => [
    `  ${paint.cyan(stripControl(command))}`,
    `    ${paint.dim(fit(why, width - 4))}`,
  ]);
  return [
    ...(written.length > 0 ? [heading(paint, 'Written'), ...written] : []),
    ...(next.length > 0 ? ['', heading(paint, 'Next'), ...next] : []),
  ];
}

const heading = (paint: Painter, text: string) => paint.bold(text);

/** A paragraph with a bullet and a hanging indent. */
function indented(text: string, width: number): string[] {
  return wrap(text, width - 4).map((line, i) => (i === 0 ? `  · ${line}` : `    ${line}`));
}

function verdictColor(paint: Painter, verdict: VerdictKind): (text: string) => string {
  if (verdict === 'just-right') return paint.green;
  if (verdict === 'one-side') return paint.cyan;
  return verdict === 'uncertain' ? paint.yellow : paint.dim;
}
