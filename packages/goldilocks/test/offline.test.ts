// Nothing leaves the machine: the whole journey with every way out cut off, and any attempt counted as a failure.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Finished, goldilocks } from './command-line.js';
import { jsonLines, smallRows } from './small-data.js';
import { writeTinyModel } from './tiny-model.js';

const guard = fileURLToPath(new URL('./no-network.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'goldilocks-offline-'));
const log = join(folder, 'network.log');
// Inherited by the training processes.
const env = { NODE_OPTIONS: `--import=${guard}`, GOLDILOCKS_TEST_NETWORK_LOG: log };

beforeAll(async () => {
  await writeTinyModel(join(folder, 'tiny'));
  writeFileSync(join(folder, 'data.jsonl'), jsonLines(smallRows()));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function attempts(): string {
  return existsSync(log) ? readFileSync(log, 'utf8') : '';
}

function journey(out: string, before: readonly string[] = []): Promise<Finished> {
  const args = ['run', 'data.jsonl', '--model', 'tiny', '--trials', '2', '--epochs', '1', '--out', out, '--json'];
  return goldilocks(args, { cwd: folder, env, before });
}

describe('the guard', () => {
  it.each([
    ['fetch', "await fetch('http://192.0.2.1/')"],
    ['a name', "await (await import('node:dns/promises')).lookup('example.org')"],
    ['a socket', "(await import('node:net')).connect(443, '192.0.2.1')"],
    ['a datagram', "(await import('node:dgram')).createSocket('udp4').send('x', 53, '192.0.2.1')"],
    [
      'a socket of a child',
      "await new Promise((end) => import('node:child_process').then(({ fork }) => fork(process.env.CHILD, { execArgv: [] }).once('exit', (code) => process.exit(code))))",
    ],
  ])('stops and counts %s', (_, attempt) => {
    rmSync(log, { force: true });
    const child = join(folder, 'child.mjs');
    writeFileSync(child, "import { connect } from 'node:net';\nconnect(443, '192.0.2.1');\n");
    const script = ['--input-type=module', '-e', attempt];
    const { status } = spawnSync(process.execPath, script, { env: { ...process.env, ...env, CHILD: child } });
    expect(status).toBe(1);
    expect(attempts()).toMatch(/192\.0\.2\.1|example\.org|datagram/);
  });

  it('lets a socket to this machine pass', () => {
    rmSync(log, { force: true });
    const script =
      "import('node:net').then(({ connect }) => connect(1, '127.0.0.1').on('error', () => process.exit(7)))";
    const { status } = spawnSync(process.execPath, ['-e', script], { env: { ...process.env, ...env } });
    expect(status).toBe(7);
    expect(attempts()).toBe('');
  });
});

describe('the journey', () => {
  it('reaches its end and tries nothing', async () => {
    rmSync(log, { force: true });
    const { code, stdout, stderr } = await journey('guarded');
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout).output).toBe('guarded');
    expect(attempts()).toBe('');
  });

  const cut = ['unshare', '--user', '--map-root-user', '--net'];
  const canCut = spawnSync(cut[0]!, [...cut.slice(1), 'true']).status === 0;

  it.runIf(canCut)(
    'reaches its end where the kernel has no network; not tested where namespaces are forbidden',
    async () => {
      const { code, stderr } = await journey('cut', cut);
      expect(code, stderr).toBe(0);
      expect(attempts()).toBe('');
    },
  );

  it('leaves a report that loads nothing', () => {
    const page = readFileSync(join(folder, 'guarded', 'report.html'), 'utf8');
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<(?:script|link|img|iframe)[^>]*(?:src|href)=/i);
  });
});
