// What the first rows say about each column: how often it holds text, how long, how many different values.
import type { RawRecord } from '../reading/record.js';
import { looksLikeMessages } from './chat.js';
import { labelOf } from './values.js';

export interface ColumnSummary {
  name: string;
  /** Rows of the sample in which it is not empty. */
  filled: number;
  distinct: number;
  /** Mean length in characters of the filled values. */
  meanLength: number;
  /** Share of the filled values that are numbers or look like one. */
  numeric: number;
  /** Share of the filled values that are conversations. */
  messages: number;
}

/** In order of first appearance. */
export function summariseColumns(sample: readonly RawRecord[]): ColumnSummary[] {
  const names = new Set(sample.flatMap((record) => Object.keys(record.fields)));
  return [...names].map((name) => summarise(name, sample));
}

function summarise(name: string, sample: readonly RawRecord[]): ColumnSummary {
  const values = sample
    .map(({ fields }) => (Object.hasOwn(fields, name) ? fields[name] : undefined))
    .filter((value) => value !== undefined && value !== null && value !== '');
  const texts = values.map((value) => labelOf(value)).filter((text) => text !== undefined);
  const count = Math.max(1, values.length);
  return {
    name,
    filled: values.length,
    distinct: new Set(texts).size,
    meanLength: texts.reduce((sum, text) => sum + text.length, 0) / Math.max(1, texts.length),
    numeric: texts.filter((text) => text.trim() !== '' && !Number.isNaN(Number(text))).length / count,
    messages: values.filter(looksLikeMessages).length / count,
  };
}

/** Few, short, repeated values: what a label column looks like. */
export function looksLikeLabels(column: ColumnSummary): boolean {
  return (
    column.distinct >= 2 && column.meanLength <= 60 && column.distinct * 4 <= column.filled && column.distinct <= 200
  );
}
