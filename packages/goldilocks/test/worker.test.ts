// Workers as processes: they share a study, give trials back, and say what a machine lacks.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadStudy, openStorage, type Study } from '@goldilocks/study';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sharedTrials } from '../src/cluster/shared-trials.js';
import { ended, goldilocks, start } from './command-line.js';
import { jsonLines, smallRows } from './small-data.js';
import { writeTinyModel } from './tiny-model.js';

let cwd: string;
let storage: string;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'goldilocks-worker-'));
  storage = join(cwd, 'shared.db');
  await writeTinyModel(join(cwd, 'tiny'));
  writeFileSync(join(cwd, 'small.jsonl'), jsonLines(smallRows(60)));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const beginArgs = (study: string, trials: string) => [
  ...['run', 'small.jsonl', '--model', './tiny', '--method', 'full', '--epochs', '1', '--out', `out-${study}`],
  ...['--trials', trials, '--study', study, '--on', 'workers', '--storage', storage, '--heartbeat', '1', '--no-prune'],
];
/** A machine of its own: its runs are not where the one that began looks for them. */
const workerArgs = (study: string) => [
  'worker',
  '--storage',
  storage,
  '--study',
  study,
  '--state',
  'elsewhere',
  '--json',
];

/** Begins a search and waits until its trials lie in the queue. */
async function begin(study: string, trials: string) {
  const run = start(beginArgs(study, trials), { cwd });
  const finished = ended(run);
  const shared = await openStorage(storage);
  for (const until = Date.now() + 120_000; Date.now() < until; await sleep(200)) {
    const found = await loadStudy({ storage: shared, name: study }).catch(() => undefined);
    if (found !== undefined && (await found.userAttributes())['goldilocks:job'] !== undefined)
      return { run, finished, study: found };
  }
  throw new Error(`The search did not begin: ${(await finished).stderr}`);
}

async function runningTrial(study: Study): Promise<void> {
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(20)) {
    if ((await study.trials()).some(({ state }) => state === 'RUNNING')) return;
  }
  throw new Error('No trial was started.');
}

it('a search ends with the trials of workers, one of which was told to stop in the middle', async () => {
  const { finished, study } = await begin('tune', '4');
  const first = start(workerArgs('tune'), { cwd });
  const stopped = ended(first);
  await runningTrial(study);
  first.kill('SIGTERM');
  const left = await stopped;
  expect(left.code, left.stderr).toBe(0);
  expect(JSON.parse(left.stdout)).toMatchObject({ study: 'tune', stopped: true });

  const others = await Promise.all([goldilocks(workerArgs('tune'), { cwd }), goldilocks(workerArgs('tune'), { cwd })]);
  const taken = others.map(({ stdout, stderr }) => {
    expect(stdout, stderr).not.toBe('');
    return JSON.parse(stdout) as { trials: Record<string, number>; stopped: boolean };
  });
  expect(taken.map((result) => result.stopped)).toEqual([false, false]);
  const { code, stderr } = await finished;
  expect(code, stderr).toBe(0);
  const trials = await sharedTrials(study);
  expect(trials.map(({ number, state }) => [number, state])).toEqual([0, 1, 2, 3].map((i) => [i, 'complete']));
  expect(trials.every(({ values }) => values.length === 3)).toBe(true);
  expect(stderr).toContain('goldilocks worker --storage');
  const report = await goldilocks(['report', 'tune', '--json'], { cwd });
  expect(JSON.parse(report.stdout).report.trials).toHaveLength(4);
});

it('says what a machine lacks, and refuses other data', async () => {
  const { run, finished, study } = await begin('lacking', '2');
  const missing = await goldilocks([...workerArgs('lacking'), '--data', '/nowhere/small.jsonl'], { cwd });
  expect([missing.code, missing.stderr]).toEqual([
    2,
    expect.stringContaining('This machine has no /nowhere/small.jsonl'),
  ]);
  const noModel = await goldilocks([...workerArgs('lacking'), '--model', '/nowhere/tiny'], { cwd });
  expect([noModel.code, noModel.stderr]).toEqual([
    2,
    expect.stringContaining('This machine has no model /nowhere/tiny'),
  ]);
  writeFileSync(join(cwd, 'other.jsonl'), jsonLines(smallRows(54)));
  const other = await goldilocks([...workerArgs('lacking'), '--data', 'other.jsonl'], { cwd });
  expect([other.code, other.stderr]).toEqual([2, expect.stringMatching(/other\.jsonl have changed since the study/)]);
  const unknown = await goldilocks(workerArgs('unknown'), { cwd });
  expect([unknown.code, unknown.stderr]).toEqual([
    expect.any(Number),
    expect.stringContaining("has no study 'unknown'"),
  ]);
  expect(unknown.code).not.toBe(0);
  expect((await study.trials()).every(({ state }) => state === 'WAITING')).toBe(true);

  run.kill('SIGINT');
  const left = await finished;
  expect([left.code, left.stderr]).toEqual([130, expect.stringContaining('goldilocks resume lacking')]);
  const again = goldilocks(['resume', 'lacking'], { cwd });
  const worker = await goldilocks(workerArgs('lacking'), { cwd });
  expect(JSON.parse(worker.stdout).trials.complete).toBe(2);
  const resumed = await again;
  expect(resumed.code, resumed.stderr).toBe(0);
});

it('flags of other machines that are missing or of no use are bad usage', async () => {
  const flags = ['run', 'small.jsonl', '--model', './tiny', '--out', 'none'];
  const cases: [string[], RegExp][] = [
    [[...flags, '--on', 'workers'], /name the database that all machines share/],
    [[...flags, '--workers', '2'], /say which with --on/],
    [[...flags, '--on', 'slurm', '--storage', storage], /is no place for trials/],
    [['worker', '--study', 'tune'], /Name the database with --storage/],
    [['worker', '--storage', 'mysql://x/y', '--study', 'tune'], /cannot be kept at a URL that begins with mysql/],
  ];
  for (const [args, expected] of cases) {
    const { code, stderr } = await goldilocks(args, { cwd, env: { GOLDILOCKS_STORAGE: '' } });
    expect([code, stderr], args.join(' ')).toEqual([expect.any(Number), expect.stringMatching(expected)]);
    expect(code, args.join(' ')).not.toBe(0);
  }
});
