// Runs whose base model is an id of the Hub, stopped and resumed by the command line: always the revision that they began with.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FakeRepository, type HubServer, startHub } from '../src/hub/testing/hub-server.js';
import { ended, type Finished, goldilocks, says, start } from './command-line.js';
import { jsonLines, smallRows } from './small-data.js';
import { writeTinyModel } from './tiny-model.js';

const folder = mkdtempSync(join(tmpdir(), 'goldilocks-hub-resume-'));
const cache = join(folder, 'hub');
const first = '1'.repeat(40);
const second = '2'.repeat(40);
const model = 'some-org/tiny';
let hub: HubServer;
let revisions: Record<string, FakeRepository>;
/** What the server has for `main` now, and every older commit that it still serves. */
const repositories: FakeRepository[] = [];

beforeAll(async () => {
  const at = async (commit: string, layers: number): Promise<FakeRepository> => {
    const directory = await writeTinyModel(join(folder, commit), { layers });
    const files = readdirSync(directory).map((path) => ({ path, content: readFileSync(join(directory, path)) }));
    return { id: model, commit, files };
  };
  revisions = { [first]: await at(first, 2), [second]: await at(second, 3) };
  repositories.push(revisions[first]!);
  hub = await startHub(repositories);
  writeFileSync(join(folder, 'data.jsonl'), jsonLines(smallRows(60)));
});

afterAll(async () => {
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

const environment = (more: Record<string, string> = {}) => ({
  HF_ENDPOINT: hub.endpoint,
  HF_HUB_CACHE: cache,
  ...more,
});

/** Begins a verb and stops it when it says something. @returns the name to resume by */
async function stopped(args: string[], at: RegExp): Promise<string> {
  const child = start(args, { cwd: folder, env: environment() });
  const end = ended(child);
  await says(child, at);
  child.kill('SIGINT');
  const { code, stderr } = await end;
  expect(code, stderr).toBe(130);
  return /goldilocks resume (\S+) --state/.exec(stderr)![1]!;
}

const resumed = (name: string, more: Record<string, string> = {}): Promise<Finished> =>
  goldilocks(['resume', name, '--json'], { cwd: folder, env: environment(more) });

/** The server's `main` is another model from now on. */
const moveMain = () => repositories.splice(0, repositories.length, revisions[second]!);

const runFile = (name: string) => JSON.parse(readFileSync(join(folder, '.goldilocks/runs', name, 'run.json'), 'utf8'));

const endless = ['train', 'data.jsonl', '--model', model, '--epochs', '4000', '--patience', '0'];

it('a run keeps the revision that it began with, where the Hub has moved on and where it is out of reach', async () => {
  const name = await stopped([...endless, '--out', 'out'], /validation loss .* at [1-9]/);
  expect(runFile(name).options.model).toBe(`${model}@${first}`);
  moveMain();
  const asked = hub.requests.length;
  const child = start(['resume', name], { cwd: folder, env: environment({ HF_HUB_OFFLINE: '1' }) });
  const end = ended(child);
  await says(child, /validation loss/);
  child.kill('SIGINT');
  const { code, stderr } = await end;
  expect(code, stderr).toBe(130);
  expect(stderr).not.toMatch(/at 0 %/); // it went on where it was
  expect(hub.requests.length).toBe(asked);
});

it('a study goes on with its revision fetched anew where the cache was deleted, and tells it', async () => {
  repositories.splice(0, repositories.length, revisions[first]!);
  rmSync(cache, { recursive: true });
  const search = ['run', 'data.jsonl', '--model', model, '--trials', '2', '--epochs', '2', '--out', 'searched'];
  const name = await stopped([...search, '--study', 'search'], /pilot/i);
  rmSync(cache, { recursive: true });

  moveMain();
  const gone = await resumed(name);
  expect(gone.code).toBe(2);
  expect(gone.stderr).toMatch(/There is no model some-org\/tiny \(revision 1{40}\)/);
  const offline = await resumed(name, { HF_HUB_OFFLINE: '1' });
  expect(offline.code).toBe(2);
  expect(offline.stderr).toMatch(/some-org\/tiny is not in the cache .* HF_HUB_OFFLINE/);

  repositories.push(revisions[first]!);
  const { code, stdout, stderr } = await resumed(name);
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/Downloading some-org\/tiny/);
  expect(readdirSync(join(cache, 'models--some-org--tiny/snapshots'))).toEqual([first]);
  expect(JSON.parse(stdout).report.baseModel).toMatchObject({ name: model, revision: first });
});
