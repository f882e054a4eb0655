// `goldilocks studies import`: what Optuna wrote is taken over whole, or refused with what to do.
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadStudy, readJournal, SqliteStorage } from '@goldilocks/study';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { goldilocks } from './command-line.js';

const folder = mkdtempSync(join(tmpdir(), 'goldilocks-import-'));
const at = (...path: string[]) => join(folder, ...path);
const imported = (...args: string[]) => goldilocks(['studies', 'import', ...args], { cwd: folder });
const studies = async () => JSON.parse((await goldilocks(['studies', '--json'], { cwd: folder })).stdout).studies;

beforeAll(async () => {
  // A journal that Optuna wrote, and the same in a SQLite file.
  copyFileSync(fileURLToPath(new URL('../../../goldens/study/journal.log', import.meta.url)), at('journal.log'));
  const storage = await SqliteStorage.open(at('optuna.db'));
  await storage.addStudies(await readJournal(at('journal.log')));
  await storage.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('takes over a journal with all that it holds, and lists it', async () => {
  const { code, stdout } = await imported('journal.log');
  expect(code).toBe(0);
  expect(stdout).toBe('Imported «one ☃», 10 trials.\nImported «several», 3 trials.\n');
  expect(await studies()).toMatchObject([
    { name: 'one ☃', made: 'elsewhere', trials: 9, best: { trial: 0, value: 0 } },
    { name: 'several', made: 'elsewhere', trials: 3, best: null },
  ]);
  const storage = await SqliteStorage.open(at('.goldilocks', 'studies.db'));
  const trials = await (await loadStudy({ storage, name: 'one ☃' })).trials();
  expect(trials.map(({ state }) => state[0]).join('')).toBe('CCCPFCCCRW');
  await storage.close();
});

it('refuses names that are taken, imports nothing, and says what to do', async () => {
  const { code, stderr } = await imported('optuna.db');
  expect(code).toBe(2);
  expect(stderr).toContain("goldilocks studies import optuna.db --study 'one ☃' --as 'one ☃ (imported)'");
  expect(await studies()).toHaveLength(2);
});

it('takes one study of a SQLite file under another name, and leaves the file as it is', async () => {
  const before = readFileSync(at('optuna.db'));
  const { code, stdout } = await imported('optuna.db', '--study', 'several', '--as', 'again', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout).studies).toEqual([{ name: 'again', from: 'several', trials: 3 }]);
  expect(readFileSync(at('optuna.db')).equals(before)).toBe(true);
  expect((await studies()).map(({ name }: { name: string }) => name)).toEqual(['one ☃', 'several', 'again']);
});

it('writes to another database where one is named', async () => {
  expect((await imported('journal.log', '--storage', 'sqlite:///shared.db')).code).toBe(0);
  const storage = await SqliteStorage.open(at('shared.db'));
  expect(await storage.getStudies()).toHaveLength(2);
  await storage.close();
});

it.each([
  ['missing.db', /There is no file missing\.db/],
  ['table.csv', /neither a SQLite file nor a journal/],
  ['torn.db', /not a sound SQLite database/],
  ['empty.log', /no studies in empty\.log/],
  ['damaged.log', /damaged\.log, line 3 is no operation/],
])('refuses %s', async (name, message) => {
  writeFileSync(at('table.csv'), 'rate,loss\n1,2\n');
  writeFileSync(at('torn.db'), readFileSync(at('optuna.db')).subarray(0, 5000));
  writeFileSync(at('empty.log'), '');
  const lines = readFileSync(at('journal.log'), 'utf8').split('\n');
  writeFileSync(at('damaged.log'), lines.with(2, lines[2]!.slice(0, 30)).join('\n'));
  const { code, stderr } = await imported(name, '--state', 'new');
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
  expect(existsSync(at('new'))).toBe(false);
});
