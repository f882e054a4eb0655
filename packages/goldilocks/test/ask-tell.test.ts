// `goldilocks ask-tell` from outside: the examples of docs/ask-tell.md as they are, and who may read the token.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ended, says, start } from './command-line.js';

const folder = mkdtempSync(join(tmpdir(), 'goldilocks-ask-tell-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const page = readFileSync(new URL('../../../docs/ask-tell.md', import.meta.url), 'utf8');
const example = (language: string) => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)![1]!;
const has = (program: string) => spawnSync(program, ['--version']).status === 0;

it.skipIf(!has('python3') || !has('curl'))('the examples of its page run (needs python3 and curl)', async () => {
  const server = start(['ask-tell'], { cwd: folder });
  const over = ended(server);
  await says(server, /Listening on http:\/\/127\.0\.0\.1:\d+/);
  const file = join(folder, '.goldilocks', 'ask-tell.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(join(folder, 'client.py'), example('python'));
  const python = spawnSync('python3', ['client.py'], { cwd: folder, encoding: 'utf8' });
  expect(python.status, python.stderr).toBe(0);
  const curl = spawnSync('sh', ['-c', example('sh')], { cwd: folder, encoding: 'utf8' });
  const { trials } = JSON.parse(curl.stdout);
  expect(trials[0].values[0]).toBeLessThan(0.01);
  server.kill('SIGINT');
  const { code, stderr } = await over;
  expect(code, stderr).toBe(0);
  expect(existsSync(file)).toBe(false);
});

it('a port that is taken is said so', async () => {
  const server = start(['ask-tell', '--state', 'one'], { cwd: folder });
  const over = ended(server);
  await says(server, /Listening/);
  const { url } = JSON.parse(readFileSync(join(folder, 'one', 'ask-tell.json'), 'utf8'));
  const port = new URL(url).port;
  const second = await ended(start(['ask-tell', '--state', 'two', '--port', port], { cwd: folder }));
  expect(second.stderr).toMatch(new RegExp(`Port ${port} is taken`));
  expect(second.code).toBe(2);
  server.kill('SIGTERM');
  expect((await over).code).toBe(0);
});
