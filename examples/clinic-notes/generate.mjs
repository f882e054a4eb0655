// Makes clinic-notes.jsonl: short notes of invented patients, normal or abnormal.
//
//   node examples/clinic-notes/generate.mjs
//
// A note is abnormal when at least one of its findings is. Same seed, same file; README.md states the rates of noise and outliers.

import { Chooser, capitalised, distinctRows, writeRows } from '../generator.mjs';
import { findings, outliers, remarks, slots } from './findings.mjs';

const SEED = 7;
const ROWS = 900;
/** Share of rows whose label is the wrong one, as where two readers disagree. */
export const LABEL_NOISE = 0.05;
/** Share of rows that are no clinic notes at all, or many times longer. */
export const OUTLIERS = 0.03;

function note(choose, { abnormal, count }) {
  const chosen = choose.shuffle([...findings]).slice(0, count);
  const bad = abnormal ? 1 + (choose.chance(0.2) && count > 2 ? 1 : 0) : 0;
  const parts = chosen.map(([normal, notNormal], i) => choose.fill(choose.pick(i < bad ? notNormal : normal), slots));
  if (choose.chance(0.4)) parts.push(choose.fill(choose.pick(remarks), slots));
  choose.shuffle(parts);
  const opening = choose.chance(0.5)
    ? [choose.fill(choose.pick(['{reason}', '{person}', '{reason}, {person}']), slots)]
    : [];
  const separator = choose.pick(['. ', '; ', ', ']);
  const text = [...opening, ...parts].map((part) => (separator === '. ' ? capitalised(part) : part)).join(separator);
  return `${capitalised(text)}.`;
}

function makeRow(choose) {
  const abnormal = choose.chance(0.5);
  const text = note(choose, { abnormal, count: 2 + choose.below(3) });
  return { text, label: abnormal ? 'abnormal' : 'normal' };
}

function outlier(choose, number) {
  if (number < outliers.length) return { text: outliers[number][0], label: outliers[number][1] };
  const abnormal = choose.chance(0.5);
  const pages = Array.from({ length: 8 }, () => note(choose, { abnormal: false, count: 4 }));
  if (abnormal) pages[choose.below(8)] = note(choose, { abnormal, count: 4 });
  return { text: pages.join(' '), label: abnormal ? 'abnormal' : 'normal' };
}

const other = { normal: 'abnormal', abnormal: 'normal' };

function withNoise(rows, choose) {
  const wrong = new Set(choose.shuffle([...rows.keys()]).slice(0, Math.round(LABEL_NOISE * rows.length)));
  return rows.map(({ text, label }, i) => ({ text, label: wrong.has(i) ? other[label] : label }));
}

function withDirt(rows, choose) {
  const some = (count) => Array.from({ length: count }, () => choose.pick(rows));
  const dirt = [
    ...some(15), // exact duplicates
    ...some(5).map(({ text, label }) => ({ text, label: other[label] })), // contradictions
    ...some(5).map(({ text, label }) => ({ text: ` ${text.toLowerCase().replaceAll(',', ' ,')}`, label })), // near duplicates
    { text: 'Send result to m.roe@example.org; temp 36.6, no cough.', label: 'normal' },
    { text: '   ', label: 'normal' },
    '{"text": "BP 118/76; denies chest pain", "label": normal}',
  ];
  return choose.shuffle([...rows, ...dirt]);
}

const choose = new Chooser(SEED);
const strange = Math.round(OUTLIERS * ROWS);
const notes = distinctRows(
  ROWS - strange,
  () => makeRow(choose),
  ({ text }) => text,
);
const rows = [...notes, ...Array.from({ length: strange }, (_, i) => outlier(choose, i))];
writeRows(new URL('clinic-notes.jsonl', import.meta.url), withDirt(withNoise(rows, choose), choose));
