// A search on a real Ray and a real PostgreSQL: 8 trials of the shipped model over two workers, one of them killed in mid-trial, end as on
// one machine. Then any command through `optimize`'s launcher: exit codes, files, stopping.
//
// usage: .ci/with-postgres node packages/goldilocks/test/cluster/run.mjs     GOLDILOCKS_RAY and GOLDILOCKS_PYTHON name Ray's program and a Python with
// PyTorch (default: those of .venv)
import { deepStrictEqual, ok } from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createStudy, loadStudy, openStorage } from '@goldilocks/study';
import { readJob, writeJob } from '../../dist/cluster/shared-job.js';
import { sharedTrials } from '../../dist/cluster/shared-trials.js';
import { work } from '../../dist/cluster/worker/worker.js';
import { startRay } from './ray.mjs';

const path = (name) => fileURLToPath(new URL(`../../../../${name}`, import.meta.url));
process.env.GOLDILOCKS_PYTHON ??= path('.venv/bin/python');
const url = process.env.GOLDILOCKS_POSTGRES;
ok(url, 'start this with .ci/with-postgres');
const root = mkdtempSync(join(tmpdir(), 'goldilocks-cluster-'));
const data = join(root, 'feedback.jsonl');
writeFileSync(data, readFileSync(path('examples/feedback/feedback.jsonl'), 'utf8').split('\n').slice(0, 60).join('\n'));
const name = 'shared';
const started = Date.now();
const say = (text) => console.log(`${String(Math.round((Date.now() - started) / 1000)).padStart(4)} s  ${text}`);

/** Starts `goldilocks` and hands out its lines. */
function goldilocks(args, env = {}) {
  const child = spawn(process.execPath, [path('packages/goldilocks/bin/goldilocks.js'), ...args], {
    env: { ...process.env, ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  return { child, output: () => output, exit: once(child, 'close').then(([code]) => code) };
}

/** Waits until `find` gives something. */
async function until(what, find, seconds = 900) {
  for (const end = Date.now() + 1000 * seconds; Date.now() < end; await sleep(200)) {
    const found = await find();
    if (found) return found;
  }
  throw new Error(`${what} did not happen within ${seconds} s`);
}

/** Process ids of this test's workers. */
function workerProcesses() {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  const own = lines.filter(
    (line) => line.includes(` worker --study ${name} --state ${root}`) && !line.includes('sh -c'),
  );
  return own.map((line) => Number(line.trim().split(' ')[0]));
}

const flags = ['--seed', '3', '--epochs', '1', '--no-prune', '--heartbeat', '3', '--skip-bad-rows'];

async function searchWithAKill(ray, storage) {
  const run = goldilocks(
    [
      'run',
      data,
      '--trials',
      '8',
      '--out',
      join(root, 'out'),
      '--study',
      name,
      '--on',
      `ray=${ray.address}`,
      '--workers',
      '2',
      ...flags,
    ],
    { GOLDILOCKS_STORAGE: url },
  );
  run.exit.then(() => (run.ended = true));
  const study = await until('the study', async () => run.ended || loadStudy({ storage, name }).catch(() => undefined));
  ok(!run.ended, run.output());
  await until('two trials, one of them in its middle', async () => {
    if (run.ended) throw new Error(run.output());
    const workers = workerProcesses();
    if (workers.length < 2) return false;
    // While they stand still, what the trials say is so: two of them, so each worker has one.
    for (const pid of workers) process.kill(pid, 'SIGSTOP');
    try {
      const running = (await study.trials()).filter(({ state }) => state === 'RUNNING');
      if (running.length < 2 || running.every(({ intermediateValues }) => intermediateValues.size === 0)) return false;
      process.kill(workers.shift(), 'SIGKILL');
      return true;
    } finally {
      for (const pid of workers) process.kill(pid, 'SIGCONT');
    }
  });
  say('killed a worker in mid-trial');
  const code = await run.exit;
  ok(code === 0, `goldilocks run ended with ${code}:\n${run.output()}`);
  say('the journey is over');
  ok(!run.output().includes(new URL(url).password), 'the password is in the output');
  const all = await study.trials();
  const lost = all.filter(({ state }) => state === 'FAIL');
  ok(lost.length >= 1, `no trial was lost: ${all.map(({ state }) => state)}`);
  const trials = await sharedTrials(study);
  deepStrictEqual(
    trials.map(({ number }) => number),
    [0, 1, 2, 3, 4, 5, 6, 7],
  );
  deepStrictEqual(new Set(trials.map(({ state }) => state)), new Set(['complete']), 'a trial is missing');
  ok(
    all.some(({ systemAttributes, state }) => systemAttributes.failed_trial === lost[0].number && state === 'COMPLETE'),
  );
  say(`8 trials complete; trial ${lost.map(({ number }) => number)} was lost and run again`);
  return { study, trials, lost: lost[0].number };
}

/** Some of the same parameters, one after another in one worker with a SQLite file; the trial that was lost among them. */
async function sameHere({ study, trials, lost }) {
  const chosen = [0, 1, 2, 3, 4, 5, 6, 7].filter((number) => number === lost || number % 3 === 1);
  const storage = await openStorage(join(root, 'here.db'));
  const here = await createStudy({ storage, name });
  for (const number of chosen) await here.enqueue(trials[number].params);
  await writeJob(here, { ...(await readJob(study)), trials: chosen.length });
  await work({ storage: join(root, 'here.db'), study: name, stateDirectory: join(root, 'here') });
  const again = await sharedTrials(here);
  const differences = again.flatMap(({ values }, i) =>
    values.map((value, rung) => Math.abs(value - trials[chosen[i]].values[rung])),
  );
  say(`trials ${chosen} on one machine: largest difference of a value ${Math.max(...differences).toExponential(1)}`);
  ok(differences.length === 3 * chosen.length && Math.max(...differences) < 1e-5, `values differ: ${differences}`);
  await storage.close();
}

/** The recommended settings once more, trained by PyTorch: the same batches in the same order, so nearly the same losses. */
async function sameInPytorch({ study, trials }) {
  const storage = await openStorage(join(root, 'pytorch.db'));
  const here = await createStudy({ storage, name });
  await here.enqueue(trials[0].params);
  await writeJob(here, { ...(await readJob(study)), trials: 1, engine: 'pytorch' });
  await work({ storage: join(root, 'pytorch.db'), study: name, stateDirectory: join(root, 'pytorch') });
  const [{ values }] = await sharedTrials(here);
  const difference = Math.max(...values.map((value, rung) => Math.abs(value - trials[0].values[rung])));
  say(`trial 0 in PyTorch: largest difference of a value ${difference.toExponential(1)}`);
  ok(values.length === 3 && difference < 1e-2, `values differ: ${values} and ${trials[0].values}`);
  await storage.close();
}

/** Any command as a job of Ray: four at a time, with the parameters' file on the node; one that fails; stopped by Ctrl-C. */
async function commandsOnRay(ray) {
  const script = join(root, 'command.mjs');
  writeFileSync(
    script,
    `import { readFileSync } from 'node:fs';
     const { x } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
     if (process.argv[3] === 'wait') await new Promise((resolve) => setTimeout(resolve, 600_000));
     console.log(JSON.stringify({ loss: (x - 0.3) ** 2, step: 1 }));
     process.exitCode = process.argv[3] === 'fail' ? 3 : 0;`,
  );
  const space = join(root, 'space.json');
  writeFileSync(
    space,
    JSON.stringify({ parameters: { x: { type: 'float', low: 0, high: 1 } }, objectives: [{ metric: 'loss' }] }),
  );
  const optimize = (study, trials, how) => [
    'optimize',
    '--space',
    space,
    '--state',
    join(root, 'state'),
    '--study',
    study,
    '--trials',
    trials,
    '--concurrency',
    '2',
    '--on',
    `ray=${ray.address}`,
    '--json',
    '--',
    process.execPath,
    script,
    '{params_file}',
    how,
  ];
  const good = goldilocks(optimize('good', '4', 'go'));
  ok((await good.exit) === 0, good.output());
  const { best } = JSON.parse(good.output().trim().split('\n').at(-1));
  ok(Math.abs(best.values[0] - (best.params.x - 0.3) ** 2) < 1e-12, good.output());
  const bad = goldilocks(optimize('bad', '3', 'fail'));
  ok((await bad.exit) === 1 && /code 3/.test(bad.output()), bad.output());
  const long = goldilocks(optimize('long', '2', 'wait'));
  const isRunning = () =>
    execFileSync('ps', ['-eo', 'args='], { encoding: 'utf8' }).includes(`${script} ${join(root, 'state')}`);
  await until('a command on Ray', isRunning);
  long.child.kill('SIGINT');
  ok((await long.exit) === 130, long.output());
  await until('the end of the commands', () => !isRunning());
  say('commands on Ray: four well, three failed with their code, two stopped by Ctrl-C');
}

const ray = await startRay({
  command: process.env.GOLDILOCKS_RAY ?? path('.venv/bin/ray'),
  folder: join(root, 'ray'),
  cpus: 2,
});
say(`Ray answers at ${ray.address}`);
const storage = await openStorage(url);
try {
  await commandsOnRay(ray);
  const searched = await searchWithAKill(ray, storage);
  await sameHere(searched);
  await sameInPytorch(searched);
} finally {
  await storage.close();
  await ray.stop();
  rmSync(root, { recursive: true, force: true });
}
console.log('Cluster: passed');
