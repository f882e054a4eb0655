import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainExit } from './failure.js';
import { localEngine } from './local.js';

// Real processes that serve stand-in handlers: what is tested is the conversation, not the training.
const distribution = new URL('../../dist/workers/', import.meta.url).href;
const program = `
import { serve } from '${distribution}serve.js';
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
serve({
  async describe({ model }) {
    if (model === 'refused') throw Object.assign(new Error('No model at refused.'), { exitCode: 2 });
    if (model === 'bug') throw new TypeError('oops');
    if (model === 'crash') { process.stderr.write('native fault in op MatMul\\n'); process.abort(); }
    if (model === 'killed') process.kill(process.pid, 'SIGKILL');
    if (model === 'memory') { process.stderr.write('FATAL ERROR: JavaScript heap out of memory\\n'); process.abort(); }
    if (model === 'stuck') for (;;);
    return { name: model, pid: process.pid, allocator: process.env.MALLOC_MMAP_MAX_, telemetry: process.env.ORT_DISABLE_TELEMETRY };
  },
  async fineTune(input, { signal, emit }) {
    for (let step = 1; !signal.aborted; step++) { emit({ type: 'step', step }); await sleep(5); }
    return { outcome: 'interrupted' };
  },
  async evaluateLoss() { return { perExample: new Float32Array([1, 2]) }; },
});`;

let folder: string;
let entry: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'goldilocks-workers-'));
  entry = join(folder, 'child.mjs');
  await writeFile(entry, program);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const open = (options = {}) => localEngine({ entry, cacheDirectory: folder, ...options }).open('trial 3');
const input = { model: 'm' } as never;

describe('a training process', () => {
  it('runs operations in turn, in an environment of its own, and closes', async () => {
    const child = open();
    const first = await child.run('describe', { model: 'a' });
    expect(first).toMatchObject({ name: 'a', allocator: '0', telemetry: '1' });
    expect(await child.run('evaluateLoss', input)).toEqual({ perExample: new Float32Array([1, 2]) });
    await child.close();
    expect(() => process.kill((first as unknown as { pid: number }).pid, 0)).toThrow();
    await expect(child.run('describe', { model: 'a' })).rejects.toThrow(/closed/);
  });

  it('streams events, and stops when told', async () => {
    const child = open();
    const stop = new AbortController();
    const steps: number[] = [];
    const onEvent = (event: unknown) => {
      steps.push((event as { step: number }).step);
      if (steps.length === 3) stop.abort();
    };
    expect(await child.run('fineTune', input, { signal: stop.signal, onEvent })).toEqual({ outcome: 'interrupted' });
    expect(steps.slice(0, 3)).toEqual([1, 2, 3]);
    expect(await child.run('fineTune', input, { signal: AbortSignal.abort() })).toEqual({ outcome: 'interrupted' });
    await child.close();
  });

  it('passes on what an operation throws, and goes on', async () => {
    const child = open();
    await expect(child.run('describe', { model: 'refused' })).rejects.toMatchObject({ name: 'UserError', exitCode: 2 });
    await expect(child.run('describe', { model: 'bug' })).rejects.toMatchObject({
      name: 'TrialError',
      kind: 'TypeError',
    });
    expect(await child.run('describe', { model: 'b' })).toMatchObject({ name: 'b' });
    await child.close();
  });

  it.each([
    ['crash', 'error', /trial 3 ended by SIGABRT: .*native fault in op MatMul/s],
    ['killed', 'killed', /trial 3 was killed from outside/],
    ['memory', 'out-of-memory', /trial 3 ran out of memory/],
  ])('says why a process was lost: %s', async (model, reason, message) => {
    const child = open();
    const failure = await child.run('describe', { model }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'TrialFailure', reason, message: expect.stringMatching(message) });
    await expect(child.run('describe', { model: 'a' })).rejects.toBe(failure);
    await child.close();
  });

  it('ends a process that falls silent, and one that does not stop', async () => {
    const silent = open({ silenceSeconds: 1 });
    await expect(silent.run('describe', { model: 'stuck' })).rejects.toMatchObject({ reason: 'killed' });
    await silent.close();
    const deaf = open({ stopSeconds: 0.2 });
    await deaf.run('describe', { model: 'a' });
    const stuck = deaf.run('describe', { model: 'stuck' }, { signal: AbortSignal.timeout(50) });
    await expect(stuck).rejects.toMatchObject({ reason: 'killed' });
    await deaf.close();
  });

  it('ends with its parent', async () => {
    const parent = `
      import { localEngine } from '${distribution}local.js';
      const child = localEngine({ entry: ${JSON.stringify(entry)}, cacheDirectory: '.' }).open('x');
      console.log((await child.run('describe', { model: 'a' })).pid);
      child.run('fineTune', {}).catch(() => {});`;
    const process_ = spawn(process.execPath, ['--input-type=module', '-e', parent], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(process_.stdout, 'data')) as [Buffer];
    const pid = Number(String(line));
    process_.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 300_000 }).toBe(false);
  });
});

describe('explainExit', () => {
  it('believes the kernel that memory ran out', () => {
    const evidence = { code: null, signal: 'SIGKILL' as const, stderr: '', oomKillsBefore: 2, oomKillsAfter: 3 };
    expect(explainExit('trial 1', evidence)).toMatchObject({ reason: 'out-of-memory' });
    expect(explainExit('trial 1', { ...evidence, oomKillsAfter: 2 })).toMatchObject({ reason: 'killed' });
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie waits for its parent, which in a container may be nobody.
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
