import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { InvalidOptionError, StorageUnavailableError } from '../errors.js';
import { MemoryStorage } from './memory.js';
import { openStorage } from './open-storage.js';
import { SqliteStorage } from './sqlite/sqlite-storage.js';

const folder = mkdtempSync(join(tmpdir(), 'goldilocks-open-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a path, and every form of a URL of SQLite, opens the same file', async () => {
  const path = join(folder, 'ä b.db');
  for (const url of [path, `sqlite:///${path}`, `sqlite+pysqlite:///${path}`, `SQLite:///${path}`]) {
    const storage = await openStorage(url);
    expect(storage).toBeInstanceOf(SqliteStorage);
    if (url === path) await storage.createStudy('here', ['minimize']);
    expect((await storage.getStudies()).map(({ name }) => name)).toEqual(['here']);
    await storage.close();
  }
});

test('storages of this process', async () => {
  expect(await openStorage('memory:')).toBeInstanceOf(MemoryStorage);
  const sqlite = await openStorage('sqlite://');
  expect((await sqlite.createStudy('a', ['minimize'])).id).toBe(1);
  await sqlite.close();
});

test.each(['mysql://root:secret@host/db', '', 'redis://:secret@host', 'sqlite:studies.db', 'sqlite:///a.db?mode=ro'])(
  'no storage for %s',
  async (url) => {
    const opening = openStorage(url);
    await expect(opening).rejects.toThrow(InvalidOptionError);
    await expect(opening).rejects.not.toThrow(/secret/);
  },
);

test('a server that is not there is named, its password is not', async () => {
  for (const url of ['postgresql://me:secret@127.0.0.1:1/db', 'postgresql+psycopg2://me:secret@127.0.0.1:1/db']) {
    const opening = openStorage(url, { reconnectMs: 50 });
    await expect(opening).rejects.toThrow(StorageUnavailableError);
    await expect(opening).rejects.toThrow('postgresql://me@127.0.0.1:1/db could not be reached');
    await expect(opening).rejects.not.toThrow(/secret/);
  }
  const unreadable = openStorage('postgresql://me:sec/ret@host:port/db');
  await expect(unreadable).rejects.toThrow(/cannot be read/);
  await expect(unreadable).rejects.not.toThrow(/ret@/);
});

test('drivers are loaded when they are needed', () => {
  const index = new URL('../../dist/index.js', import.meta.url).href;
  const script = `
    import { createRequire } from 'node:module';
    const { cache } = createRequire(${JSON.stringify(index)});
    const show = () => console.log(['pg', 'libsql'].filter((name) =>
      Object.keys(cache).some((path) => path.includes('/node_modules/' + name + '/'))).join());
    const { openStorage } = await import(${JSON.stringify(index)});
    await openStorage('memory:');
    show();
    await (await openStorage('sqlite://')).close();
    show();`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(output.split('\n')).toEqual(['', 'libsql', '']);
});
