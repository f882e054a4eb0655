/**
 * Checks with Python Optuna that both libraries read the same from one file, whoever wrote it, go on with each other's
 * studies, and work on one at the same time. Usage: node packages/study/test/interop/run.mjs, after the build;
 * GOLDILOCKS_PYTHON names a Python with optuna 5 (default python3). Ends with 1 at the first difference.
 */

import { deepStrictEqual, ok } from 'node:assert/strict';
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createStudy, loadStudy, SqliteStorage } from '@goldilocks/study';
import { dump, goOn, write } from './our-side.mjs';

const python = process.env.GOLDILOCKS_PYTHON ?? 'python3';
const script = fileURLToPath(new URL('optuna_side.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'goldilocks-interop-'));

async function optuna(...args) {
  const { stdout } = await promisify(execFile)(python, ['-W', 'ignore', script, ...args], { maxBuffer: 2 ** 26 });
  return stdout;
}

/** Both libraries' reading of a file must be the same; returns it. */
async function compare(path, what) {
  const [ours, theirs] = [await dump(path), JSON.parse(await optuna('dump', path))];
  deepStrictEqual(ours, theirs, `${what}: the two libraries read different things`);
  const [study] = ours;
  console.log(
    `ok  ${what}: ${study.trials.length} trials, states ${study.trials.map(({ state }) => state[0]).join('')}`,
  );
  return ours;
}

function expectGoneOn(before, after) {
  deepStrictEqual(after[0].trials.slice(0, 14), before[0].trials.slice(0, 14), 'finished trials changed');
  ok(after[0].trials.length >= before[0].trials.length + 3, 'no new trials');
  const waited = after[0].trials[15];
  deepStrictEqual([waited.state, waited.params.epochs], ['COMPLETE', 2], 'the enqueued trial');
}

async function theirsThenOurs() {
  const path = join(folder, 'theirs.db');
  await optuna('write', path, 'theirs ☃');
  const before = await compare(path, 'written by Optuna');
  await goOn(path, 'theirs ☃');
  expectGoneOn(before, await compare(path, 'and continued by us'));
  await optuna('continue', path, 'theirs ☃');
  await compare(path, 'and again by Optuna');
}

async function oursThenTheirs() {
  const path = join(folder, 'ours.db');
  await write(path, 'ours ☃');
  const before = await compare(path, 'written by us');
  await optuna('continue', path, 'ours ☃');
  expectGoneOn(before, await compare(path, 'and continued by Optuna'));
  await goOn(path, 'ours ☃');
  await compare(path, 'and again by us');
}

/** Two processes of ours and two of Optuna's on one study. */
async function together() {
  const path = join(folder, 'together.db');
  const study = await createStudy({ storage: await SqliteStorage.open(path), name: 'a' });
  const worker = new URL('../sqlite-worker.mjs', import.meta.url);
  const ours = Array.from({ length: 2 }, async () => {
    const [code] = await once(fork(worker, [path, 'a', '20']), 'exit');
    deepStrictEqual(code, 0, 'a worker of ours failed');
  });
  await Promise.all([...ours, optuna('work', path, 'a'), optuna('work', path, 'a')]);
  await study.storage.close();
  const [{ trials }] = await compare(path, 'written by four processes at once');
  deepStrictEqual(
    trials.map(({ number }) => number),
    Array.from({ length: 80 }, (_, i) => i),
    'numbers',
  );
  for (const { state, values, params, intermediate } of trials) {
    deepStrictEqual([state, values, intermediate], ['COMPLETE', [params.x], { 1: params.x }], 'a lost write');
  }
  const storage = await SqliteStorage.open(path);
  ok((await (await loadStudy({ storage, name: 'a' })).bestTrial()).values[0] >= 0);
  await storage.close();
}

try {
  await theirsThenOurs();
  await oursThenTheirs();
  await together();
} finally {
  rmSync(folder, { recursive: true });
}
