// The whole job, seven hyperparameters on 600 rows of banking77: how soon ours has the validation loss with which Optuna around Hugging Face's
// Trainer and PEFT ends. One after the other, each with the whole machine for the same time.
// usage: npm run benchmark -- whole-job MODEL_DIRECTORY BANKING77_CSV [--minutes 25] [--seed 0] [--save FILE] [--peer FILE]
//   --peer  takes the peer's side from the FILE of an earlier run on this machine
// GOLDILOCKS_PYTHON names a Python with optuna, torch, transformers and peft.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { prepare } from './prepare.mjs';

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '25' },
    seed: { type: 'string', default: '0' },
    save: { type: 'string' },
    peer: { type: 'string' },
  },
});
const [model, csv] = positionals;
if (!csv) {
  console.error("Give a model directory in Hugging Face format and banking77's train.csv.");
  process.exit(2);
}
const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'goldilocks-benchmark-'));
const { data, tokens } = await prepare({ model, csv, folder });
const { minutes, seed } = options;

const python = process.env.GOLDILOCKS_PYTHON ?? 'python3';
const peer = options.peer
  ? JSON.parse(readFileSync(options.peer, 'utf8')).peer
  : await follow(python, ['-W', 'ignore', file('optuna_trainer.py'), tokens, folder, minutes, seed]);
if (options.save) writeFileSync(options.save, JSON.stringify({ peer }));
const ours = await follow(process.execPath, [file('goldilocks.mjs'), data, model, folder, minutes, seed]);
if (options.save) writeFileSync(options.save, JSON.stringify({ peer, ours }));
rmSync(folder, { recursive: true });

const theirs = bests(peer).at(-1);
const reached = bests(ours).find(({ loss }) => loss <= theirs.loss);
const result = {
  benchmark: 'whole-job',
  minutes: Number(minutes),
  peer: { ...theirs, trials: peer.at(-1).trials },
  ours: bests(ours).at(-1),
  /** Until ours is at least as good as the peer ends; null where it never was. */
  reachedAfterSeconds: reached?.seconds ?? null,
  /** Against when the peer was there first, and against all its time. */
  timesFaster: reached ? theirs.seconds / reached.seconds : null,
  timesFasterThanBudget: reached ? (60 * Number(minutes)) / reached.seconds : null,
};
console.log(JSON.stringify(result));

/** Each measurement that is better than all before. */
function bests(notes) {
  let best = Number.POSITIVE_INFINITY;
  return notes.filter(({ loss }) => {
    if (!(loss < best)) return false;
    best = loss;
    return true;
  });
}

/** @returns {Promise<object[]>} the lines of JSON that the command prints */
async function follow(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  const notes = [];
  for await (const line of createInterface({ input: child.stdout })) {
    // Trainer prints lines of its own, in Python's notation.
    if (!line.startsWith('{"')) continue;
    console.log(line);
    notes.push(JSON.parse(line));
  }
  const code = await closed;
  if (code !== 0) throw new Error(`${command} ended with code ${code}.`);
  return notes;
}
