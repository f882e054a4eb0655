// The top of the page: verdict, three scores, and the chart of all test scores.
import type { Baseline, Report, Score } from '@goldilocks/protocol';
import { type ScoreBar, scoresChart } from '../charts/scores.js';
import { loss } from '../numbers.js';
import { capital, estimateText, mainScore } from '../text.js';
import { html, type Markup, trusted } from './markup.js';
import { figure, table } from './parts.js';

// Three bowls: too small, too big, just right.
const bowls = trusted(
  '<svg viewBox="0 0 66 26" aria-hidden="true"><g fill="var(--base)" opacity=".45"><path d="M1 13h14a7 8 0 0 1-14 0z"/><path d="M42 6h23a11.500 14 0 0 1-23 0z"/></g><path fill="var(--zone)" d="M19 9h19a9.500 12 0 0 1-19 0z"/></svg>',
);

export function headerSection(report: Report): Markup {
  const { verdict, study, createdAt, baseModel, warnings } = report;
  const score = mainScore(report);
  const tile = (tone: 'base' | 'recommended' | 'found', title: string) => {
    const { value, low, high } = score[tone];
    const interval = low !== null && high !== null && `95 % interval ${score.write(low)} to ${score.write(high)}`;
    return html`<dl class="tile tone-${tone}"><dt>${title}</dt><dd class="big">${score.write(value)}</dd><dd class="small">${score.title} on the test examples</dd><dd class="small">${interval}</dd></dl>`;
  };
  return html`<header class="top">
<div class="brand">${bowls}<b>Goldilocks</b><span>study ${study}</span><span>${baseModel.name}</span><time datetime="${createdAt}">${createdAt.slice(0, 10)}</time></div>
<h1>${verdict.headline}</h1>
<p class="lead">${verdict.sentence}</p>
<div class="tiles">${tile('base', 'Base model')}${tile('recommended', 'Recommended settings')}${tile('found', verdict.delivered === 'found' ? 'Found settings' : 'Found: the recommended ones')}</div>
${notice(warnings)}
</header>`;
}

/** Long lists mostly come from the data, which have their own section: the first few, and the rest behind a disclosure. */
function notice(warnings: readonly string[]): Markup | null {
  if (warnings.length === 0) return null;
  const most = warnings.length <= 3 ? 3 : 2;
  const list = (items: readonly string[]) => html`<ul>${items.map((warning) => html`<li>${warning}</li>`)}</ul>`;
  const rest = warnings.slice(most);
  return html`<div class="notice" role="note"><b>Worth knowing</b>${list(warnings.slice(0, most))}${
    rest.length > 0 && html`<details><summary>${rest.length} more</summary>${list(rest)}</details>`
  }</div>`;
}

interface Row {
  title: string;
  score: Score | null;
  baseline: Baseline | null;
}

export function scoresSection(report: Report): Markup {
  const { scores, task } = report;
  const main = mainScore(report);
  const bars: ScoreBar[] = [
    ...(main.title === 'loss'
      ? []
      : scores.baselines.map(({ title, metric }) => ({ title, estimate: metric, color: 'base' as const }))),
    { title: 'base model', estimate: main.base, color: 'base' },
    { title: 'recommended', estimate: main.recommended, color: 'recommended' },
    { title: report.verdict.delivered === 'found' ? 'found' : 'found: the same', estimate: main.found, color: 'found' },
  ];
  const sentence = `${capital(main.title)} on ${scores.testExamples} test examples that neither training nor the search saw; whiskers are 95 % intervals.`;
  const draw = {
    key: 'scores',
    title: 'Test scores',
    sentence,
    chart: scoresChart({
      bars,
      format: main.write,
      percent: task.metric.percent && main.title !== 'loss',
    }),
    height: 40 + 38 * bars.length,
    widths: { wide: 760, narrow: 360 },
    table: scoresTable(report),
    captioned: false,
  };
  return html`<section aria-labelledby="h-scores"><h2 id="h-scores">Test scores</h2><p>${sentence}</p>
<div class="card">${figure(draw)}${baselineNotes(scores.baselines)}</div></section>`;
}

function baselineNotes(baselines: readonly Baseline[]): Markup | null {
  if (baselines.length === 0) return null;
  const items = baselines.map(({ title, note }) => html`<li><b>${capital(title)}:</b> ${note}</li>`);
  return html`<ul class="note">${items}</ul>`;
}

function scoresTable({ scores, task }: Report): Markup {
  const rows: Row[] = [
    ...scores.baselines.map((baseline) => ({ title: baseline.title, score: null, baseline })),
    { title: 'base model', score: scores.base, baseline: null },
    { title: 'recommended settings', score: scores.recommended, baseline: null },
    { title: 'found settings', score: scores.found, baseline: null },
  ];
  const write = (value: number) => mainScore({ task, scores }).write(value);
  const others = [...new Set(rows.flatMap(({ score }) => Object.keys(score?.others ?? {})))];
  return table(
    'Test scores with 95 % intervals',
    [
      { title: '', cell: (row) => row.title },
      {
        title: task.metric.title,
        cell: ({ score, baseline }) => {
          const metric = score?.metric ?? baseline?.metric;
          return metric ? estimateText(metric, write) : '—';
        },
      },
      { title: 'loss', cell: ({ score }) => (score ? estimateText(score.loss, loss) : '—') },
      { title: 'bits per byte', cell: ({ score }) => score?.bitsPerByte.toFixed(3) ?? '—', number: true },
      ...others.map((name) => ({
        title: name,
        cell: ({ score }: Row) => score?.others[name]?.toFixed(3) ?? '—',
        number: true,
      })),
    ],
    rows,
  );
}
