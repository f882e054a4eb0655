// Asks and tells a second of several worker processes on one study of one PostgreSQL server, seven mixed parameters, durable: ours, then Optuna.
// usage: npm run benchmark -- postgres-ask-tell [workers] [seconds] [milliseconds]     starts a server of its own unless
//        GOLDILOCKS_POSTGRES names one; with milliseconds each flush takes so much longer, as on a slow disk
//        (the server keeps that setting); GOLDILOCKS_PYTHON names a Python with optuna 5 and psycopg2
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createStudy, openStorage } from '@goldilocks/study';
import pg from 'pg';
import { median } from '../alternate.mjs';
import { serverCpuMs } from './server-cpu.mjs';

const [workers = '8', seconds = '10', flushMs = '0'] = process.argv.slice(2);
const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const url = process.env.GOLDILOCKS_POSTGRES;
if (!url) {
  const command = [process.execPath, file('../run.mjs'), 'postgres-ask-tell'];
  const { status } = spawnSync(file('../../.ci/with-postgres'), [...command, workers, seconds, flushMs], {
    stdio: 'inherit',
  });
  process.exit(status ?? 1);
}

/** Trials of each worker before the clock starts: ours until the code is compiled; Optuna's slow down with their number. */
const VARIANTS = {
  goldilocks: { warmUp: 400, command: [process.execPath, file('worker.mjs'), url] },
  optuna: {
    warmUp: 10,
    command: [process.env.GOLDILOCKS_PYTHON ?? 'python3', '-W', 'ignore', file('optuna_peer.py'), driverUrl(url)],
  },
};

const storage = await openStorage(url);
const observer = new pg.Client({ connectionString: url });
await observer.connect();
const { pid } = (await observer.query('SELECT pg_backend_pid() AS pid')).rows[0];
if (+flushMs > 0) {
  await observer.query(`ALTER SYSTEM SET commit_delay = ${Math.round(1000 * flushMs)}`);
  await observer.query('ALTER SYSTEM SET commit_siblings = 0');
  await observer.query('SELECT pg_reload_conf()');
}
const summary = {};
const ratios = {};
for (const sampler of ['random', 'tpe']) {
  for (const variant of Object.keys(VARIANTS)) summary[`${variant}, ${sampler}`] = await measure(variant, sampler);
  const rate = (variant) => summary[`${variant}, ${sampler}`].trialsPerSecond;
  ratios[sampler] = rate('goldilocks') / rate('optuna');
}
await storage.close();
await observer.end();
console.table(summary);
console.log(
  JSON.stringify({
    benchmark: 'postgres-ask-tell',
    workers: +workers,
    seconds: +seconds,
    flushMs: +flushMs,
    node: process.version,
    summary,
    ratios,
  }),
);

async function measure(variant, sampler) {
  const { warmUp, command } = VARIANTS[variant];
  const name = `benchmark-${variant}-${sampler}-${process.pid}`;
  await createStudy({ storage, name });
  const crew = Array.from({ length: +workers }, () => start([...command, name, sampler, seconds, `${warmUp}`]));
  await Promise.all(crew.map(({ line }) => line()));
  const serverBefore = serverCpuMs(pid);
  for (const { child } of crew) child.stdin.write('start\n');
  const runs = (await Promise.all(crew.map(({ line }) => line()))).map((text) => JSON.parse(text));
  const serverMs = serverCpuMs(pid) - serverBefore;
  for (const { child } of crew) child.stdin.end();
  const milliseconds = runs.flatMap((run) => run.milliseconds);
  const elapsed = Math.max(...runs.map((run) => run.seconds));
  const trials = await storage.getTrials((await storage.findStudy(name)).id);
  if (trials.length !== milliseconds.length + warmUp * workers || trials.some(({ number }, i) => number !== i)) {
    throw new Error(`${trials.length} trials stored, ${milliseconds.length + warmUp * workers} run.`);
  }
  return {
    trials: milliseconds.length,
    trialsPerSecond: milliseconds.length / elapsed,
    medianMs: median(milliseconds),
    workerCpuMsPerTrial: runs.reduce((sum, run) => sum + run.cpuMs, 0) / milliseconds.length,
    serverCpuMsPerTrial: serverMs / milliseconds.length,
  };
}

/** A worker: prints a line when it is warm and, after one from us, another with what it measured; ends with its input. */
function start([command, ...args]) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    line: async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error(`a worker ended early: ${[command, ...args].join(' ')}`);
      return value;
    },
  };
}

/** As SQLAlchemy reads it. */
function driverUrl(text) {
  return text.replace(/^postgres(ql)?:/, 'postgresql+psycopg2:');
}
