// What simpler models make of the same held-out text, in bits per byte: xz and a 5-gram model, both shown the training text first.
//
//   node models/pretrain/baselines.mjs WORK_FOLDER
//
// xz: (size of training + held-out text, compressed together) − (size of the training text, compressed), with a dictionary that
// spans all of it. 5-gram: see ngram.mjs; over the model's own tokens, document ends included.

import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDocuments } from './documents.mjs';
import { NgramModel } from './ngram.mjs';
import { readTokens } from './tokens.mjs';

const VOCABULARY = 4096;

function compressedSize(file) {
  execFileSync('xz', ['--keep', '--force', '--threads=1', '--lzma2=preset=9e,dict=128MiB', file]);
  return statSync(`${file}.xz`).size;
}

/** Bits per byte of the held-out text under xz, primed with the training text, and alone. */
function xzBits(work) {
  const text = (part) =>
    readDocuments(join(work, `${part}.jsonl`))
      .map((document) => document.text)
      .join('\n');
  const files = Object.fromEntries(['train', 'both', 'heldout'].map((name) => [name, join(work, `xz-${name}.txt`)]));
  const heldout = text('heldout');
  writeFileSync(files.train, text('train'));
  writeFileSync(files.both, `${text('train')}\n${heldout}`);
  writeFileSync(files.heldout, heldout);
  const bytes = Buffer.byteLength(heldout);
  const primed = compressedSize(files.both) - compressedSize(files.train);
  return { primed: (8 * primed) / bytes, alone: (8 * compressedSize(files.heldout)) / bytes };
}

function ngramBits(work, order) {
  const model = new NgramModel(readTokens(join(work, 'train.bin')), VOCABULARY, order);
  const { heldoutBytes } = JSON.parse(readFileSync(join(work, 'prepare.json'), 'utf8'));
  return model.bits(readTokens(join(work, 'heldout.bin'))) / heldoutBytes;
}

function main() {
  const work = process.argv[2];
  if (!work) throw new Error('usage: node models/pretrain/baselines.mjs WORK_FOLDER');
  const xz = xzBits(work);
  const result = {
    'xz -9e, shown the training text': xz.primed,
    'xz -9e, held-out text alone': xz.alone,
    '5-gram, modified Kneser-Ney': ngramBits(work, 5),
    '1-gram': ngramBits(work, 1),
  };
  writeFileSync(join(work, 'baselines.json'), `${JSON.stringify(result, null, 2)}\n`);
  console.log(result);
}

main();
