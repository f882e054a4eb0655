import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AnswerOf,
  addressOf,
  figureKinds,
  type News,
  type Route,
  type RouteName,
  routes,
} from '@goldilocks/protocol/page';
import { createStudy, SqliteStorage } from '@goldilocks/study';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../test/fake-engine.js';
import { EventLog } from '../events/event-log.js';
import { LogReader } from '../events/follow.js';
import { openStorage } from '../journey/open-study.js';
import { fineTune } from '../journey.js';
import { stateFolderAt } from '../state/folder.js';
import { listStudies } from '../studies/list-studies.js';
import { createApp } from './app.js';
import { createHandlers } from './handlers.js';
import { Sessions } from './sessions.js';
import { StudyBook } from './study/book.js';
import { Pulse } from './workplace.js';
import { insideWorkspace } from './workspace/data-files.js';
import { harmlessName, takeUpload } from './workspace/upload.js';

const host = '127.0.0.1:4653';
let folder: string;
let study: string;
let served: Awaited<ReturnType<typeof serve>>;

/** A server on the folder's state, as one that was just started. */
async function serve() {
  const state = stateFolderAt(join(folder, '.goldilocks'));
  const book = new StudyBook(state, await openStorage(state));
  const sessions = await Sessions.open(join(state.root, 'page-sessions.json'));
  const handlers = createHandlers({ folder, state, book, sessions, pulse: new Pulse() });
  const failures: unknown[] = [];
  const app = createApp({
    ...{ handlers: handlers.routes, sessions, page: join(folder, 'page'), hosts: () => [host] },
    onError: (error) => failures.push(error),
  });
  const secret = await sessions.exchange(sessions.newToken());
  return { app, sessions, secret, failures, book, close: () => handlers.close().then(() => book.close()) };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'goldilocks-page-'));
  const rows = Array.from({ length: 160 }, (_, i) => {
    const label = ['praise', 'complaint'][i % 2];
    return JSON.stringify({ text: `${label === 'praise' ? 'I like' : 'I hate'} thing number ${i * 7919}`, label });
  });
  await writeFile(join(folder, 'rows.jsonl'), `${rows.join('\n')}\n`);
  await mkdir(join(folder, 'page'));
  await writeFile(join(folder, 'page', 'index.html'), '<!doctype html><title>page</title>');
  const model = join(import.meta.dirname, '../../test');
  const data = join(folder, 'rows.jsonl');
  const result = await fineTune({
    data,
    model,
    out: join(folder, 'out'),
    budget: { trials: 6 },
    engine: new FakeEngine(),
  });
  study = result.study;
  served = await serve();
});
afterAll(async () => {
  await served.close();
  await rm(folder, { recursive: true, force: true });
});

const headers = () => ({ host, authorization: `Bearer ${served.secret}`, 'content-type': 'application/json' });

async function ask(path: string, init: RequestInit = {}, more: Record<string, string> = {}) {
  const answer = await served.app.request(path, { ...init, headers: { ...headers(), ...more } });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as never };
}

/** An answer of 200 that keeps to its schema. */
async function get<Name extends RouteName>(name: Name, path: object, query?: object): Promise<AnswerOf<Name>> {
  const { status, body } = await ask(addressOf(name, path as never, query as never));
  expect([name, status, status === 200 ? '' : body]).toEqual([name, 200, '']);
  const { answer } = routes[name] as Route;
  return answer!.parse(body) as AnswerOf<Name>;
}

const post = (path: string, body: unknown, more?: Record<string, string>) =>
  ask(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }, more);

describe('who may ask', () => {
  const asked: [string, string][] = [
    ['GET', '/api/studies'],
    ['GET', '/api/news'],
    ['POST', '/api/session'],
    ['POST', '/api/studies'],
    ['POST', '/api/data?name=a.csv'],
    ['DELETE', '/api/studies'],
    ['OPTIONS', '/api/studies'],
  ];

  it.each(asked)('%s %s is refused from another host, origin or site, and changes nothing', async (method, path) => {
    const init = { method, ...(method === 'POST' && { body: '{"title":"x"}' }) };
    for (const foreign of [
      { host: 'evil.example:4653' },
      { host: '127.0.0.1:4654' },
      { host: 'localhost' },
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: 'http://127.0.0.1:4654' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
    ]) {
      const { status, body } = await ask(path, init, foreign as unknown as Record<string, string>);
      expect([foreign, status]).toEqual([foreign, 403]);
      expect(body).toMatchObject({ error: { message: expect.stringMatching(/only/i) } });
    }
    expect(await readdir(folder)).not.toContain('goldilocks-data');
  });

  it('is let in by its own origin', async () => {
    const own = { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
    expect((await ask('/api/studies', {}, own)).status).toBe(200);
  });

  it('needs the secret for every route', async () => {
    for (const [name, { method, path }] of Object.entries(routes as Record<string, Route>)) {
      if (name === 'openSession') continue;
      for (const authorization of ['', 'Bearer wrong', `Basic ${served.secret}`]) {
        const { status } = await ask(path.replace(/:\w+/g, 'x'), { method }, { authorization });
        expect([name, status]).toEqual([name, 401]);
      }
    }
  });

  it('exchanges a token once, and a server that is started again knows the browser', async () => {
    const token = served.sessions.newToken();
    const { status, body } = await post('/api/session', { token }, { authorization: '' });
    expect(status).toBe(200);
    const { secret } = body as { secret: string };
    expect((await post('/api/session', { token })).status).toBe(401);
    expect((await post('/api/session', { token: 'guess' })).status).toBe(401);
    const file = join(folder, '.goldilocks', 'page-sessions.json');
    expect((await stat(file)).mode & 0o077).toBe(0);
    expect(await readFile(file, 'utf8')).not.toContain(secret);
    const again = await Sessions.open(file);
    expect([again.knows(secret), again.knows(`${secret}x`)]).toEqual([true, false]);
  });

  it('says what is wrong with a request', async () => {
    const text = { 'content-type': 'text/plain' };
    expect((await post(`/api/studies/${study}`, { title: 'x' }, text)).status).toBe(415);
    expect((await post('/api/data?name=a.csv', 'a,b\n1,2\n')).status).toBe(415);
    expect((await post(`/api/studies/${study}`, '{"title":')).status).toBe(400);
    expect((await post(`/api/studies/${study}`, { title: '' })).body).toMatchObject({
      error: { message: expect.stringContaining('title') },
    });
    expect((await ask('/api/nothing')).status).toBe(404);
    expect((await ask('/api/studies/none')).body).toMatchObject({
      error: { message: 'There is no study «none» here.', advice: '' },
    });
    expect((await ask('/api/studies/..%2F..%2Fetc/trials')).status).toBe(404);
    expect((await ask(`/api/studies/${study}/trials/99`)).status).toBe(404);
    expect((await ask(`/api/studies/${study}/trials/x`)).status).toBe(400);
    expect((await ask(`/api/studies/${study}/figures/pie`)).status).toBe(404);
    expect((await ask('/api/inspections/x/rows?limit=9999')).status).toBe(400);
    expect((await post(`/api/studies/${study}`, 'x'.repeat(33 * 1024 * 1024))).status).toBe(413);
    expect(served.failures).toEqual([]);
  });
});

describe('the page’s files', () => {
  it('are served with a strict policy, and every other address is a view', async () => {
    for (const path of ['/', '/s/x/trials/3?a=b', '/index.html', '/../../etc/passwd', '/%2e%2e/rows.jsonl']) {
      const answer = await served.app.request(path, { headers: { host } });
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('<title>page');
      const policy = answer.headers.get('content-security-policy')!;
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    }
    expect((await served.app.request('/assets/none.js', { headers: { host } })).status).toBe(404);
    expect((await served.app.request('/', { headers: { host: 'evil.example' } })).status).toBe(403);
  });
});

describe('a study', () => {
  it('is shown in every view, each as its schema says', async () => {
    const { studies } = await get('studies', {});
    expect(studies).toMatchObject([{ key: study, kind: 'journey', state: 'finished', stage: 'report', trials: 6 }]);
    const overview = await get('study', { study });
    expect(overview.stages.map(({ state }) => state)).toEqual(Array.from({ length: 8 }, () => 'done'));
    expect(overview.best!.value).toBeLessThan(overview.recommended!);
    expect(overview.parameters.map(({ name }) => name)).toContain('learningRate');
    const trial = await get('trial', { study, trial: '0' });
    expect(trial).toMatchObject({ state: 'COMPLETE', origin: 'recommended', changed: [] });
    expect(trial.curves.training.length).toBeGreaterThan(10);
    expect(trial.curves.schedule.length).toBeGreaterThan(10);
    for (const kind of figureKinds) {
      const { figure, sentence } = await get('figure', { study, kind });
      expect([kind, figure === null, sentence !== '']).toEqual([kind, kind === 'importances', figure === null]);
    }
    expect((await get('findings', { study })).hyperparameters).toHaveLength(7);
    expect((await get('report', { study })).study).toBe(study);
    expect((await get('takeaway', { study })).reproduce).toContain('goldilocks run');
    const { machine, dataFiles } = await get('workspace', {});
    expect(machine.cores).toBeGreaterThan(0);
    expect(dataFiles.map(({ path }) => path)).toEqual(['rows.jsonl']);
  });

  it('sends what has changed since a revision, and all to a server that does not know it', async () => {
    const whole = await get('trials', { study });
    expect(whole).toMatchObject({ whole: true, total: 6, numbers: [0, 1, 2, 3, 4, 5] });
    const none = await get('trials', { study }, { after: whole.revision });
    expect(none).toMatchObject({ whole: false, total: 6, numbers: [], revision: whole.revision });
    await post(`/api/studies/${study}/commands`, { command: { kind: 'mark', trial: 3, marked: true } });
    const one = await get('trials', { study }, { after: whole.revision });
    expect(one).toMatchObject({ whole: false, numbers: [3], marked: [true] });
    expect(await get('trials', { study }, { after: 'other-1' })).toMatchObject({ whole: true });
    // Frozen layers are a number of layers, as people read them.
    const frozen = whole.params.find(({ name }) => name === 'frozenLayers')!;
    expect(frozen.values.every((value) => Number.isInteger(value))).toBe(true);
  });

  it('takes commands once, and refuses those that make no sense', async () => {
    const id = '019abcde-0000-7000-8000-000000000001';
    const note = { id, command: { kind: 'note', text: '<script>alert(1)</script>' } };
    const first = await post(`/api/studies/${study}/commands`, note);
    const second = await post(`/api/studies/${study}/commands`, note);
    expect(second.body).toEqual(first.body);
    expect((await get('study', { study })).notes).toMatchObject([{ text: '<script>alert(1)</script>' }]);
    const { body } = await post(`/api/studies/${study}/commands`, { command: { kind: 'pause' } });
    expect(body).toMatchObject({ error: { message: expect.stringContaining('is finished') } });
    expect(
      (await post(`/api/studies/${study}/commands`, { command: { kind: 'mark', trial: 77, marked: true } })).status,
    ).toBe(400);
  });

  it('is renamed, archived, deleted and brought back', async () => {
    await post(`/api/studies/${study}`, { title: 'Mine', archived: true });
    expect((await get('studies', {})).studies[0]).toMatchObject({ title: 'Mine', archived: true });
    const { body } = await post(`/api/studies/${study}/delete`, {});
    expect(Date.parse((body as { deletedUntil: string }).deletedUntil)).toBeGreaterThan(Date.now());
    const inTerminal = async () => (await listStudies(join(folder, '.goldilocks'))).map(({ name }) => name);
    expect(await inTerminal()).not.toContain(study);
    await post(`/api/studies/${study}/restore`, {});
    expect(await inTerminal()).toContain(study);
    expect((await get('studies', {})).studies[0]).toMatchObject({ deletedUntil: null });
  });

  it('of another program is only read until that is allowed', async () => {
    const path = join(folder, 'optuna.db');
    const storage = await SqliteStorage.open(path);
    const other = await createStudy({ storage, name: 'a/b', directions: ['minimize', 'maximize'] });
    await other.addTrial({ state: 'COMPLETE', values: [1, Number.POSITIVE_INFINITY], params: {}, distributions: {} });
    await storage.close();
    const { body } = await post('/api/databases', { path: 'optuna.db' });
    expect(body).toMatchObject({ id: 'db1', kind: 'sqlite', studies: 1, readOnly: true });
    const key = 'db1:a/b';
    const overview = await get('study', { study: key });
    expect(overview).toMatchObject({
      summary: { kind: 'other', state: 'elsewhere', best: null, readOnly: true },
      directions: ['minimize', 'maximize'],
    });
    for (const kind of figureKinds) await get('figure', { study: key, kind });
    const encoded = encodeURIComponent(key);
    expect((await post(`/api/studies/${encoded}`, { title: 'x' })).status).toBe(403);
    await post('/api/databases/db1', { readOnly: false });
    expect((await post(`/api/studies/${encoded}`, { title: 'x' })).status).toBe(200);
    expect((await post('/api/databases', { path: 'rows.jsonl' })).status).toBe(400);
    expect((await post('/api/databases', { path: '/no/such.db' })).status).toBe(400);
    await post('/api/databases/db1/close', {});
    expect((await ask(`/api/studies/${encoded}`)).status).toBe(404);
  });
});

describe('the news', () => {
  /** The first news of a stream, with their ids, until they are enough; `onOpen` is called when the stream is there. */
  async function news(
    query: object,
    isEnough: (found: readonly { news: News }[]) => boolean,
    { last, onOpen }: { last?: string; onOpen?: () => void } = {},
  ) {
    const path = addressOf('news', {} as never, query as never);
    const more: Record<string, string> = last === undefined ? {} : { 'last-event-id': last };
    const { body } = await served.app.request(path, { headers: { ...headers(), ...more } });
    const found: { id?: string; news: News }[] = [];
    const decoder = new TextDecoder();
    let text = '';
    const reader = body!.getReader();
    while (!isEnough(found)) {
      const { value, done } = await reader.read();
      if (done) break;
      onOpen?.();
      text += decoder.decode(value, { stream: true });
      const parts = text.split('\n\n');
      text = parts.pop()!;
      for (const part of parts) {
        const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(part)?.[1];
        const parsed = routes.news.stream.parse(JSON.parse(field('data')!));
        if (parsed.type !== 'alive') found.push({ id: field('id'), news: parsed });
      }
    }
    await reader.cancel();
    return found;
  }

  const seqs = (found: Awaited<ReturnType<typeof news>>) =>
    found.flatMap(({ id, news }) => (news.type === 'event' ? [[id, news.logged.seq]] : []));

  it('are resumed where a client was, for each of two watchers', async () => {
    const log = await new LogReader(join(folder, '.goldilocks', 'runs', study)).read();
    const after = log.at(-4)!.seq;
    const expected = log.slice(-3).map(({ seq }) => [String(seq), seq]);
    const three = (found: readonly unknown[]) => found.length >= 3;
    const [one, two] = await Promise.all([
      news({ study, after }, three),
      news({ study, after: 0 }, three, { last: String(after) }),
    ]);
    expect(seqs(one)).toEqual(expected);
    expect(seqs(two)).toEqual(expected);
  });

  it('tell of an event as it is written, of trials and of commands', async () => {
    const wanted = ['event', 'trials', 'command'] as const;
    const isEnough = (found: readonly { news: News }[]) =>
      wanted.every((type) => found.some(({ news }) => news.type === type));
    let onOpen = () => {};
    const open = new Promise<void>((done) => (onOpen = done));
    const heard = news({ study }, isEnough, { onOpen });
    await open;
    const log = new EventLog(join(folder, '.goldilocks', 'runs', study));
    log.append({ type: 'message', level: 'info', text: 'late' });
    log.close();
    await post(`/api/studies/${study}/commands`, { command: { kind: 'mark', trial: 1, marked: true } });
    await post(`/api/studies/${study}`, { title: 'Again' });
    expect(isEnough(await heard)).toBe(true);
  });
});

describe('files from the page', () => {
  it('get a harmless name of their own in the workspace', async () => {
    for (const [name, safe] of [
      ['../../etc/cron.d/x.csv', 'x.csv'],
      ['C:\\Users\\me\\Mine.JSONL', 'Mine.jsonl'],
      ['.hidden.csv', 'hidden.csv'],
      ['a\u0000b\u202e\u001b]0;x\u0007.tsv', 'ab.tsv'],
      ['<b>"x"$(rm).json', 'b-x-rm.json'],
      ['ä ß 日本.csv', 'ä ß 日本.csv'],
      ['....csv', 'data.csv'],
    ] as const) {
      expect(harmlessName(name)).toBe(safe);
    }
    for (const name of ['x.exe', 'x', 'x.csv.sh', '.csv/..']) expect(() => harmlessName(name)).toThrow(/no data file/);
  });

  it('are bounded, whole or not at all, and never replace another', async () => {
    const stream = (text: string) => new Blob([text]).stream() as ReadableStream<Uint8Array>;
    const upload = (name: string, body: string) =>
      ask(
        `/api/data?name=${encodeURIComponent(name)}`,
        { method: 'POST', body },
        { 'content-type': 'application/octet-stream' },
      );
    expect((await upload('../a.csv', 'text,label\nx,y\n')).body).toMatchObject({
      file: { path: 'goldilocks-data/a.csv', uploaded: true },
    });
    expect((await upload('a.csv', 'text,label\nz,w\n')).body).toMatchObject({
      file: { path: 'goldilocks-data/a-2.csv' },
    });
    expect(await readFile(join(folder, 'goldilocks-data/a.csv'), 'utf8')).toContain('x,y');
    await expect(takeUpload(folder, 'big.csv', stream('x'.repeat(100)), 50)).rejects.toMatchObject({ status: 413 });
    await expect(takeUpload(folder, 'none.csv', stream(''))).rejects.toMatchObject({ status: 400 });
    expect((await readdir(join(folder, 'goldilocks-data'))).sort()).toEqual(['a-2.csv', 'a.csv']);
  });

  it('are looked for inside the workspace only', async () => {
    expect(insideWorkspace(folder, 'sub/../rows.jsonl')).toBe(join(folder, 'rows.jsonl'));
    for (const path of ['../x', '/etc/passwd', `${folder}-other/x`]) {
      expect(() => insideWorkspace(folder, path)).toThrow(/outside/);
    }
    expect((await post('/api/inspections', { data: '/etc/passwd' })).status).toBe(403);
    expect((await post('/api/studies', { data: '../../etc/passwd' })).status).toBe(403);
    expect((await post('/api/studies', { data: 'rows.jsonl', out: '/tmp/x' })).status).toBe(403);
    expect((await post('/api/studies', { data: 'rows.jsonl', study: '../x' })).status).toBe(400);
  });
});
