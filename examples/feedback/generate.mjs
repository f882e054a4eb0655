// Makes feedback.jsonl: what customers write, and which topic and sentiment they mean.
//
//   node examples/feedback/generate.mjs
//
// Same seed, same file. The dirt at the end is on purpose; README.md lists it.

import { Chooser, capitalised, distinctRows, writeRows } from '../generator.mjs';
import { clauses, deniedForms, mixedForms, plainForms, slots } from './phrases.mjs';

const SEED = 20;
const ROWS = 840;
const MAX_WORDS = 24;

const topics = Object.keys(clauses);
const opposite = { positive: 'negative', negative: 'positive' };

function makeRow(choose) {
  const topic = choose.pick(topics);
  const sentiment = choose.pick(['positive', 'negative']);
  const kind = choose.weighted([
    [0.35, 'plain'],
    [0.55, 'mixed'],
    [0.1, 'denied'],
  ]);
  const said = kind === 'denied' ? opposite[sentiment] : sentiment;
  const clauseOf = (about, feeling) => choose.fill(choose.pick(clauses[about][feeling]), slots);
  const main = clauseOf(topic, said);
  const otherTopic = choose.pick(topics.filter((name) => name !== topic));
  const other = clauseOf(otherTopic, choose.pick(['positive', 'negative']));
  const form = choose.pick({ plain: plainForms, mixed: mixedForms, denied: deniedForms }[kind]);
  return { text: tidy(form.replace('{main}', main).replace('{other}', other)), label: `${topic}, ${sentiment}` };
}

/** Capitals where sentences begin. */
const tidy = (text) => capitalised(text).replace(/([.!] )([a-z])/g, (_, end, letter) => end + letter.toUpperCase());

function makeClean(choose) {
  const row = makeRow(choose);
  return row.text.split(' ').length <= MAX_WORDS ? row : makeClean(choose);
}

const shout = (text) => text.toUpperCase().replace(/\.$/, '!!!');
const flipped = (label) => label.replace(/positive|negative/, (sentiment) => opposite[sentiment]);

function withDirt(rows, choose) {
  const some = (count) => Array.from({ length: count }, () => choose.pick(rows));
  const dirt = [
    ...some(18), // exact duplicates
    ...some(8).map(({ text, label }) => ({ text: shout(text), label })), // the same but for case and marks
    ...some(6).map(({ text, label }) => ({ text, label: flipped(label) })), // contradictions
    { text: 'Please write to jane.roe@example.com, the parcel came two weeks late.', label: 'delivery, negative' },
    {
      text: 'My card 4111 1111 1111 1111 was charged twice, the bill was higher than expected.',
      label: 'price, negative',
    },
    { text: 'Das Paket kam eine ganze Woche zu spät und war offen.', label: 'delivery, negative' },
    { text: 'La bouilloire fonctionne comme au premier jour, merci beaucoup.', label: 'quality, positive' },
    { text: '', label: 'app, positive' },
    { text: longComplaint(choose), label: 'support, negative' },
    '{"text": "The update broke what I had li',
  ];
  return choose.shuffle([...rows, ...dirt]);
}

/** One row far longer than all others. */
function longComplaint(choose) {
  const sentences = Array.from({ length: 30 }, () =>
    tidy(`${choose.fill(choose.pick(clauses.support.negative), slots)}.`),
  );
  return sentences.join(' ');
}

const choose = new Chooser(SEED);
const rows = distinctRows(
  ROWS,
  () => makeClean(choose),
  ({ text }) => text,
);
writeRows(new URL('feedback.jsonl', import.meta.url), withDirt(rows, choose));
