import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Launch } from '../../optimize/launcher.js';
import { RayClient } from './ray-client.js';
import { RayLauncher } from './ray-launcher.js';
import { FakeRay, unavailable } from './testing/fake-ray.js';

let ray: FakeRay;
let folder: string;
beforeEach(async () => {
  ray = await FakeRay.start();
  folder = await mkdtemp(join(tmpdir(), 'goldilocks-ray-'));
});
afterEach(async () => {
  await ray.stop();
  await rm(folder, { recursive: true });
});

const launcher = (patienceSeconds = 300) =>
  new RayLauncher({ client: new RayClient({ address: ray.address, patienceSeconds }), cpus: 2, gpus: 1, everyMs: 5 });

function launch(more: Partial<Launch> = {}): Launch & { lines: string[] } {
  const lines: string[] = [];
  return {
    purpose: 'trial 7',
    argv: ['cat', "it's/a file"],
    env: { LR: '1e-3' },
    workingDirectory: join(folder, 'trial'),
    trialDirectory: folder,
    files: [{ path: "trial/it's/a file", content: 'a "quoted" $line\n' }],
    onLine: ({ text }) => void lines.push(text),
    lines,
    ...more,
  };
}

it('the job’s line, read by a shell, places the files and becomes the command', async () => {
  const running = await launcher().start(launch());
  const { body } = ray.jobs.get(running.id)!;
  expect(running.id).toMatch(/^goldilocks-trial-7-/);
  expect(body).toMatchObject({ entrypoint_num_cpus: 2, entrypoint_num_gpus: 1 });
  expect((body.runtime_env as { env_vars: object }).env_vars).toMatchObject({ LR: '1e-3' });
  expect(execFileSync('sh', ['-c', String(body.entrypoint)], { encoding: 'utf8' })).toBe('a "quoted" $line\n');
  await running.stop(0);
});

it('lines and log come here; the exit is the command’s', async () => {
  const task = launch();
  const running = await launcher().start(task);
  Object.assign(ray.jobs.get(running.id)!, { status: 'FAILED', exitCode: 4, logs: 'loss 1\nloss 2\n' });
  expect(await running.exit).toEqual({ kind: 'exited', code: 4 });
  expect(task.lines).toEqual(['loss 1', 'loss 2']);
  expect(await readFile(join(folder, 'stdout.log'), 'utf8')).toBe('loss 1\nloss 2\n');
});

it('stops what runs when it is closed', async () => {
  const all = launcher();
  const running = await Promise.all([all.start(launch()), all.start(launch())]);
  await all.close();
  expect([...ray.jobs.values()].map(({ status }) => status)).toEqual(['STOPPED', 'STOPPED']);
  expect(await running[0]!.exit).toEqual({ kind: 'signalled', signal: 'SIGTERM' });
});

it('a Ray that refuses ends the search; one that goes away loses the trial', async () => {
  ray.faults.push((_, response) => {
    response.writeHead(400);
    response.end('ValueError: no such resource');
    return true;
  });
  await expect(launcher().start(launch())).rejects.toThrow(/trial 7 could not start.*no such resource/);
  const running = await launcher(0.2).start(launch());
  ray.faults.push(...Array.from({ length: 20 }, () => unavailable));
  expect(await running.exit).toMatchObject({ kind: 'lost', reason: expect.stringMatching(/has not answered/) });
});
