// The seven hyperparameters: a table at a glance, then a card each with its evidence and its slice.
import type { Hyperparameter, Report, SideEvidence } from '@goldilocks/protocol';
import { certainText } from '../certain-text.js';
import { sliceChart } from '../charts/slice.js';
import { valueText } from '../evidence.js';
import { loss } from '../numbers.js';
import { changeText, sureText, unitText, zoneText } from '../text.js';
import { html, type Markup, prose } from './markup.js';
import { figure, type LegendEntry, legend, meter, pill, table } from './parts.js';

export function glanceSection({ hyperparameters, otherSettings }: Report): Markup {
  return html`<section aria-labelledby="h-glance"><h2 id="h-glance">The seven at a glance</h2>
<p>The zone is the range that nothing worse was met in. Where only one edge was seen, it says how far was tried on the other side; «can’t tell yet» means that too few trials, or trials in which other settings changed too, leave it open.</p>
<div class="card"><table class="glance"><thead><tr><th scope="col">Hyperparameter</th><th scope="col">Value</th><th scope="col">Recommended</th><th scope="col">Just-right zone</th><th scope="col">Importance</th><th scope="col">Verdict</th></tr></thead>
<tbody>${hyperparameters.map(glanceRow)}</tbody></table>
${otherSettings.length > 0 && html`<details><summary>Settings beside the seven</summary>${otherTable(otherSettings)}</details>`}</div></section>`;
}

function glanceRow(hyperparameter: Hyperparameter): Markup {
  const { title, value, unit, recommended, importance, verdict } = hyperparameter;
  return html`<tr><th scope="row">${title}</th><td><b>${valueText(value)}</b> ${unitText(unit, value)}</td><td data-label="recommended" class="full">${valueText(recommended)}</td><td data-label="zone" class="full">${prose(zoneText(hyperparameter))}</td><td data-label="importance">${verdict === 'not-tested' ? '—' : meter(importance)}</td><td>${pill(hyperparameter)}</td></tr>`;
}

function otherTable(settings: Report['otherSettings']): Markup {
  return table(
    'Settings beside the seven',
    [
      { title: 'Setting', cell: ({ title }) => title },
      { title: 'Value', cell: ({ value }) => valueText(value) },
      { title: 'Recommended', cell: ({ recommended }) => valueText(recommended) },
      { title: 'Searched', cell: ({ searched }) => (searched ? 'yes' : 'no') },
      { title: 'Note', cell: ({ note }) => note },
    ],
    settings,
  );
}

const sliceLegend: LegendEntry[] = [
  { mark: 'dot', color: 'recommended', text: 'trial' },
  { mark: 'cross', color: 'bad', text: 'failed trial' },
  { mark: 'area', color: 'zone', text: 'just-right zone, as estimated' },
  { mark: 'dense', color: 'zone', text: 'just right with 90 % certainty' },
  { mark: 'shortDashes', color: 'bad', text: 'beyond, worse with 90 % certainty' },
  { mark: 'line', color: 'found', text: 'chosen' },
];

export function hyperparametersSection({ hyperparameters, task }: Report): Markup {
  // Those without a chart last, where their short cards leave no holes.
  const ordered = [...hyperparameters].sort(
    (a, b) => Number(a.verdict === 'not-tested') - Number(b.verdict === 'not-tested'),
  );
  return html`<section aria-labelledby="h-why"><h2 id="h-why">Why these values</h2>
<p>Each dot is a trial. Its ${task.objective.title} is shown with the estimated effect of the other settings taken out, so that what is left is this one’s. A trial stopped early stands as far from the chosen settings as it was when it was stopped. Dots at the edge lie beyond it; crosses are runs that failed.</p>
${legend(sliceLegend)}<div class="grid">${ordered.map((hyperparameter) => card(hyperparameter, task.objective))}</div></section>`;
}

function card(hyperparameter: Hyperparameter, objective: Report['task']['objective']): Markup {
  const { name, title, explanation, value, unit, recommended, verdict, sentence, importance, note } = hyperparameter;
  const sure = sureText(hyperparameter);
  return html`<article class="card knob ${verdict}" aria-labelledby="k-${name}">
<div class="head"><h3 id="k-${name}">${title}</h3>${pill(hyperparameter)}</div>
<p class="what">${explanation}</p>
<p class="value">${valueText(value)} <small>${unitText(unit, value)} · ${changeText(recommended, value)}</small></p>
${note && html`<p class="note">${note}</p>`}
<p>${prose(sentence)}</p>
${evidenceList(hyperparameter)}
${verdict !== 'not-tested' && slice(hyperparameter, objective)}
${verdict !== 'not-tested' && html`<p class="note meta">Importance ${meter(importance)}${sure && html` · ${sure}`}</p>`}
</article>`;
}

function evidenceList({ evidence, certain, value }: Hyperparameter): Markup | null {
  const item = (side: string, found: SideEvidence) => html`<li><b>${side}</b>${prose(found.sentence)}</li>`;
  const items = [
    ...(evidence.tooLittle ? [item('Too little', evidence.tooLittle)] : []),
    ...(evidence.tooMuch ? [item('Too much', evidence.tooMuch)] : []),
    ...evidence.otherChoices.map((found) => item('Worse', found)),
    ...(certain === undefined ? [] : [html`<li><b>How sure that is</b>${prose(certainText(certain, value))}</li>`]),
  ];
  return items.length > 0 ? html`<ul class="evidence">${items}</ul>` : null;
}

function slice(hyperparameter: Hyperparameter, objective: Report['task']['objective']): Markup {
  const { name, title, points, sentence } = hyperparameter;
  return figure({
    key: `slice-${name}`,
    title: `${title} against ${objective.title}`,
    sentence,
    chart: sliceChart({ hyperparameter, objective }),
    height: 190,
    widths: { wide: 400 },
    captioned: false,
    table: table(
      `Trials by ${title.toLowerCase()}`,
      [
        { title: 'Trial', cell: ({ trial }) => trial, number: true },
        { title, cell: ({ value }) => valueText(value), number: true },
        { title: objective.title, cell: (point) => (point.failed ? 'failed' : number(point.loss)), number: true },
        { title: 'others taken out', cell: ({ adjusted }) => number(adjusted), number: true },
      ],
      points,
    ),
  });
}

const number = (value: number | null) => (value === null ? '—' : loss(value));
