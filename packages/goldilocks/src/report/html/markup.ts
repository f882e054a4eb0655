// HTML from templates, with every value escaped unless it is markup itself.
import { stripControl } from '../../terminal/strip-control.js';

/** Text that is already HTML. Made only by `html` and, for what a library rendered, `trusted`. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Content = Markup | string | number | null | undefined | false | readonly Content[];

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Safe as element content and inside quoted attributes; control and text-direction characters are dropped. */
export function escapeHtml(text: string): string {
  return stripControl(text).replace(/[&<>"']/g, (character) => entities[character]!);
}

/** Template tag: values are escaped, markup and lists of markup are put in as they are, nothing stands for null. */
export function html(strings: TemplateStringsArray, ...values: Content[]): Markup {
  return new Markup(strings.reduce((text, part, i) => text + render(values[i - 1]) + part));
}

/** A sentence in which small numbers such as 2e-3 are not broken at their sign. */
export function prose(sentence: string): Markup {
  const parts = sentence.split(/([\d.]+e-\d+)/);
  return html`${parts.map((part, i) => (i % 2 === 1 ? html`<span class="nowrap">${part}</span>` : part))}`;
}

/** For text from our own code or a drawing library, never from data. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

function render(content: Content): string {
  if (content instanceof Markup) return content.text;
  if (content === null || content === undefined || content === false) return '';
  if (typeof content === 'object') return content.map(render).join('');
  return escapeHtml(String(content));
}
