/** The conformance suite on PostgreSQL embedded in the process, and on a server where GOLDILOCKS_POSTGRES names one. */

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { PgliteServer } from '../../../test/pglite-server.js';
import { newDatabase } from '../../../test/postgres.js';
import { storageConformance } from '../../testing/storage-conformance.js';
import { PostgresStorage } from './postgres-storage.js';

describe('PostgresStorage, embedded', () => {
  let embedded: PgliteServer;
  let schemas = 0;
  // The first use starts the database, which takes seconds.
  beforeAll(async () => {
    embedded = new PgliteServer();
    await embedded.useNewSchema('start');
  });
  afterAll(() => embedded.end());
  const open = async () => {
    await embedded.useNewSchema(`check_${schemas++}`);
    return { storage: await PostgresStorage.on(embedded), another: () => PostgresStorage.on(embedded) };
  };
  for (const { name, run } of storageConformance(open)) test(name, run);

  test('a start in the very microsecond of another is a trial of its own', async () => {
    const { storage, another } = await open();
    const { id } = await storage.createStudy('a', ['minimize']);
    vi.useFakeTimers({ toFake: ['Date'] });
    const random = vi.spyOn(Math, 'random').mockReturnValueOnce(0.5).mockReturnValueOnce(0.5).mockReturnValue(0.7);
    const trials = [await storage.startTrial(id), await (await another()).startTrial(id)];
    expect(trials.map(({ number }) => number)).toEqual([0, 1]);
    expect(random).toHaveBeenCalledTimes(3);
    vi.restoreAllMocks();
    vi.useRealTimers();
  });
});

const server = process.env.GOLDILOCKS_POSTGRES;
describe.skipIf(!server)('PostgresStorage, on a server', () => {
  const open = async () => {
    const url = await newDatabase(server!);
    const others: PostgresStorage[] = [];
    const storage = await PostgresStorage.open(url);
    const close = storage.close.bind(storage);
    storage.close = async () => {
      await Promise.all(others.map((other) => other.close()));
      await close();
    };
    const another = async () => {
      const other = await PostgresStorage.open(url);
      others.push(other);
      return other;
    };
    return { storage, another };
  };
  for (const { name, run } of storageConformance(open)) test(name, run);
});
