import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';

const run = promisify(execFile);
const worker = fileURLToPath(new URL('same-seed-worker.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'goldilocks-same-seed-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a study with every sampler in as many processes as there are counts of trials, one after the other. */
async function studies(name: string, counts: readonly number[]): Promise<Record<string, unknown[]>> {
  let last = '';
  for (const count of counts) last = (await run(process.execPath, [worker, join(folder, name), String(count)])).stdout;
  return JSON.parse(last);
}

test('with every sampler a study goes on in another process as it would have in the same', async () => {
  const whole = await studies('whole.db', [13]);
  const resumed = await studies('resumed.db', [7, 6]);
  expect(Object.keys(whole).length).toBeGreaterThan(9);
  for (const [name, params] of Object.entries(whole)) {
    expect(params, name).toHaveLength(13);
    expect(resumed[name], name).toEqual(params);
  }
});
