import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followJob } from './follow-job.js';
import { RayClient } from './ray-client.js';
import { FakeRay, hangUp, unavailable } from './testing/fake-ray.js';

let ray: FakeRay;
let client: RayClient;
beforeEach(async () => {
  ray = await FakeRay.start();
  client = new RayClient({ address: ray.address, patienceSeconds: 300 });
});
afterEach(() => ray.stop());

const job = { submissionId: 'a-1', entrypoint: 'exec true', env: { X: '1' }, cpus: 2, gpus: 0.5 };

describe('a client of Ray', () => {
  it('submits with resources and environment, and not as a browser would', async () => {
    await client.submit(job);
    expect(ray.jobs.get('a-1')!.body).toEqual({
      submission_id: 'a-1',
      entrypoint: 'exec true',
      runtime_env: { env_vars: { X: '1' } },
      entrypoint_num_cpus: 2,
      entrypoint_num_gpus: 0.5,
    });
    const names = Object.keys(ray.requests[0]!.headers);
    // Ray refuses to submit for what looks like a browser (dashboard/optional_utils.py).
    expect(names.filter((name) => /^sec-fetch|^origin$|^referer$|^user-agent$/.test(name))).toEqual([]);
  });

  it('sends a token as bearer', async () => {
    await new RayClient({ address: ray.address, token: 'secret' }).version();
    expect(ray.requests[0]!.headers.authorization).toBe('Bearer secret');
  });

  it('tries again while Ray cannot answer', async () => {
    ray.faults.push(unavailable, hangUp);
    expect(await client.version()).toBe('2.60.0');
    expect(ray.requests).toHaveLength(3);
  });

  it('does not start a job twice when the answer to the first try was lost', async () => {
    ray.faults.push(hangUp);
    await client.submit(job);
    expect(ray.requests.map(({ method }) => method)).toEqual(['POST', 'POST']);
    expect(ray.jobs.size).toBe(1);
  });

  it('refuses the id of a job that was there before', async () => {
    await client.submit(job);
    await expect(client.submit(job)).rejects.toThrow(/refused the job a-1 \(500: .*already exists/);
  });

  it('gives up when patience is over, and says what was tried', async () => {
    const hasty = new RayClient({ address: ray.address, patienceSeconds: 0.3 });
    await ray.stop();
    await expect(hasty.status('a-1')).rejects.toThrow(/has not answered for 0.3 s .*ECONNREFUSED/);
    ray = await FakeRay.start(); // for afterEach
  });

  it('asks for a token where one is missing', async () => {
    ray.faults.push((_, response) => {
      response.writeHead(401);
      response.end('no token');
      return true;
    });
    await expect(client.version()).rejects.toThrow(/401: no token\)\. It asks for a token: set RAY_AUTH_TOKEN/);
  });

  it('refuses what is no address', () => {
    expect(() => new RayClient({ address: 'localhost:8265' })).toThrow(/is no address of Ray/);
  });

  it('stops and deletes; what is not there is as good as stopped', async () => {
    await client.submit(job);
    await client.stop('a-1');
    expect((await client.status('a-1'))!.status).toBe('STOPPED');
    await client.delete('a-1');
    expect(await client.status('a-1')).toBeUndefined();
    await client.stop('a-1');
    await client.delete('a-1');
    expect(await client.logs('a-1')).toBe('');
  });
});

describe('following a job', () => {
  async function follow(change: (lines: string[]) => void, everyMs = 5) {
    await client.submit(job);
    const lines: string[] = [];
    const end = followJob(client, 'a-1', { onLine: (line) => void lines.push(line), everyMs });
    change(lines);
    return { end: await end, lines };
  }
  const later = (ms: number, what: () => void) => setTimeout(what, ms);

  it('hands on each line once, as the log grows, and the last without its end', async () => {
    const state = () => ray.jobs.get('a-1')!;
    const { end, lines } = await follow(() => {
      Object.assign(state(), { status: 'RUNNING', logs: 'one\ntw' });
      later(60, () => Object.assign(state(), { logs: 'one\ntwo — ü\nthree' }));
      later(120, () => Object.assign(state(), { status: 'SUCCEEDED', logs: 'one\ntwo — ü\nthree' }));
    });
    expect(lines).toEqual(['one', 'two — ü', 'three']);
    expect(end).toEqual({ kind: 'exited', code: 0 });
  });

  it.each([
    [
      { status: 'FAILED', exitCode: 3 },
      { kind: 'exited', code: 3 },
    ],
    [
      { status: 'FAILED', exitCode: -9 },
      { kind: 'signalled', signal: 'SIGKILL' },
    ],
    [{ status: 'STOPPED' }, { kind: 'signalled', signal: 'SIGTERM' }],
    [
      { status: 'FAILED', message: 'node died\nmore' },
      { kind: 'lost', reason: 'node died' },
    ],
  ])('tells how it ended: %j', async (change, expected) => {
    const { end } = await follow(() => Object.assign(ray.jobs.get('a-1')!, change));
    expect(end).toEqual(expected);
  });

  it('a job that a restarted Ray does not know is lost', async () => {
    const { end } = await follow(() => ray.jobs.clear());
    expect(end).toEqual({ kind: 'lost', reason: 'Ray does not know the job any more' });
  });

  it('waits while Ray is gone and goes on when it is back', async () => {
    const { end } = await follow(() => {
      ray.faults.push(hangUp, unavailable, hangUp);
      Object.assign(ray.jobs.get('a-1')!, { status: 'SUCCEEDED' });
    });
    expect(end).toEqual({ kind: 'exited', code: 0 });
  });
});
