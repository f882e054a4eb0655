// Examples before and after, the data, the plan, the cost, and how to do it again.
import type { BeforeAfter, Report, Source } from '@goldilocks/protocol';
import { valueText } from '../evidence.js';
import { amount, bytes, duration, percent } from '../numbers.js';
import { capital, nameText } from '../text.js';
import { type Content, html, type Markup } from './markup.js';
import { facts, table } from './parts.js';

export function examplesSection({ examples }: Report): Markup | null {
  if (examples.length === 0) return null;
  return html`<section aria-labelledby="h-examples"><h2 id="h-examples">Before and after</h2>
<p>Test examples, answered by the base model and by the tuned one.</p>
<div class="examples">${examples.map(example)}</div></section>`;
}

function example({ prompt, expected, base, tuned, baseCorrect, tunedCorrect }: BeforeAfter): Markup {
  return html`<article class="card example"><blockquote>${prompt}</blockquote><dl>
<div><dt>Expected</dt><dd>${expected}</dd></div>
<div class="tone-base"><dt>Base model ${right(baseCorrect)}</dt><dd>${base || empty}</dd></div>
<div class="tone-found"><dt>Tuned ${right(tunedCorrect)}</dt><dd>${tuned || empty}</dd></div></dl></article>`;
}

const empty = html`<span class="note">(nothing)</span>`;

function right(correct: boolean | null): Content {
  if (correct === null) return null;
  return correct ? html`<b class="right">✓ right</b>` : html`<b class="wrong">✗ wrong</b>`;
}

export function dataSection({ data, task, adjustments }: Report): Markup {
  const { splits, tokens, problems } = data;
  const rows: [string, Content][] = [
    ['File', html`<code>${data.file}</code>`],
    ['Read as', data.guess],
    ['Task', task.sentence],
    [
      'Rows',
      `${amount(data.usable)} of ${amount(data.rows)} used: ${splits.train} to train, ${splits.validation} to validate, ${splits.test} to test`,
    ],
  ];
  if (tokens) {
    const cut = tokens.truncatedExamples > 0 ? `; ${tokens.truncatedExamples} examples were cut` : '';
    rows.push(['Length', `${tokens.median} tokens in the middle, ${tokens.longest} at most${cut}`]);
  }
  return html`<section aria-labelledby="h-data"><h2 id="h-data">The data, and what followed from them</h2><div class="stack">
<div class="card">${facts(rows)}${problems.length > 0 && html`<details open><summary>Problems found: ${problems.length}</summary><ul>${problems.map(({ sentence }) => html`<li>${sentence}</li>`)}</ul></details>`}</div>
${
  adjustments.length > 0 &&
  html`<div class="card"><h3>Adjusted before the search</h3><ul class="plain">${adjustments.map(
    ({ name, from, to, sentence, source, priorOnly }) =>
      html`<li><p><b>${capital(nameText(name))}</b> ${valueText(from)} → ${valueText(to)}${priorOnly && html` <span class="pill">prior only</span>`}</p><p>${sentence} <span class="note">${source && sourceText(source)}</span></p></li>`,
  )}</ul></div>`
}</div></section>`;
}

/** Only web links become links: a source may come from a file. */
export function sourceText({ title, url }: Source): Markup {
  return url && /^https?:\/\//i.test(url) ? html`<a href="${url}" rel="noreferrer">${title}</a>` : html`${title}`;
}

export function costSection({ cost, reproduce, files, next }: Report): Markup {
  return html`<section aria-labelledby="h-cost"><h2 id="h-cost">Cost, and how to do it again</h2><div class="grid">
<div class="card stack"><h3>Cost</h3>${facts(costRows(cost))}${table(
    'Time by stage',
    [
      { title: 'Stage', cell: ({ stage }) => stage },
      { title: 'Time', cell: ({ seconds }) => duration(seconds), number: true },
      { title: 'Share', cell: ({ seconds }) => percent(seconds / Math.max(cost.seconds, 1e-9), 0), number: true },
    ],
    cost.stages,
  )}</div>
<div class="card stack"><h3>Reproduce</h3><pre tabindex="0">${reproduce.command}</pre>${facts([
    ['Seed', reproduce.seed],
    [
      'Versions',
      Object.entries(reproduce.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    ['Data', html`<code>${reproduce.dataHash}</code>`],
    ['Base model', html`<code>${reproduce.modelHash}</code>`],
  ])}<details><summary>All settings of the final run</summary><pre tabindex="0">${JSON.stringify(reproduce.settings, null, 2)}</pre></details></div>
<div class="card"><h3>Files</h3>${facts(files.map(({ path, title }) => [title, html`<code>${path}</code>`]))}</div>
<div class="card"><h3>Next</h3>${next.map(({ command, why }) => html`<p>${why}</p><pre tabindex="0">${command}</pre>`)}</div>
</div></section>`;
}

function costRows({ seconds, budget, tokens, peakMemoryBytes, machine }: Report['cost']): [string, Content][] {
  const planned = [
    ...(budget.seconds === null ? [] : [duration(budget.seconds)]),
    ...(budget.trials === null ? [] : [`${budget.trials} trials`]),
  ];
  return [
    ['Time', planned.length > 0 ? `${duration(seconds)} of a budget of ${planned.join(' and ')}` : duration(seconds)],
    ['Tokens trained on', amount(tokens)],
    ['Peak memory', bytes(peakMemoryBytes)],
    ['Machine', machine],
  ];
}
