import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { float } from '../distributions/distribution.js';
import { ArtifactNotFoundError, InvalidOptionError, StorageError } from '../errors.js';
import { createStudy } from '../study/create-study.js';
import { artifactsOf, downloadArtifact, uploadArtifact } from './artifacts.js';
import { FileSystemArtifactStore } from './file-system-store.js';

const folder = mkdtempSync(join(tmpdir(), 'goldilocks-artifacts-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...path: string[]) => join(folder, ...path);
const store = new FileSystemArtifactStore(at('store'));

test('files are uploaded to a trial and a study, listed, and downloaded as they were', async () => {
  const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 31) % 256));
  writeFileSync(at('plot.png'), bytes);
  writeFileSync(at('log.txt.gz'), 'compressed');
  const study = await createStudy();
  const trial = await study.ask({ x: float(0, 1) });
  const uploaded = [
    await uploadArtifact(trial, { store, path: at('plot.png') }),
    await uploadArtifact(trial, { store, path: at('log.txt.gz') }),
  ];
  const ofStudy = await uploadArtifact(study, { store, path: at('plot.png'), mimeType: 'image/apng' });
  await study.tell(trial, 1);
  expect(artifactsOf((await study.trials())[0]!)).toEqual(uploaded);
  expect(uploaded).toMatchObject([
    { fileName: 'plot.png', mimeType: 'image/png', encoding: null },
    { fileName: 'log.txt.gz', mimeType: 'text/plain', encoding: 'gzip' },
  ]);
  expect(artifactsOf({ systemAttributes: await study.systemAttributes() })).toEqual([ofStudy]);
  await downloadArtifact(store, uploaded[0]!.id, at('copy.png'));
  expect(readFileSync(at('copy.png')).equals(bytes)).toBe(true);
  await expect(downloadArtifact(store, uploaded[0]!.id, at('copy.png'))).rejects.toThrow(/file of that name/);
  expect(readFileSync(at('copy.png')).equals(bytes)).toBe(true);
  await store.remove(ofStudy.id);
  await expect(downloadArtifact(store, ofStudy.id, at('gone'))).rejects.toThrow(ArtifactNotFoundError);
});

test('ids do not lead out of the folder', async () => {
  for (const id of ['../plot.png', '/etc/passwd', '..', '.hidden', 'a/b', 'a\0b', '']) {
    await expect(store.read(id)).rejects.toThrow(InvalidOptionError);
    await expect(store.write(id, Readable.from('x'))).rejects.toThrow(InvalidOptionError);
  }
});

test('what could not be read whole is not stored', async () => {
  const broken = Readable.from(
    (async function* () {
      yield 'half';
      throw new Error('the source broke');
    })(),
  );
  await expect(store.write('half', broken)).rejects.toThrow(StorageError);
  expect(readdirSync(at('store')).filter((name) => name.startsWith('half'))).toEqual([]);
  const study = await createStudy();
  await expect(uploadArtifact(study, { store, path: at('missing') })).rejects.toThrow(StorageError);
  expect(await study.systemAttributes()).toEqual({});
});
