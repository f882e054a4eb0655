/** The conformance suite on PostgreSQL embedded in the process, and on a server where GOLDILOCKS_POSTGRES names one. */

import { afterAll, beforeAll, describe, test } from 'vitest';
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
  }, 120_000);
  afterAll(() => embedded.end());
  const open = async () => {
    await embedded.useNewSchema(`check_${schemas++}`);
    return { storage: await PostgresStorage.on(embedded), another: () => PostgresStorage.on(embedded) };
  };
  for (const { name, run } of storageConformance(open)) test(name, run);
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
