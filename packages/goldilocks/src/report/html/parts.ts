// Building blocks of the page: tables, charts with their table behind, pills.
import type { Hyperparameter } from '@goldilocks/protocol';
import { type ChartOption, type colors, renderChart } from '../charts/render.js';
import { verdictMarks, verdictText } from '../text.js';
import { type Content, html, type Markup, trusted } from './markup.js';

export interface Column<Row> {
  title: string;
  cell: (row: Row) => Content;
  number?: boolean;
}

/** Scrolls sideways where it does not fit; the first column heads its row. */
export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Markup {
  const kind = (column: Column<Row>) => (column.number ? trusted(' class="number"') : '');
  const head = columns.map((column) => html`<th scope="col"${kind(column)}>${column.title}</th>`);
  const body = rows.map((row) => {
    const cells = columns.map((column, i) =>
      i === 0
        ? html`<th scope="row"${kind(column)}>${column.cell(row)}</th>`
        : html`<td${kind(column)}>${column.cell(row)}</td>`,
    );
    return html`<tr>${cells}</tr>`;
  });
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption>
<thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

export interface Figure {
  /** Unique on the page; letters and hyphens. */
  key: string;
  title: string;
  /** What the chart shows, in a sentence: read out in the picture's place. */
  sentence: string;
  chart: ChartOption;
  height: number;
  /** Widths to draw at. A wide drawing shrunk to a phone could not be read, so there may be two. */
  widths: { wide: number; narrow?: number };
  table: Markup;
  legend?: readonly LegendEntry[];
  /** Whether title and sentence are shown above the chart too. */
  captioned?: boolean;
}

/** A chart, its sentence for those who don't see it, and its numbers behind a disclosure. */
export function figure({
  key,
  title,
  sentence,
  chart,
  height,
  widths,
  table: numbers,
  captioned = true,
  legend: entries,
}: Figure): Markup {
  const draw = (width: number, suffix: string) =>
    accessible(renderChart(`${key}${suffix}`, chart, { width, height }), `${title}. ${sentence}`);
  const { wide, narrow } = widths;
  const picture = narrow
    ? html`<div class="wide">${draw(wide, '')}</div><div class="narrow">${draw(narrow, '-narrow')}</div>`
    : draw(wide, '');
  return html`<figure>${captioned && html`<figcaption><b>${title}</b>${sentence}</figcaption>`}${entries && legend(entries)}${picture}
<details><summary>Numbers: ${title.toLowerCase()}</summary>${numbers}</details></figure>`;
}

/** The library's SVG as one image with a name; its fixed size and backdrop give way to the page's. */
function accessible(svg: string, label: string): Markup {
  const open = svg.indexOf('>');
  const viewBox = /viewBox="[^"]*"/.exec(svg.slice(0, open))?.[0] ?? '';
  const body = svg.slice(open + 1).replace(/<rect [^>]*fill="none"[^>]*><\/rect>/, '');
  const head = html`<svg xmlns="http://www.w3.org/2000/svg" ${trusted(viewBox)} role="img" aria-label="${label}">`;
  return trusted(`${head.text}${body}`);
}

/** Marks of a legend, in the colours' CSS variables. */
const legendMarks = {
  line: '<path d="M1 7h22" stroke-width="3"/>',
  dashes: '<path d="M1 7h6m3 0h6m3 0h5" stroke-width="3"/>',
  dot: '<circle cx="12" cy="7" r="4.500" fill="currentColor" stroke="none"/>',
  ring: '<circle cx="12" cy="7" r="4" stroke-width="2"/>',
  cross: '<path d="M8 3l8 8m0-8l-8 8" stroke-width="3"/>',
  shortDashes: '<path d="M12 0v4m0 2.500v3.500m0 2.500v2" stroke-width="2"/>',
  dense: '<rect x="2" y="1" width="20" height="12" fill="currentColor" stroke="none" opacity=".6"/>',
  area: '<rect x="2" y="1" width="20" height="12" fill="currentColor" stroke="none" opacity=".3"/>',
};

export interface LegendEntry {
  mark: keyof typeof legendMarks;
  color: keyof typeof colors;
  text: string;
}

/** Beside the chart rather than in it, so that it wraps on a phone. */
export function legend(entries: readonly LegendEntry[]): Markup {
  const item = ({ mark, color, text }: LegendEntry) =>
    html`<li><svg viewBox="0 0 24 14" aria-hidden="true" fill="none" stroke="currentColor" style="color:var(--${color})">${trusted(legendMarks[mark])}</svg>${text}</li>`;
  return html`<ul class="legend">${entries.map(item)}</ul>`;
}

export function pill(hyperparameter: Pick<Hyperparameter, 'verdict' | 'scale'>): Markup {
  const { verdict } = hyperparameter;
  return html`<span class="pill ${verdict}"><span aria-hidden="true">${verdictMarks[verdict]}</span> ${verdictText(hyperparameter)}</span>`;
}

/** A share as a bar with its number beside it. */
export function meter(share: number | null): Markup {
  if (share === null) return html`<span class="note">not known</span>`;
  const width = Math.round(100 * share);
  return html`<span class="nowrap"><span class="meter" aria-hidden="true"><i style="width:${width}%"></i></span> ${width} %</span>`;
}

export function facts(rows: readonly (readonly [string, Content])[]): Markup {
  return html`<dl class="facts">${rows.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>`;
}
