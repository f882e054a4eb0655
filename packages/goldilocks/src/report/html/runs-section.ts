// The search's history, the confirmation over seeds, the learning curves and what they say.
import type { LearningCurve, Report, ReportTrial } from '@goldilocks/protocol';
import { historyChart } from '../charts/history.js';
import { learningCurveChart } from '../charts/learning-curve.js';
import { valueText } from '../evidence.js';
import { duration, list, loss, percent, plain } from '../numbers.js';
import { capital, nameText } from '../text.js';
import { sourceText } from './context-section.js';
import { type Content, html, type Markup } from './markup.js';
import { figure, table } from './parts.js';

export function searchSection(report: Report): Markup {
  const { trials, task, cost } = report;
  const { complete, pruned, paused, failed } = cost.trials;
  const counts = [`${complete} complete`, `${pruned} stopped early as losers`];
  if (paused > 0) counts.push(`${paused} left unfinished`);
  if (failed > 0) counts.push(`${failed} failed`);
  const sentence = `${trials.length} trials: ${list(counts)}. Trial 0 is the recommended settings.`;
  return html`<section aria-labelledby="h-search"><h2 id="h-search">The search</h2><p>${sentence}</p>
<div class="stack"><div class="card">${figure({
    key: 'history',
    title: 'Trials in their order',
    sentence,
    chart: historyChart({ trials, objective: task.objective }),
    height: 300,
    widths: { wide: 1000, narrow: 360 },
    captioned: false,
    legend: [
      { mark: 'line', color: 'found', text: 'best so far' },
      { mark: 'dot', color: 'recommended', text: 'complete' },
      { mark: 'ring', color: 'base', text: 'stopped early' },
      { mark: 'cross', color: 'bad', text: 'failed' },
    ],
    table: trialsTable(trials, task.objective.title),
  })}</div>${confirmationCard(report)}</div></section>`;
}

function trialsTable(trials: readonly ReportTrial[], objective: string): Markup {
  const rungs = [...new Set(trials.flatMap((trial) => trial.rungs.map(({ share }) => share)))].sort((a, b) => a - b);
  return table(
    'Every trial',
    [
      { title: 'Trial', cell: ({ number }) => number, number: true },
      {
        title: 'Changed against recommended',
        cell: ({ changed }) =>
          changed.map(({ name, to }) => `${nameText(name)} ${valueText(to)}`).join(', ') || 'nothing',
      },
      { title: 'State', cell: ({ state, reason }) => (reason ? `${state}: ${reason}` : state) },
      ...rungs.map((share) => ({
        title: `${objective} at ${percent(share, 0)}`,
        number: true,
        cell: (trial: ReportTrial) => number(trial.rungs.find((rung) => rung.share === share)?.value),
      })),
      { title: objective, cell: ({ value }) => number(value), number: true },
      { title: 'Time', cell: ({ seconds }) => duration(seconds), number: true },
    ],
    trials,
  );
}

function confirmationCard({ confirmation }: Report): Content {
  if (!confirmation) return null;
  const { seeds, candidates, sentence, seedDeviation } = confirmation;
  const columns = [
    { title: 'Settings', cell: ({ title }: (typeof candidates)[number]) => capital(title) },
    ...seeds.map((seed, i) => ({
      title: `seed ${seed}`,
      number: true,
      cell: ({ losses }: (typeof candidates)[number]) => number(losses[i]),
    })),
    { title: 'mean', number: true, cell: ({ mean }: (typeof candidates)[number]) => number(mean) },
  ];
  return html`<div class="card"><h3>Confirmed with other seeds</h3><p>${sentence}${seedDeviation !== null && ` Chance alone, from seed to seed: ± ${loss(seedDeviation)}.`}</p>${table('Validation loss by seed', columns, candidates)}</div>`;
}

export function curvesSection({ learningCurves, diagnoses, retention }: Report): Markup | null {
  if (learningCurves.length + diagnoses.length === 0 && !retention) return null;
  return html`<section aria-labelledby="h-curves"><h2 id="h-curves">How training went</h2>
<p>Training loss (dashed, smoothed) and validation loss by epoch. The gap between them is overfitting; the checkpoint with the lowest validation loss is the one kept.</p>
<div class="stack"><div class="grid">${learningCurves.map((curve, i) => html`<div class="card">${curveFigure(curve, i)}</div>`)}</div>
${
  diagnoses.length > 0 &&
  html`<div class="card"><h3>What the curves say</h3><ul class="plain">${diagnoses.map(
    ({ message, advice, source }) =>
      html`<li><p><b>${message}</b></p><p>${advice} <span class="note">${source && sourceText(source)}</span></p></li>`,
  )}</ul></div>`
}
${retention && html`<div class="card"><h3>What it still knows</h3><p>${retention.sentence}</p><p class="note">Loss on ${retention.text}: ${loss(retention.before.loss)} before, ${loss(retention.after.loss)} after (${retention.before.bitsPerByte.toFixed(3)} and ${retention.after.bitsPerByte.toFixed(3)} bits per byte).</p></div>`}
</div></section>`;
}

function curveFigure(curve: LearningCurve, index: number): Markup {
  const { title, validation, training, learningRate, gap } = curve;
  const rows = validation.map((point) => ({
    ...point,
    training: nearest(training, point.step)?.loss,
    rate: nearest(learningRate, point.step)?.value,
  }));
  const sentence = gap?.sentence ?? `Validation loss ended at ${number(validation.at(-1)?.loss)}.`;
  return figure({
    key: `curve-${index}`,
    title: capital(title),
    sentence,
    chart: learningCurveChart(curve),
    height: 270,
    widths: { wide: 440 },
    legend: [
      { mark: 'dashes', color: 'recommended', text: 'training' },
      { mark: 'line', color: 'found', text: 'validation' },
    ],
    table: table(
      `Learning curve of ${title.toLowerCase()}`,
      [
        { title: 'Epoch', cell: ({ epoch }) => epoch.toFixed(2), number: true },
        { title: 'Step', cell: ({ step }) => step, number: true },
        { title: 'Training loss', cell: (row) => number(row.training), number: true },
        { title: 'Validation loss', cell: (row) => number(row.loss), number: true },
        { title: 'Learning rate', cell: ({ rate }) => (rate === undefined ? '—' : plain(rate)), number: true },
      ],
      rows,
    ),
  });
}

function nearest<Point extends { step: number }>(points: readonly Point[], step: number): Point | undefined {
  const distance = (point: Point) => Math.abs(point.step - step);
  return points.reduce<Point | undefined>(
    (best, point) => (best && distance(best) <= distance(point) ? best : point),
    undefined,
  );
}

const number = (value: number | null | undefined) => (value == null ? '—' : loss(value));
