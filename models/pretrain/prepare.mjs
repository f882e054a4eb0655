// Encodes the corpus into train.bin and heldout.bin: 16-bit little-endian token ids, each document ended by <|endoftext|>.
//
//   node models/pretrain/prepare.mjs WORK_FOLDER MODEL_FOLDER
//
// Training documents and questions are shuffled once, with a fixed seed. Prints and saves sizes in prepare.json.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeEncoder, readMerges, SPECIAL_TOKENS } from './byte-level.mjs';
import { readDocuments } from './documents.mjs';

const END = SPECIAL_TOKENS.indexOf('<|endoftext|>');
const USER = SPECIAL_TOKENS.indexOf('<|user|>');
const ASSISTANT = SPECIAL_TOKENS.indexOf('<|assistant|>');
/** Longer documents are cut into passages, so that shuffling mixes the sources within a batch. */
const PASSAGE_TOKENS = 2048;
/** Questions are short; they are kept together by this many, a passage's length. */
const QUESTIONS_TOGETHER = 40;

function passages(ids) {
  const out = [];
  for (let i = 0; i < ids.length; i += PASSAGE_TOKENS) out.push(ids.slice(i, i + PASSAGE_TOKENS));
  out.at(-1).push(END);
  return out;
}

function questionPassages(turns, encode) {
  const out = [];
  for (let i = 0; i < turns.length; i += QUESTIONS_TOGETHER) {
    const turnIds = ([user, answer]) => [USER, ...encode(user), ASSISTANT, ...encode(answer), END];
    out.push(turns.slice(i, i + QUESTIONS_TOGETHER).flatMap(turnIds));
  }
  return out;
}

/** Order by a hash of the contents: a shuffle that needs no generator and is the same everywhere. */
function shuffled(lists) {
  const key = (ids) => createHash('sha256').update(Uint16Array.from(ids)).digest('hex');
  return lists
    .map((ids) => ({ ids, key: key(ids) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ ids }) => ids);
}

function main() {
  const [work, model] = process.argv.slice(2);
  if (!model) throw new Error('usage: node models/pretrain/prepare.mjs WORK_FOLDER MODEL_FOLDER');
  const encode = makeEncoder(readMerges(JSON.parse(readFileSync(join(model, 'tokenizer.json'), 'utf8'))));
  const train = readDocuments(join(work, 'train.jsonl')).flatMap(({ text }) => passages(encode(text)));
  const questions = questionPassages(readDocuments(join(work, 'questions.jsonl')), encode);
  const trainIds = shuffled([...train, ...questions]).flat();
  const heldout = readDocuments(join(work, 'heldout.jsonl'));
  const heldoutIds = heldout.flatMap(({ text }) => [...encode(text), END]);
  writeFileSync(join(work, 'train.bin'), Uint16Array.from(trainIds));
  writeFileSync(join(work, 'heldout.bin'), Uint16Array.from(heldoutIds));
  const sizes = {
    trainTokens: trainIds.length,
    heldoutTokens: heldoutIds.length,
    heldoutBytes: heldout.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0),
    heldoutDocuments: heldout.length,
  };
  writeFileSync(join(work, 'prepare.json'), `${JSON.stringify(sizes, null, 2)}\n`);
  console.log(sizes);
}

main();
