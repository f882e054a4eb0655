import { MemoryStorage } from '@goldilocks/study';
import { beforeEach, describe, expect, it } from 'vitest';
import { createApp } from './app.js';
import { Studies } from './studies.js';

const headers = { host: '127.0.0.1:8700', authorization: 'Bearer secret', 'content-type': 'application/json' };
const space = {
  parameters: { x: { type: 'float', low: 0, high: 1, recommended: 0.5 } },
  objectives: [{ metric: 'y' }],
};

interface Answer {
  readonly status: number;
  readonly trial: number;
  readonly params: Record<string, unknown>;
  readonly trials: { values: unknown[] }[];
  readonly error: { message: string };
}

let storage: MemoryStorage;
let app: ReturnType<typeof createApp>;
beforeEach(() => {
  storage = new MemoryStorage();
  app = appOf(storage);
});

function appOf(kept: MemoryStorage) {
  return createApp(new Studies(kept), { token: 'secret', port: () => 8700 });
}

async function post(path: string, body: unknown = {}, more: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await app.request(path, { method: 'POST', body: text, headers: { ...headers, ...more } });
  return { status: answer.status, ...((await answer.json()) as object) } as Answer;
}

async function get(path: string) {
  const answer = await app.request(path, { headers });
  return { status: answer.status, ...((await answer.json()) as object) } as Answer;
}

describe('a study', () => {
  it('is begun, asked, told, and goes on in another process', async () => {
    expect(await post('/studies', { name: 'a', space, seed: 1 })).toEqual({
      status: 200,
      name: 'a',
      created: true,
      trials: 1,
    });
    expect(await post('/studies/a/ask')).toEqual({ status: 200, trial: 0, params: { x: 0.5 } });
    expect(await post('/studies/a/trials/0/tell', { values: 0.25 })).toEqual({
      status: 200,
      trial: 0,
      state: 'COMPLETE',
    });
    app = appOf(storage);
    expect(await post('/studies', { name: 'a', space, seed: 1 })).toMatchObject({ created: false, trials: 1 });
    const { trial, params } = await post('/studies/a/ask');
    expect(trial).toBe(1);
    expect(params.x).toBeGreaterThanOrEqual(0);
    expect(await post('/studies/a/trials/1/tell', { values: [0.125], constraints: { memory: 1 } })).toMatchObject({
      state: 'COMPLETE',
    });
    expect(await get('/studies/a/best')).toEqual({
      status: 200,
      trials: [{ trial: 0, values: [0.25], params: { x: 0.5 } }],
    });
    expect((await get('/studies/a/trials')).trials).toHaveLength(2);
  });

  it('prunes, takes numbers that JSON has not, failures and heartbeats', async () => {
    await post('/studies', { name: 'a', space, pruner: 'median' });
    for (let i = 0; i < 5; i++) {
      await post('/studies/a/ask');
      expect(await post(`/studies/a/trials/${i}/report`, { step: 1, value: i })).toEqual({
        status: 200,
        should_prune: i === 4,
      });
      if (i < 4) await post(`/studies/a/trials/${i}/tell`, { values: i });
    }
    expect(await post('/studies/a/trials/4/report', { step: 1, value: 0 })).toMatchObject({ should_prune: true });
    expect(await post('/studies/a/trials/4/heartbeat')).toEqual({ status: 200, trial: 4, state: 'RUNNING' });
    expect(await post('/studies/a/trials/4/tell', { state: 'PRUNED' })).toMatchObject({ state: 'PRUNED' });
    await post('/studies/a/ask');
    expect(await post('/studies/a/trials/5/report', { step: 0, value: 'NaN' })).toMatchObject({ status: 200 });
    expect(await post('/studies/a/trials/5/tell', { values: 'NaN' })).toMatchObject({ state: 'FAIL' });
    await post('/studies/a/ask');
    expect(await post('/studies/a/trials/6/tell', { values: '-Infinity' })).toMatchObject({ state: 'COMPLETE' });
    expect((await get('/studies/a/best')).trials[0]!.values).toEqual(['-Infinity']);
    await post('/studies/a/ask');
    expect(await post('/studies/a/trials/7/tell', { state: 'FAIL', reason: 'out of memory' })).toMatchObject({
      state: 'FAIL',
    });
    const study = await storage.findStudy('a');
    expect((await storage.getTrials(study!.id))[7]!.systemAttributes.failure).toBe('out of memory');
  });

  it('may have conditions and several objectives', async () => {
    const two = {
      parameters: {
        kind: { type: 'categorical', choices: ['a', 'b'], recommended: 'a' },
        x: { type: 'float', low: 0, high: 1, when: { kind: 'b' } },
      },
      objectives: [{ metric: 'u' }, { metric: 'v', direction: 'maximize' }],
    };
    await post('/studies', { name: 'two', space: two });
    expect((await post('/studies/two/ask')).params).toEqual({ kind: 'a' });
    expect(await post('/studies/two/trials/0/report', { step: 0, value: 1 })).toMatchObject({ should_prune: false });
    expect(await post('/studies/two/trials/0/tell', { values: 1 })).toMatchObject({ status: 400 });
    expect(await post('/studies/two/trials/0/tell', { values: [1, 2] })).toMatchObject({ state: 'COMPLETE' });
  });
});

describe('refusals', () => {
  it.each<[string, number, RegExp, string, unknown, Record<string, string>]>([
    ['no token', 401, /Authorization: Bearer/, '/studies', {}, { authorization: '' }],
    ['a wrong token', 401, /token/, '/studies', {}, { authorization: 'Bearer secreT' }],
    [
      'a foreign host',
      403,
      /answers only to http:\/\/127\.0\.0\.1:8700/,
      '/studies',
      {},
      { host: 'evil.example:8700' },
    ],
    ['another port', 403, /answers only/, '/studies', {}, { host: '127.0.0.1:80' }],
    ['a page', 403, /Pages in a browser/, '/studies', {}, { origin: 'http://127.0.0.1:8700' }],
    ['a page without an origin', 403, /Pages in a browser/, '/studies', {}, { 'sec-fetch-site': 'cross-site' }],
    ['a form', 415, /Content-Type: application\/json/, '/studies', {}, { 'content-type': 'text/plain' }],
    ['no JSON', 400, /not JSON/, '/studies', '{', {}],
    ['a wrong body', 400, /^name: /, '/studies', { name: '../x', space }, {}],
    ['an unknown field', 400, /nrecognized|Unrecognized/, '/studies', { name: 'a', space, x: 1 }, {}],
    [
      'no objectives',
      400,
      /space\.objectives is missing/,
      '/studies',
      { name: 'a', space: { parameters: space.parameters } },
      {},
    ],
    [
      'a bad space',
      400,
      /parameters\.x: .*log needs low > 0/,
      '/studies',
      { name: 'a', space: { ...space, parameters: { x: { type: 'float', low: 0, high: 1, log: true } } } },
      {},
    ],
    ['no such study', 404, /no study «b»/, '/studies/b/ask', {}, {}],
    ['no such trial', 404, /no trial 9/, '/studies/a/trials/9/tell', { values: 1 }, {}],
    ['no number', 400, /no trial's number/, '/studies/a/trials/x/tell', { values: 1 }, {}],
    ['nothing there', 404, /nothing here/, '/elsewhere', {}, {}],
    [
      'too much',
      413,
      /larger than 1048576 bytes/,
      '/studies',
      `"${'x'.repeat(1_100_000)}"`,
      { 'content-length': '1100002' },
    ],
  ])('%s', async (_, status, message, path, body, more) => {
    await post('/studies', { name: 'a', space });
    const answer = await post(path, body, more);
    expect(answer.error.message).toMatch(message);
    expect(answer.status).toBe(status);
    expect((await storage.getStudies()).map(({ name }) => name)).toEqual(['a']);
  });

  it('a trial that has ended, and a study of other settings', async () => {
    await post('/studies', { name: 'a', space });
    await post('/studies/a/ask');
    await post('/studies/a/trials/0/tell', { values: 1 });
    expect(await post('/studies/a/trials/0/tell', { values: 2 })).toMatchObject({ status: 409 });
    expect(await post('/studies/a/trials/0/report', { step: 3, value: 2 })).toMatchObject({ status: 409 });
    expect(await post('/studies/a/trials/0/heartbeat')).toMatchObject({ status: 409 });
    expect(await post('/studies', { name: 'a', space, seed: 7 })).toMatchObject({ status: 400 });
    expect((await get('/studies/a/best')).trials[0]!.values).toEqual([1]);
  });
});
