/** Optuna finds the artifacts of a trial of ours in the same store, and we find the one that it adds to the study. */

import { deepStrictEqual } from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import {
  artifactsOf,
  createStudy,
  downloadArtifact,
  FileSystemArtifactStore,
  openStorage,
  uploadArtifact,
} from '@goldilocks/study';

/** @param optuna runs the Python side with arguments */
export async function checkArtifacts(optuna, url, folder) {
  const storage = await openStorage(url);
  const study = await createStudy({ storage, name: 'with artifacts' });
  const store = new FileSystemArtifactStore(folder);
  const trial = await study.ask();
  writeFileSync(`${folder}.json`, '{"ours": true}');
  await uploadArtifact(trial, { store, path: `${folder}.json` });
  await study.tell(trial, 1);
  const theirs = JSON.parse(await optuna('artifacts', url, study.name, folder));
  deepStrictEqual(theirs, [[`${basename(folder)}.json`, 'application/json', null, '{"ours": true}']]);
  const [added] = artifactsOf({ systemAttributes: await study.systemAttributes() });
  deepStrictEqual([added.fileName, added.mimeType, added.encoding], [`${basename(folder)}.csv`, 'text/csv', null]);
  await downloadArtifact(store, added.id, `${folder}-theirs`);
  deepStrictEqual(readFileSync(`${folder}-theirs`, 'utf8'), 'theirs');
  await storage.close();
  console.log('ok  artifacts, both ways');
}
