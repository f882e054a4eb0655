// Downloads from a Hub on this machine that plays what goes wrong: cuts, refusals, damage, hostile names, a full disk.
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { locateModel } from '../base-models/locate.js';
import { UserError } from '../errors.js';
import { locate } from '../inspect/reading/sources.js';
import { isSafe } from './choose-files.js';
import { type HubSettings, hubSettings } from './hub-settings.js';
import { pinned } from './pin.js';
import { DownloadProgress } from './progress.js';
import { parseRepository, repositoryAt } from './repository.js';
import { snapshot } from './snapshot.js';
import {
  defaultCommit,
  end,
  type FakeFile,
  type HubServer,
  hashOf,
  instead,
  send,
  startHub,
  type Trick,
} from './testing/hub-server.js';

let folder: string;
let hub: HubServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goldilocks-hub-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await hub?.close();
  hub = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const weights = Buffer.alloc(300_000, 'weights ');
const file = (path: string, content: Buffer | string = `content of ${path}`): FakeFile => ({
  path,
  content: Buffer.from(content),
});
const modelFiles = () => [
  file('config.json', '{}'),
  file('model.safetensors', weights),
  file('tokenizer.json'),
  file('pytorch_model.bin'),
  file('notes/a.txt'),
];

interface Changes {
  files?: FakeFile[];
  token?: string;
  trick?: Trick;
  settings?: Partial<HubSettings>;
}

/** Starts a Hub with one model and gives what is needed to fetch it, with no patience between tries. */
async function model({ files = modelFiles(), token, trick, settings }: Changes = {}) {
  hub = await startHub([{ id: 'some-org/tiny', files, token }], trick);
  const options = {
    settings: { endpoint: hub.endpoint, cache: join(folder, 'hub'), offline: false, patience: 1, ...settings },
  };
  return { fetch: () => snapshot(parseRepository('some-org/tiny', 'model')!, options), options };
}

const blobs = () => readdirSync(join(folder, 'hub/models--some-org--tiny/blobs'));
const isWeights = (path: string): boolean => path.endsWith('/model.safetensors');
const always = () => true;

describe('a model', () => {
  it('comes into the cache as the other tools keep it, and is not asked for again', async () => {
    const told: string[] = [];
    const { fetch, options } = await model();
    const path = await snapshot(parseRepository('some-org/tiny', 'model')!, {
      ...options,
      tell: (text) => told.push(text),
    });
    expect(path).toBe(join(folder, 'hub/models--some-org--tiny/snapshots', defaultCommit));
    expect(readFileSync(join(path, 'model.safetensors')).equals(weights)).toBe(true);
    expect(lstatSync(join(path, 'config.json')).isSymbolicLink()).toBe(true);
    expect(blobs().sort()).toEqual(
      [weights, Buffer.from('{}'), Buffer.from('content of tokenizer.json')].map(hashOf).sort(),
    );
    expect(readFileSync(join(folder, 'hub/models--some-org--tiny/refs/main'), 'utf8')).toBe(defaultCommit);
    expect(told[0]).toMatch(/^Downloading some-org\/tiny \(300 kB\) from http/);
    expect(told.at(-1)).toMatch(/^Downloading some-org\/tiny: 100 % of 300 kB, .*\/s, 0 s left$/);
    const asked = hub!.requests.length;
    expect(await fetch()).toBe(path);
    expect(await locateModel('some-org/tiny', { settings: { ...options.settings, offline: true } })).toBe(path);
    expect(await pinned('some-org/tiny', 'model', options)).toBe(`some-org/tiny@${defaultCommit}`);
    expect(hub!.requests.length).toBe(asked);
    expect(repositoryAt(path)).toEqual({ id: 'some-org/tiny', commit: defaultCommit });
  });

  it('goes on where the connection was cut, in the same run and in the next', async () => {
    const startOf = (range: string | undefined) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const incomplete = () => join(folder, 'hub/models--some-org--tiny/blobs', `${hashOf(weights)}.incomplete`);
    const trick: Trick = (request, response, count) => {
      if (!isWeights(request.url!) || count > 2) return false;
      const start = startOf(request.headers.range);
      if (start > 0)
        response.writeHead(206, { 'content-range': `bytes ${start}-${weights.length - 1}/${weights.length}` });
      response.write(weights.subarray(start, start + 100_000));
      // What has come but was not yet written may be lost with the connection.
      const cut = setInterval(() => {
        if (!existsSync(incomplete()) || statSync(incomplete()).size <= start) return;
        clearInterval(cut);
        response.destroy();
      }, 5);
      return true;
    };
    const { fetch } = await model({ trick });
    const path = await fetch();
    expect(readFileSync(join(path, 'model.safetensors')).equals(weights)).toBe(true);
    const starts = hub!.requests.filter(({ path }) => isWeights(path)).map(({ range }) => startOf(range));
    expect(starts).toHaveLength(3);
    expect(starts[0]).toBe(0);
    expect(starts[1]).toBeGreaterThan(0);
    expect(starts[2]).toBeGreaterThan(starts[1]!);
  });

  it('begins anew where the server cannot go on', async () => {
    const { fetch } = await model({
      trick: instead(isWeights, (response) => response.end(weights)),
    });
    const blob = join(folder, 'hub/models--some-org--tiny/blobs');
    mkdirSync(blob, { recursive: true });
    writeFileSync(join(blob, `${hashOf(weights)}.incomplete`), weights.subarray(0, 1000));
    expect(readFileSync(join(await fetch(), 'model.safetensors')).equals(weights)).toBe(true);
  });

  it('is thrown away where its hash is wrong', async () => {
    const { fetch } = await model({
      trick: instead(isWeights, (response, request) => send(Buffer.alloc(weights.length), request, response)),
    });
    await expect(fetch()).rejects.toThrow(/model.safetensors of some-org\/tiny came damaged: .*hash/);
    expect(blobs().some((name) => name.startsWith(hashOf(weights)))).toBe(false);
    expect(existsSync(join(folder, 'hub/models--some-org--tiny/snapshots'))).toBe(false);
  });

  it('is refused where more comes than was announced', async () => {
    const { fetch } = await model({
      trick: instead(isWeights, (response) => response.end(Buffer.alloc(weights.length + 1))),
    });
    await expect(fetch()).rejects.toThrow(/more than 300000 bytes came/);
  });

  it('follows a redirect to another host without the token', async () => {
    const elsewhere = await startHub(
      [],
      instead(always, (response, request) => send(weights, request, response)),
    );
    const { fetch } = await model({
      token: 'hf_secret',
      settings: { token: 'hf_secret' },
      trick: instead(isWeights, (response) => end(response, 302, { location: `${elsewhere.endpoint}/cdn` })),
    });
    expect(readFileSync(join(await fetch(), 'model.safetensors')).equals(weights)).toBe(true);
    expect(hub!.requests[0]!.authorization).toBe('Bearer hf_secret');
    expect(elsewhere.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
    await elsewhere.close();
  });

  it('is one GGUF file where that is named', async () => {
    const { options } = await model({ files: [file('a.gguf', weights), file('b.gguf')] });
    const path = await locateModel('some-org/tiny/a.gguf', options);
    expect(path).toMatch(/snapshots.a{40}.a\.gguf$/);
    expect(readFileSync(path).equals(weights)).toBe(true);
    await expect(locateModel('some-org/tiny/c.gguf', options)).rejects.toThrow(
      /has no file c.gguf. It has a.gguf, b.gguf/,
    );
    await expect(locateModel('some-org/tiny@v1', options)).rejects.toThrow(
      /Give one of its files: some-org\/tiny\/FILE.gguf/,
    );
  });
});

describe('a refusal is said in words', () => {
  const refusing = (status: number, headers = {}): Trick =>
    instead(always, (response) => end(response, status, headers));

  it.each<[number, RegExp, Partial<HubSettings>?]>([
    [401, /cannot be opened without permission. It is private, gated, or does not exist.*HF_TOKEN/],
    [401, /The token in HF_TOKEN is not accepted/, { token: 'hf_old' }],
    [403, /is gated, and your token has no access to it/],
    [404, /There is no model some-org\/tiny \(revision main\)/],
    [429, /asks to wait/],
    [500, /answered 500 for some-org\/tiny/],
  ])('%i', async (status, message, settings) => {
    const { fetch } = await model({ trick: refusing(status), settings });
    await expect(fetch()).rejects.toThrow(UserError);
    await expect(fetch()).rejects.toThrow(message);
    expect(hub!.requests.length).toBe(status === 429 || status >= 500 ? 10 : 2);
  });

  it('also of a file alone', async () => {
    const { fetch } = await model({
      trick: instead(isWeights, (response) => end(response, 403)),
    });
    await expect(fetch()).rejects.toThrow(/is gated/);
  });

  it('passes by what lasts only for a moment', async () => {
    const trick: Trick = instead(
      (_, count) => count < 3,
      (response, _, count) => end(response, count === 1 ? 429 : 503, { 'retry-after': '0' }),
    );
    const { fetch } = await model({ trick });
    expect(existsSync(join(await fetch(), 'config.json'))).toBe(true);
  });

  it('where nothing answers, and where the network is not to be used', async () => {
    const repository = parseRepository('some-org/tiny', 'model')!;
    const settings = { endpoint: 'http://127.0.0.1:1', cache: join(folder, 'hub'), offline: false, patience: 1 };
    await expect(snapshot(repository, { settings })).rejects.toThrow(
      /http:\/\/127.0.0.1:1 cannot be reached: .*HF_ENDPOINT/,
    );
    await expect(snapshot(repository, { settings: { ...settings, offline: true } })).rejects.toThrow(/HF_HUB_OFFLINE/);
  });

  it('where a mirror answers nonsense', async () => {
    const { fetch } = await model({ trick: instead(always, (response) => response.end('{"sha": "../../x"}')) });
    await expect(fetch()).rejects.toThrow(/names no commit/);
  });

  it('where a mirror has another commit than the one that is pinned', async () => {
    const sha = JSON.stringify({ _id: '1', id: 'some-org/tiny', sha: defaultCommit });
    const { options } = await model({ trick: instead(always, (response) => response.end(sha)) });
    const pinnedElsewhere = parseRepository(`some-org/tiny@${'b'.repeat(40)}`, 'model')!;
    await expect(snapshot(pinnedElsewhere, options)).rejects.toThrow(/answers with another commit/);
  });

  it('where the disk is full', async () => {
    const { fetch } = await model();
    const probe = await open(join(folder, 'probe'), 'w');
    const handles = Object.getPrototypeOf(probe);
    await probe.close();
    vi.spyOn(handles, 'write').mockRejectedValue(Object.assign(new Error('x'), { code: 'ENOSPC' }));
    await expect(fetch()).rejects.toThrow(/disk is full|no space/i);
    vi.restoreAllMocks();
    expect(existsSync(join(await fetch(), 'config.json'))).toBe(true);
  });

  it('where the disk is too small from the start', async () => {
    const huge = { ...file('model.safetensors', weights), size: 2 ** 52 };
    const { fetch } = await model({ files: [file('config.json', '{}'), huge] });
    await expect(fetch()).rejects.toThrow(/needs 4504 TB in .*, and the disk has/);
  });

  it('where there are only pickled weights', async () => {
    const { fetch } = await model({ files: [file('config.json', '{}'), file('pytorch_model.bin')] });
    await expect(fetch()).rejects.toThrow(/Pickled weights .* can run code/);
  });
});

describe('names', () => {
  it.each([
    '../x.json',
    '/etc/passwd',
    'a/../../b',
    'a\\b',
    'C:x',
    'a\0b',
    '.ssh/config',
    'a//b',
    'x. ',
    '\u001b]52;c',
    'a'.repeat(300),
  ])('%j is not safe', (path) => {
    expect(isSafe(path)).toBe(false);
  });

  it('that lead out of the cache fetch nothing', async () => {
    hub = await startHub([
      {
        kind: 'dataset',
        id: 'some-org/data',
        files: [file('data/train\0.csv', 'a\n1\n'), file('train-..\\x.csv', 'a\n1\n')],
      },
    ]);
    const settings = { endpoint: hub.endpoint, cache: join(folder, 'hub'), offline: false, patience: 1 };
    await expect(locate('some-org/data', { settings })).rejects.toThrow(/Nothing was fetched/);
    expect(existsSync(join(folder, 'hub/datasets--some-org--data/blobs'))).toBe(false);
  });

  it('with a hash that is none fetch nothing', async () => {
    const { fetch } = await model({
      files: [file('config.json', '{}'), { ...file('model.safetensors'), hash: '../../../x'.padEnd(40, 'x') }],
    });
    await expect(fetch()).rejects.toThrow(/Nothing was fetched/);
  });

  it('of repositories', () => {
    expect(parseRepository('org/name', 'model')).toEqual({ kind: 'model', id: 'org/name', revision: 'main' });
    expect(parseRepository('org/name@v1.0', 'model')).toMatchObject({ revision: 'v1.0' });
    for (const text of ['name', 'a/b/c', '../b', 'a/..', '/a/b', 'a/b@', 'a/b@../c', 'a b/c', 'a/b\n']) {
      expect(parseRepository(text, 'model')).toBeUndefined();
    }
    expect(parseRepository('data/train.jsonl', 'dataset')).toBeUndefined();
  });
});

it('a dataset is its files by split', async () => {
  const files = [
    file('data/train-00000-of-00001.jsonl', '{"text":"a"}\n'),
    file('data/test.jsonl', '{"text":"b"}\n'),
    file('README.md'),
  ];
  hub = await startHub([{ kind: 'dataset', id: 'some-org/data', files }]);
  const settings = { endpoint: hub.endpoint, cache: join(folder, 'hub'), offline: false, patience: 1 };
  const found = await locate('some-org/data', { settings });
  expect(found.map(({ split, format }) => [split, format])).toEqual(
    expect.arrayContaining([
      ['train', 'jsonl'],
      ['test', 'jsonl'],
    ]),
  );
  const asked = hub.requests.length;
  expect(await locate('some-org/data', { settings })).toEqual(found);
  expect(hub.requests.length).toBe(asked);
});

describe('settings', () => {
  it('come from the variables that all tools share', () => {
    const home = join(folder, 'home');
    mkdirSync(home);
    writeFileSync(join(home, 'token'), 'hf_stored\n');
    expect(hubSettings({ HF_HOME: home })).toEqual({
      endpoint: 'https://huggingface.co',
      cache: join(home, 'hub'),
      token: 'hf_stored',
      offline: false,
    });
    const given = {
      HF_HOME: home,
      HF_HUB_CACHE: '/c',
      HF_ENDPOINT: 'http://mirror/',
      HF_TOKEN: 't',
      HF_HUB_OFFLINE: '1',
    };
    expect(hubSettings(given)).toEqual({ endpoint: 'http://mirror', cache: '/c', token: 't', offline: true });
  });

  it('the time left follows from what came in this run', () => {
    let now = 0;
    const told: string[] = [];
    const progress = new DownloadProgress(
      'm',
      2e9,
      (text) => told.push(text),
      () => now,
    );
    progress.skip(1e9);
    now = 10_000;
    progress.add(1e8);
    expect(told).toEqual(['Downloading m: 55 % of 2.0 GB, 10.0 MB/s, 2 min left']);
  });
});
