// Makes clinic-notes.jsonl: short notes of invented patients, normal or abnormal.
//
//   node examples/clinic-notes/generate.mjs
//
// A note is abnormal when what the patient has now is. Same seed, same file; README.md states the rates of noise and outliers.

import { Chooser, capitalised, distinctRows, writeRows } from '../generator.mjs';
import { bad, good, notNow, now, openings, outliers, remarks, slots } from './findings.mjs';

const SEED = 7;
const ROWS = 1200;
/** Share of rows whose label is the wrong one, as where two readers disagree. */
export const LABEL_NOISE = 0.05;
/** Share of rows that are no clinic notes at all, or many times longer. */
export const OUTLIERS = 0.03;

/** One finding that counts, and up to `distractors` that don't; most of those say the opposite. */
function note(choose, abnormal, distractors) {
  const state = (isBad) => choose.pick(isBad ? bad : good);
  const parts = [choose.pick(now).replace('{x}', state(abnormal))];
  for (let i = 0; i < distractors; i++) {
    const isBad = choose.chance(0.8) ? !abnormal : abnormal;
    parts.push(choose.pick(notNow).replace('{x}', state(isBad)));
  }
  if (choose.chance(0.25)) parts.push(choose.pick(remarks));
  choose.shuffle(parts);
  if (choose.chance(0.3)) parts.unshift(choose.pick(openings));
  const separator = choose.pick(['. ', '; ', ', ']);
  const filled = parts.map((part) => choose.fill(part, slots));
  return `${filled.map((part, i) => (separator === '. ' || i === 0 ? capitalised(part) : part)).join(separator)}.`;
}

function makeRow(choose) {
  const abnormal = choose.chance(0.5);
  const distractors = choose.weighted([
    [0.3, 0],
    [0.5, 1],
    [0.2, 2],
  ]);
  return { text: note(choose, abnormal, distractors), label: abnormal ? 'abnormal' : 'normal' };
}

/** First the strange ones, then notes ten times as long as the others. */
function outlier(choose, number) {
  if (number < outliers.length) return { text: outliers[number][0], label: outliers[number][1] };
  const abnormal = choose.chance(0.5);
  const pages = Array.from({ length: 10 }, () => note(choose, abnormal, 2));
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
