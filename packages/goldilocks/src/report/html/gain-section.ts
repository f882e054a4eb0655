// What brought the gain: a row for each value that differs from the recommended one.
import type { Gain, Report } from '@goldilocks/protocol';
import { valueText } from '../evidence.js';
import { changeVerdict, signed } from '../gain.js';
import { percent } from '../numbers.js';
import { html, type Markup, prose } from './markup.js';
import { table } from './parts.js';

type Change = Gain['changes'][number];

export function gainSection({ gain, task }: Report): Markup | null {
  if (!gain) return null;
  const columns = [
    { title: 'Setting', cell: ({ title }: Change) => title },
    { title: 'Recommended → found', cell: ({ from, to }: Change) => `${valueText(from)} → ${valueText(to)}` },
    { title: `Gain in ${task.objective.title}`, number: true, cell: ({ mean }: Change) => signed(mean) },
    { title: 'So it', cell: (change: Change) => html`<span class="nowrap">${changeVerdict(change)}</span>` },
    {
      title: '90 % between',
      number: true,
      cell: ({ low, high }: Change) => `${signed(low)} and ${signed(high)}`,
    },
    { title: 'For the better', number: true, cell: ({ probabilityBetter }: Change) => percent(probabilityBetter, 0) },
  ];
  return html`<section aria-labelledby="h-gain"><h2 id="h-gain">What brought the gain</h2>
<p>${prose(gain.sentence)} Each change’s part is its effect averaged over all orders in which the changes can be made, so that the parts sum to the whole.</p>
<div class="card">${table('The found settings against the recommended ones', columns, gain.changes)}</div></section>`;
}
