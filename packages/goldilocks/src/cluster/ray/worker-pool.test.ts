import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RayClient } from './ray-client.js';
import { type FakeJob, FakeRay } from './testing/fake-ray.js';
import { WorkerPool } from './worker-pool.js';

let ray: FakeRay;
let folder: string;
let notices: string[];
beforeEach(async () => {
  ray = await FakeRay.start();
  folder = await mkdtemp(join(tmpdir(), 'goldilocks-pool-'));
  notices = [];
});
afterEach(async () => {
  await ray.stop();
  await rm(folder, { recursive: true });
});

function start(workerCommand?: string): Promise<WorkerPool> {
  return WorkerPool.start({
    client: new RayClient({ address: ray.address, patienceSeconds: 300 }),
    study: 'my study',
    cluster: {
      on: { kind: 'ray', address: ray.address },
      storage: 'postgresql://me:secret@db/studies',
      workers: 2,
      gpus: 1,
      workerCommand,
    },
    logDirectory: join(folder, 'logs'),
    stateDirectory: '/data/.goldilocks',
    notice: (text) => void notices.push(text),
    everyMs: 5,
  });
}

async function jobs(count: number): Promise<FakeJob[]> {
  while (ray.jobs.size < count) await sleep(5);
  return [...ray.jobs.values()];
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

/** What the pool's check says once it objects. */
async function objection(pool: WorkerPool): Promise<Error> {
  for (; ; await sleep(5)) {
    try {
      pool.check();
    } catch (error) {
      return error as Error;
    }
  }
}

it('starts workers with their resources; the URL goes by the environment alone', async () => {
  const pool = await start();
  const [first] = await jobs(2);
  expect(first!.body).toMatchObject({ entrypoint_num_cpus: 1, entrypoint_num_gpus: 1 });
  expect(first!.body.entrypoint).toMatch(
    /^exec \S+node \S+goldilocks\.js worker --study 'my study' --state \/data\/\.goldilocks$/,
  );
  const { runtime_env, ...rest } = first!.body as { runtime_env: { env_vars: Record<string, string> } };
  expect(runtime_env.env_vars.GOLDILOCKS_STORAGE).toBe('postgresql://me:secret@db/studies');
  expect(JSON.stringify(rest)).not.toContain('secret');
  await pool.close();
  expect([...ray.jobs.values()].map(({ status }) => status)).toEqual(['STOPPED', 'STOPPED']);
});

it('calls workers elsewhere as it is told, and names no folder of this machine', async () => {
  const pool = await start('npx goldilocks');
  const [first] = await jobs(2);
  expect(first!.body.entrypoint).toBe("exec npx goldilocks worker --study 'my study'");
  await pool.close();
});

it('starts a lost or killed worker again, once; and says when none is left', async () => {
  const pool = await start();
  const [first, second] = await jobs(2);
  Object.assign(second!, { status: 'SUCCEEDED', logs: 'done\n' });
  Object.assign(first!, { status: 'FAILED', exitCode: -9, logs: 'trial 3 starts\n' });
  const third = (await jobs(3))[2]!;
  expect(notices).toEqual([
    expect.stringMatching(/^Worker \d was ended by SIGKILL \(«trial 3 starts»\); it is started again/),
  ]);
  pool.check();
  Object.assign(third, { status: 'FAILED', message: 'the node died' });
  expect((await objection(pool)).message).toMatch(
    /All workers have ended before the search .*was lost: the node died.*goldilocks resume 'my study'/,
  );
  expect(notices).toHaveLength(2);
  const logs = await readdir(join(folder, 'logs'));
  expect(logs).toHaveLength(3);
  const kept = await Promise.all(logs.map((log) => readFile(join(folder, 'logs', log), 'utf8')));
  expect(kept.sort()).toEqual(['', 'done\n', 'trial 3 starts\n']);
  await pool.close();
});

it('does not start a worker again that says what is wrong', async () => {
  const pool = await start();
  for (const job of await jobs(2))
    Object.assign(job, { status: 'FAILED', exitCode: 2, logs: 'This machine has no data.\n' });
  await until(() => notices.length === 2);
  expect(notices[0]).toMatch(/ended with code 2 \(«This machine has no data\.»\)/);
  expect(ray.jobs.size).toBe(2);
  expect((await objection(pool)).message).toMatch(/This machine has no data/);
  await pool.close();
});
