// Which columns hold the input and which the answer: by name, by the person's word, or by the look of the values.
import { UserError } from '../../errors.js';
import { excerpt } from '../../terminal/strip-control.js';
import type { RawRecord } from '../reading/record.js';
import { splitFromName } from '../reading/split-name.js';
import type { ColumnOptions, DataShape } from '../types.js';
import { type ColumnRole, columnNames, inputPairs, plainName } from './names.js';
import { type ColumnSummary, looksLikeLabels, summariseColumns } from './sample.js';

/** How to read a row. `text`: target only; `pair`, `label`: input → target; `chat`: one column of messages. */
export interface Layout {
  kind: 'text' | 'pair' | 'label' | 'chat';
  shape: DataShape;
  input: string[];
  target: string[];
  split?: string;
  /** How the columns were found, a clause: `recognised by their names`. */
  how: string;
  /** A further sentence the person should see, or ''. */
  remark: string;
}

/** @throws UserError when an option names a column that is not there, or no column can be the text. */
export function findLayout(sample: readonly RawRecord[], options: ColumnOptions, source: string): Layout {
  const columns = summariseColumns(sample);
  const finder = new ColumnFinder(columns, source);
  const split = finder.split(sample, options.splitColumn);
  const usable = new ColumnFinder(
    columns.filter((column) => column.name !== split),
    source,
  );
  const layout = byOptions(usable, options) ?? byName(usable) ?? byValues(usable) ?? usable.refuse();
  return split === undefined ? layout : { ...layout, split };
}

function byOptions(finder: ColumnFinder, options: ColumnOptions): Layout | undefined {
  const labels = finder.given(options.labelColumns ?? (options.labelColumn === undefined ? [] : [options.labelColumn]));
  const completion = finder.given(options.completionColumn === undefined ? [] : [options.completionColumn]);
  const prompt = finder.given([options.promptColumn, options.textColumn].filter((name) => name !== undefined));
  if (labels.length + completion.length + prompt.length === 0) return undefined;
  const how = 'as you said';
  const rest = finder.without([...labels, ...completion, ...prompt]);
  const input = prompt.length > 0 ? prompt : rest.input();
  if (labels.length > 0 || completion.length > 0) {
    if (input.length === 0)
      finder.refuse(`No column is left for the input beside "${[...labels, ...completion].join('", "')}".`);
    const target = labels.length > 0 ? labels : completion;
    const kind = labels.length > 0 ? 'label' : 'pair';
    return { kind, shape: kind === 'label' ? 'text-label' : 'prompt-completion', input, target, how, remark: '' };
  }
  const answer = options.promptColumn === undefined ? [] : (rest.named('completion') ?? rest.longest());
  if (answer.length > 0) return { kind: 'pair', shape: 'prompt-completion', input, target: answer, how, remark: '' };
  const label = rest.labels();
  if (label.length > 0) return { kind: 'label', shape: 'text-label', input, target: label, how, remark: '' };
  return { kind: 'text', shape: 'text', input: [], target: input, how, remark: '' };
}

function byName(finder: ColumnFinder): Layout | undefined {
  const how = 'recognised by name';
  const chat = finder.messages();
  if (chat !== undefined) {
    const shape = plainName(chat) === 'conversations' ? 'sharegpt' : 'chat';
    return { kind: 'chat', shape, input: [chat], target: [chat], how, remark: '' };
  }
  const completion = finder.named('completion');
  const rest = finder.without(completion ?? []);
  if (completion !== undefined) {
    const instruction = rest.exact('instruction');
    if (instruction !== undefined) {
      const extra = rest.exact('input') ?? rest.exact('context');
      const input = extra === undefined ? [instruction] : [instruction, extra];
      return { kind: 'pair', shape: 'alpaca', input, target: completion, how, remark: '' };
    }
    const input = rest.input();
    if (input.length > 0)
      return { kind: 'pair', shape: 'prompt-completion', input, target: completion, how, remark: '' };
  }
  return byNameOfLabel(finder, how);
}

function byNameOfLabel(finder: ColumnFinder, how: string): Layout | undefined {
  const labels = finder.labels();
  const input = finder.without(labels).input();
  if (input.length === 0) return undefined;
  if (labels.length > 0) return { kind: 'label', shape: 'text-label', input, target: labels, how, remark: '' };
  const other = finder.without(input).columns.find(looksLikeLabels);
  const remark = other === undefined ? '' : `If "${excerpt(other.name)}" is what to learn, say so with --label-column.`;
  return { kind: 'text', shape: 'text', input: [], target: input, how, remark };
}

/** No name is known: repeated short values are labels, the longest text is the input. */
function byValues(finder: ColumnFinder): Layout | undefined {
  const texts = finder.columns.filter((column) => column.filled > 0 && column.meanLength > 0 && column.numeric < 0.5);
  const labels = texts.filter(looksLikeLabels);
  const [first, second] = texts
    .filter((column) => !labels.includes(column))
    .sort((a, b) => b.meanLength - a.meanLength);
  const how = 'guessed from their values, as no column has a name I know';
  const remark =
    'If that is wrong, say which with --text-column and --label-column, or --prompt-column and --completion-column.';
  if (first === undefined) return undefined;
  if (labels.length === 1) {
    return { kind: 'label', shape: 'other', input: [first.name], target: [labels[0]!.name], how, remark };
  }
  if (second === undefined) return { kind: 'text', shape: 'other', input: [], target: [first.name], how, remark };
  const inOrder = finder.columns.filter((column) => column === first || column === second);
  return { kind: 'pair', shape: 'other', input: [inOrder[0]!.name], target: [inOrder[1]!.name], how, remark };
}

/** Looks columns up by role. */
class ColumnFinder {
  constructor(
    readonly columns: readonly ColumnSummary[],
    private readonly source: string,
  ) {}

  without(names: readonly string[]): ColumnFinder {
    return new ColumnFinder(
      this.columns.filter((column) => !names.includes(column.name)),
      this.source,
    );
  }

  exact(name: string): string | undefined {
    return this.columns.find((column) => column.filled > 0 && plainName(column.name) === name)?.name;
  }

  named(role: ColumnRole): [string] | undefined {
    for (const name of columnNames[role]) {
      const found = this.exact(name);
      if (found !== undefined) return [found];
    }
    return undefined;
  }

  /** The input: a pair known to belong together, else a text or prompt column by name. */
  input(): string[] {
    for (const [first, second] of inputPairs) {
      const both = [this.exact(first), this.exact(second)];
      if (both.every((name) => name !== undefined)) return both;
    }
    return this.named('text') ?? this.named('prompt') ?? [];
  }

  /** One label column, or all aspects whose values repeat. */
  labels(): string[] {
    const label = this.named('label');
    if (label !== undefined) return label;
    const aspects: readonly string[] = columnNames.aspect;
    return this.columns
      .filter((column) => aspects.includes(plainName(column.name)) && (looksLikeLabels(column) || column.filled < 50))
      .filter((column) => column.filled > 0)
      .map((column) => column.name);
  }

  longest(): string[] {
    const sorted = [...this.columns].filter((column) => column.filled > 0).sort((a, b) => b.meanLength - a.meanLength);
    return sorted[0] === undefined ? [] : [sorted[0].name];
  }

  messages(): string | undefined {
    const known: readonly string[] = columnNames.messages;
    return this.columns.find((column) => known.includes(plainName(column.name)) && column.messages > 0.5)?.name;
  }

  split(sample: readonly RawRecord[], option: string | undefined): string | undefined {
    if (option !== undefined) return this.given([option])[0];
    const name = this.named('split')?.[0];
    if (name === undefined) return undefined;
    const values = sample.map(({ fields }) => fields[name]);
    return values.every((value) => typeof value === 'string' && splitFromName(value) !== undefined) ? name : undefined;
  }

  /** Columns the person named, as they are spelt in the data. */
  given(names: readonly string[]): string[] {
    return names.map((name) => {
      const exact = this.columns.find((column) => column.name === name);
      const found = exact ?? this.columns.find((column) => plainName(column.name) === plainName(name));
      return found?.name ?? this.refuse(`There is no column "${excerpt(name)}".`);
    });
  }

  refuse(reason = 'No column can be the text to learn from.'): never {
    const names = this.columns.slice(0, 30).map((column) => `"${excerpt(column.name, 40)}"`);
    const list = names.length === 0 ? 'It has no columns' : `Its columns are ${names.join(', ')}`;
    throw new UserError(
      `${this.source}: ${reason} ${list}. Name them with --text-column and --label-column, or --prompt-column and --completion-column, or call them text and label, or prompt and completion.`,
    );
  }
}
