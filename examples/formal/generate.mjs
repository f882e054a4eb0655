// Makes formal.jsonl: plain notes and the same rewritten formally, a stand-in for translation.
//
//   node examples/formal/generate.mjs
//
// Every piece has one formal counterpart, so the rewriting can be learnt; pieces combine freely. Same seed, same file.

import { Chooser, capitalised, distinctRows, writeRows } from '../generator.mjs';
import { closings, greetings, names, reasons, requests, statements, things, times } from './phrases.mjs';

const SEED = 11;
const ROWS = 800;

const titleCase = (name) => name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());

/** The same choices filled into the plain and the formal side. */
function makeRow(choose) {
  const name = choose.pick(names);
  const parts = [filled(choose, choose.pick(greetings), name)];
  const body = filled(choose, choose.pick(choose.chance(0.5) ? requests : statements), name);
  const [plainReason, formalReason] = choose.chance(0.5) ? choose.pick(reasons) : ['', ''];
  if (plainReason !== '' && !body[0].endsWith('?')) {
    parts.push([`${body[0]} ${plainReason}`, `${body[1].replace(/\.$/, '')}, ${formalReason}.`]);
  } else parts.push(body);
  if (choose.chance(0.3)) {
    const [plain, formal] = filled(choose, choose.pick(statements), name);
    parts.push([`also, ${plain}.`, `Besides: ${formal}`]);
  }
  parts.push(choose.pick(closings));
  return { prompt: joined(parts, 0), completion: joined(parts, 1) };
}

function filled(choose, [plain, formal], name) {
  const [thing, thingFormal] = choose.pick(things);
  const [when, whenFormal] = choose.pick(times);
  const formalFilled = formal
    .replace('{thingFormal}', thingFormal)
    .replace('{whenFormal}', whenFormal)
    .replace('{name}', titleCase(name));
  return [plain.replace('{thing}', thing).replace('{when}', when).replace('{name}', name), capitalised(formalFilled)];
}

const joined = (parts, side) => {
  const separator = side === 0 ? ' ' : '\n';
  return parts
    .map((part) => part[side])
    .filter(Boolean)
    .join(separator);
};

function withDirt(rows, choose) {
  const some = (count) => Array.from({ length: count }, () => choose.pick(rows));
  const dirt = [
    ...some(12), // exact duplicates
    ...some(6).map(({ prompt, completion }) => ({
      prompt,
      completion: completion.replaceAll('\n', ' ').toLowerCase(),
    })), // contradictions
    ...some(4).map(({ prompt }) => ({ prompt, completion: prompt })), // not rewritten at all
    ...some(2).map(({ prompt }) => ({ prompt, completion: '' })),
    {
      prompt: 'hi, my new mail is k.roe@example.net, pls use that',
      completion: 'Kindly use my new address, k.roe@example.net.',
    },
    { prompt: 'hola, puedes mandarme la factura?', completion: 'Le agradecería que me enviara la factura.' },
    '{"prompt": "hey there, got any news about the bill?", "completion": ',
  ];
  return choose.shuffle([...rows, ...dirt]);
}

const choose = new Chooser(SEED);
const rows = distinctRows(
  ROWS,
  () => makeRow(choose),
  ({ prompt }) => prompt,
);
writeRows(new URL('formal.jsonl', import.meta.url), withDirt(rows, choose));
