// Fits text to a terminal's width, counting columns as terminals do.
import stringWidth from 'string-width';
import { stripControl } from './strip-control.js';

/** Pads on the right to `width` columns; longer text stays as it is. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - stringWidth(text))) + text;
}

/** Plain text on one line, cut to `width` columns with an ellipsis. Escape sequences and controls are dropped. */
export function fit(text: string, width: number): string {
  if (width < 1) return '';
  const line = stripControl(text).replace(/\s+/g, ' ').trim();
  if (stringWidth(line) <= width) return line;
  let cut = '';
  let used = 1;
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    used += stringWidth(segment);
    if (used > width) break;
    cut += segment;
  }
  return `${cut.trimEnd()}…`;
}

/** Plain text broken at spaces into lines of at most `width` columns; a longer word has a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of stripControl(text).split(/\s+/).filter(Boolean)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && stringWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, line];
}

const blocks = '▁▂▃▄▅▆▇█';

/** A curve in one line, newest value last, at most `width` columns; values that are not finite are a cross. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = thin(values, width);
  const finite = shown.filter(Number.isFinite);
  const least = Math.min(...finite);
  const span = Math.max(...finite) - least;
  return shown
    .map((value) => {
      if (!Number.isFinite(value)) return '×';
      return blocks[span === 0 ? 3 : Math.round(((value - least) / span) * (blocks.length - 1))]!;
    })
    .join('');
}

/** Means over equal runs of values, so that the whole curve is seen rather than its end. */
function thin(values: readonly number[], width: number): number[] {
  if (values.length <= width) return [...values];
  return Array.from({ length: width }, (_, i) => {
    const part = values.slice(
      Math.floor((i * values.length) / width),
      Math.max(Math.floor(((i + 1) * values.length) / width), Math.floor((i * values.length) / width) + 1),
    );
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}
