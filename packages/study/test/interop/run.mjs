/**
 * Checks with Python Optuna that both libraries read the same from one database, whoever wrote it, go on with each
 * other's studies, and work on one at the same time; and that optuna-dashboard shows a study of ours.
 *
 * Usage: node packages/study/test/interop/run.mjs [SQLite | PostgreSQL], after the build; GOLDILOCKS_PYTHON names a Python with optuna 5 and
 * optuna-dashboard (default python3). On SQLite, and on the PostgreSQL server that GOLDILOCKS_POSTGRES names, for which
 * Python needs psycopg2: see .ci/with-postgres. Ends with 1 at the first difference.
 */

import { deepStrictEqual, ok } from 'node:assert/strict';
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createStudy, openStorage } from '@goldilocks/study';
import pg from 'pg';
import { checkArtifacts } from './artifacts.mjs';
import { checkDashboard } from './dashboard.mjs';
import { dump, goOn, write } from './our-side.mjs';

const TRIALS = 1000;
const WAITING = 60;

const python = process.env.GOLDILOCKS_PYTHON ?? 'python3';
const script = fileURLToPath(new URL('optuna_side.py', import.meta.url));
const server = process.env.GOLDILOCKS_POSTGRES;
const folder = mkdtempSync(join(tmpdir(), 'goldilocks-interop-'));

/** Makes empty databases of a kind; gives their URLs. */
const kinds = {
  SQLite: async (name) => `sqlite:///${join(folder, `${name}.db`)}`,
  ...(server && { PostgreSQL: newDatabase }),
};
const [only] = process.argv.slice(2);

async function newDatabase(name) {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`CREATE DATABASE interop_${name}`);
  await client.end();
  const url = new URL(server);
  url.pathname = `/interop_${name}`;
  // With the driver that Python is to use.
  return url.href.replace('postgresql:', 'postgresql+psycopg2:');
}

async function optuna(...args) {
  const { stdout } = await promisify(execFile)(python, ['-W', 'ignore', script, ...args], { maxBuffer: 2 ** 26 });
  return stdout;
}

/** Both libraries' reading of a database must be the same; returns it. */
async function compare(url, what) {
  const [ours, theirs] = [await dump(url), JSON.parse(await optuna('dump', url))];
  deepStrictEqual(ours, theirs, `${what}: the two libraries read different things`);
  const [study] = ours;
  const states = study.trials.length > 50 ? '' : `, states ${study.trials.map(({ state }) => state[0]).join('')}`;
  console.log(`ok  ${what}: ${study.trials.length} trials${states}`);
  return ours;
}

function expectGoneOn(before, after) {
  deepStrictEqual(after[0].trials.slice(0, 14), before[0].trials.slice(0, 14), 'finished trials changed');
  ok(after[0].trials.length >= before[0].trials.length + 3, 'no new trials');
  const waited = after[0].trials[15];
  deepStrictEqual([waited.state, waited.params.epochs], ['COMPLETE', 2], 'the enqueued trial');
}

async function theirsThenOurs(url) {
  await optuna('write', url, 'theirs ☃');
  const before = await compare(url, 'written by Optuna');
  await goOn(url, 'theirs ☃');
  expectGoneOn(before, await compare(url, 'and continued by us'));
  await optuna('continue', url, 'theirs ☃');
  await compare(url, 'and again by Optuna');
}

async function oursThenTheirs(url) {
  await write(url, 'ours ☃');
  const before = await compare(url, 'written by us');
  await optuna('continue', url, 'ours ☃');
  expectGoneOn(before, await compare(url, 'and continued by Optuna'));
  await goOn(url, 'ours ☃');
  await compare(url, 'and again by us');
}

/** Two processes of ours and two of Optuna's on one study, which at first holds waiting trials. */
async function together(url, kind) {
  const started = performance.now();
  const storage = await openStorage(url);
  const study = await createStudy({ storage, name: 'a' });
  for (let i = 0; i < WAITING; i++) await study.enqueue({ x: i % 20 });
  const share = String(TRIALS / 4);
  const ours = () => runOurs(url, share);
  const theirs = async () => JSON.parse(await optuna('work', url, 'a', share));
  // On SQLite two processes of Optuna can claim one waiting trial, so there the second comes when none waits.
  const queueEmpty = async () => {
    while (kind === 'SQLite' && (await study.trials()).some(({ state }) => state === 'WAITING')) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const runs = await Promise.all([ours(), ours(), theirs(), queueEmpty().then(theirs)]);
  await storage.close();
  const seconds = (performance.now() - started) / 1000;
  const [{ trials }] = await compare(url, `written by four processes at once in ${seconds.toFixed(0)} s`);
  const numbers = Array.from({ length: TRIALS }, (_, i) => i);
  deepStrictEqual(
    trials.map(({ number }) => number),
    numbers,
    'a number is missing',
  );
  deepStrictEqual(
    runs.flat().sort((a, b) => a - b),
    numbers,
    'a trial was claimed twice',
  );
  for (const { number, state, values, params, intermediate } of trials) {
    deepStrictEqual([state, values, intermediate], ['COMPLETE', [params.x], { 1: params.x }], 'a lost write');
    if (number < WAITING) deepStrictEqual(params.x, number % 20, 'an enqueued parameter');
  }
}

async function runOurs(url, trials) {
  const child = fork(new URL('../study-worker.mjs', import.meta.url), [url, 'a', trials]);
  const numbers = [];
  child.on('message', (number) => numbers.push(number));
  const [code] = await once(child, 'exit');
  deepStrictEqual(code, 0, 'a worker of ours failed');
  return numbers;
}

try {
  for (const [kind, newUrl] of Object.entries(kinds)) {
    if (only && kind !== only) continue;
    console.log(`── ${kind}`);
    await theirsThenOurs(await newUrl('theirs'));
    const url = await newUrl('ours');
    await oursThenTheirs(url);
    await checkDashboard(python, url);
    await checkArtifacts(optuna, url, join(folder, `artifacts of ${kind}`));
    await together(await newUrl('together'), kind);
  }
} finally {
  rmSync(folder, { recursive: true });
}
