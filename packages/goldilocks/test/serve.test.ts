// `goldilocks serve` from outside, with a real training: a job outlives its server, is steered by page and terminal, and its model
// answers.
import { type ChildProcess, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AnswerOf, addressOf, type Route, type RouteName, routes } from '@goldilocks/protocol/page';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { workerOf } from '../src/journey/open-study.js';
import { stateFolderAt } from '../src/state/folder.js';
import { ended, goldilocks, start } from './command-line.js';
import { jsonLines, smallRows } from './small-data.js';

let folder: string;
let server: ChildProcess;
let origin: string;
let secret: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'goldilocks-serve-'));
});
afterAll(async () => {
  server.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** Starts the server; with the port of the one before, so that browsers find it again. */
async function serve(port = '0'): Promise<{ token: string }> {
  server = start(['serve', '--no-open', '--port', port], { cwd: folder });
  const [, url, token] = await new Promise<RegExpExecArray>((done) => {
    let text = '';
    server.stderr!.on('data', (piece: Buffer) => {
      text += piece;
      const found = /Open (http:\S+)\/#token=(\S+)/.exec(text);
      if (found) done(found);
    });
  });
  origin = url!;
  return { token: token! };
}

async function ask<Name extends RouteName>(
  name: Name,
  path: object,
  body?: unknown,
  query?: object,
): Promise<AnswerOf<Name>> {
  const { method, answer } = routes[name] as Route;
  const response = await fetch(`${origin}${addressOf(name, path as never, query as never)}`, {
    method,
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const content = await response.json();
  expect([name, response.status, response.ok ? '' : content]).toEqual([name, 200, '']);
  return answer!.parse(content) as AnswerOf<Name>;
}

async function until<Found>(look: () => Promise<Found | undefined | false>): Promise<Found> {
  for (;;) {
    const found = await look();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Process ids. */
function childrenOf(parent: number): number[] {
  const lines = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  return lines
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid, of]) => (of === parent ? [pid!] : []));
}

it('starts a job that outlives it, steers it, and lets its model answer', async () => {
  const { token } = await serve();
  secret = (await ask('openSession', {}, { token })).secret;
  const bytes = jsonLines(smallRows(60));
  const upload = await fetch(`${origin}/api/data?name=rows.jsonl`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/octet-stream' },
    body: bytes,
  });
  const { file } = (await upload.json()) as { file: { path: string } };
  expect(await readFile(join(folder, file.path), 'utf8')).toBe(bytes);
  const inspection = await ask('inspect', {}, { data: file.path });
  expect(inspection).toMatchObject({ rows: 60, task: 'classification' });

  // 3.2 million weights with gradients and both moments, and the process itself.
  const needs = await ask('trainingNeeds', {}, undefined, { model: 'goldilocks-base', longest: 64 });
  expect(needs.method).toBe('full');
  expect(needs.memoryBytes).toBeGreaterThan(150e6);
  expect(needs.memoryBytes).toBeLessThan(600e6);
  expect(needs.tokensPerSecond).toBeGreaterThan(10);

  const { study } = await ask(
    'start',
    {},
    { data: file.path, budget: { trials: 1 }, fixed: { epochs: 2, batchSize: 8 } },
  );
  const running = () => ask('study', { study });
  await until(async () => (await running()).running.some(({ step }) => step > 0));
  const job = (await workerOf(stateFolderAt(join(folder, '.goldilocks')).study(study)))!;
  // Its training stands still until it has been told to pause.
  const training = childrenOf(job.pid);
  for (const pid of training) process.kill(pid, 'SIGSTOP');

  const port = new URL(origin).port;
  server.kill('SIGKILL');
  await ended(server);
  const pause = await goldilocks(['steer', study, 'pause'], { cwd: folder });
  for (const pid of training) process.kill(pid, 'SIGCONT');
  expect([pause.code, pause.stdout]).toEqual([0, expect.stringContaining('Paused')]);
  await serve(port); // the browser's secret is known to it
  expect((await running()).summary.state).toBe('paused');
  await ask('giveCommand', { study }, { command: { kind: 'enqueue', params: { learningRate: 1e-3 } } });
  await ask('giveCommand', { study }, { command: { kind: 'resume' } });

  const done = await until(async () => {
    const overview = await running();
    expect(overview.error).toBe('');
    return overview.summary.state === 'finished' && overview;
  });
  expect(done.commands.map(({ command, outcome }) => [command.kind, outcome?.state])).toEqual([
    ['pause', 'done'],
    ['enqueue', 'done'],
    ['resume', 'done'],
  ]);
  expect(done.trialsDone).toBe(2);
  const wished = await ask('trial', { study, trial: '1' });
  expect(wished).toMatchObject({ origin: 'person', params: { learningRate: 1e-3 } });
  expect(wished.curves.training[0]!.gradientNorm).toBeGreaterThan(0);
  expect(wished.curves.answers.length).toBeGreaterThan(0);

  const stream = await fetch(`${origin}${addressOf('answer', { study })}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: 'the app crashed', maxTokens: 3 }),
  });
  const news = [...(await stream.text()).matchAll(/^data: (.*)$/gm)].map(([, data]) =>
    routes.answer.stream.parse(JSON.parse(data!)),
  );
  expect(news.filter(({ type }) => type === 'answer').map((one) => 'model' in one && one.model)).toEqual([
    'tuned',
    'base',
  ]);
  const models = news.flatMap((one) => (one.type === 'started' ? [one.hash] : []));
  expect(new Set(models).size).toBe(2);

  const rows = await ask('hardRows', { study });
  const [first] = rows.rows;
  const own = await ask('studyData', { study }, {});
  const corrections = [{ place: first!.place, action: 'drop' }];
  const corrected = await ask('correctData', { inspection: own.id }, { corrections });
  expect(corrected).toMatchObject({ rows: 59, dropped: 1 });
  expect(await readFile(join(folder, file.path), 'utf8')).toBe(bytes);
}, 1_800_000);

it('says why a job could not begin, and leaves nothing of it', async () => {
  await writeFile(join(folder, 'bad.jsonl'), '{"text":"a","label":"b"}\n{"text":\n');
  const response = await fetch(`${origin}/api/studies`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ data: 'bad.jsonl', study: 'bad' }),
  });
  if (response.ok) {
    await until(async () => {
      const answer = await fetch(`${origin}/api/studies/bad`, { headers: { authorization: `Bearer ${secret}` } });
      const text = await answer.text();
      return answer.status === 404 && text.includes('bad.jsonl') && text;
    });
  } else expect(await response.text()).toContain('bad.jsonl');
  const { studies } = await ask('studies', {});
  expect(studies.map(({ name }) => name)).not.toContain('bad');
});
