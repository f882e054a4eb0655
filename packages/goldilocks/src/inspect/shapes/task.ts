// Whether the rows ask for a label, for a text, or are just text; and how that is put into words.
import { excerpt } from '../../terminal/strip-control.js';
import type { InspectedRow, TaskKind } from '../types.js';
import type { Layout } from './layout.js';

const maxLabels = 200;
const maxLabelLength = 80;

/** Few, short, repeated answers are labels, whatever their column is called. */
export function guessTask(layout: Layout, rows: readonly InspectedRow[]): TaskKind {
  if (layout.kind === 'text') return 'text';
  if (layout.kind === 'chat') return 'generation';
  const targets = new Set<string>();
  let longest = 0;
  for (const { target } of rows) {
    targets.add(target.trim());
    longest = Math.max(longest, target.trim().length);
  }
  if (layout.kind === 'label')
    return targets.size * 2 > rows.length && longest > maxLabelLength ? 'generation' : 'classification';
  const repeated = rows.length < 50 ? targets.size * 2 <= rows.length : targets.size * 4 <= rows.length;
  return repeated && targets.size <= maxLabels && longest <= maxLabelLength ? 'classification' : 'generation';
}

/** The guess as a sentence or two, with the flags that change it. */
export function describeGuess(layout: Layout, task: TaskKind, labels: number): string {
  const quoted = (names: readonly string[]): string => names.map((name) => `"${excerpt(name, 40)}"`).join(' + ');
  const remark = layout.remark === '' ? '' : ` ${layout.remark}`;
  if (layout.kind === 'chat') {
    return `Chat messages in ${quoted(layout.input)}, ${layout.how}; every answer of the assistant is learnt.${remark}`;
  }
  if (layout.kind === 'text') return `Plain text to continue in ${quoted(layout.target)}, ${layout.how}.${remark}`;
  const columns = `${quoted(layout.input)} is the input and ${quoted(layout.target)} the ${task === 'classification' ? 'label' : 'answer'}, ${layout.how}`;
  const joined =
    layout.kind === 'label' && layout.target.length > 1
      ? ' They are learnt together, as one label joined by commas.'
      : '';
  const verdict =
    task === 'classification'
      ? `with ${labels} different labels it is a classification task`
      : 'the answers are free text, so it is a generation task';
  return `${columns}; ${verdict}.${joined}${remark}`;
}
