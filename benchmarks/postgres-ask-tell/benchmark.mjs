// Asks and tells a second of several worker processes on one study of one PostgreSQL server, seven mixed parameters, durable.
// usage: npm run benchmark -- postgres-ask-tell [workers] [seconds]     starts a server of its own unless GOLDILOCKS_POSTGRES names one
import { fork, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createStudy, openStorage } from '@goldilocks/study';
import pg from 'pg';
import { median } from '../alternate.mjs';
import { serverCpuMs } from './server-cpu.mjs';

const [workers = '8', seconds = '10'] = process.argv.slice(2);
const WARM_UP = 400;
const url = process.env.GOLDILOCKS_POSTGRES;
if (!url) {
  const command = [process.execPath, fileURLToPath(new URL('../run.mjs', import.meta.url)), 'postgres-ask-tell'];
  const withServer = fileURLToPath(new URL('../../.ci/with-postgres', import.meta.url));
  process.exit(spawnSync(withServer, [...command, workers, seconds], { stdio: 'inherit' }).status ?? 1);
}

const storage = await openStorage(url);
const observer = new pg.Client({ connectionString: url });
await observer.connect();
const { pid } = (await observer.query('SELECT pg_backend_pid() AS pid')).rows[0];
const summary = {};
for (const sampler of ['random', 'tpe']) summary[sampler] = await measure(sampler);
await storage.close();
await observer.end();
console.table(summary);
console.log(
  JSON.stringify({
    benchmark: 'postgres-ask-tell',
    workers: +workers,
    seconds: +seconds,
    node: process.version,
    summary,
  }),
);

async function measure(sampler) {
  const name = `benchmark-${sampler}-${process.pid}`;
  await createStudy({ storage, name });
  const file = new URL('worker.mjs', import.meta.url);
  const children = Array.from({ length: +workers }, () => fork(file, [url, name, sampler, seconds, WARM_UP]));
  await Promise.all(children.map((child) => message(child)));
  const results = children.map((child) => message(child));
  const serverBefore = serverCpuMs(pid);
  for (const child of children) child.send('start');
  const runs = await Promise.all(results);
  const serverMs = serverCpuMs(pid) - serverBefore;
  for (const child of children) child.send('end');
  const milliseconds = runs.flatMap((run) => run.milliseconds);
  const elapsed = Math.max(...runs.map((run) => run.seconds));
  const trials = await storage.getTrials((await storage.findStudy(name)).id);
  if (trials.length !== milliseconds.length + WARM_UP * workers || trials.some(({ number }, i) => number !== i)) {
    throw new Error(`${trials.length} trials stored, ${milliseconds.length + WARM_UP * workers} run.`);
  }
  return {
    trials: milliseconds.length,
    trialsPerSecond: milliseconds.length / elapsed,
    medianMs: median(milliseconds),
    workerCpuMsPerTrial: runs.reduce((sum, run) => sum + run.cpuMs, 0) / milliseconds.length,
    serverCpuMsPerTrial: serverMs / milliseconds.length,
  };
}

function message(child) {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`a worker ended with ${code}`)));
  });
}
