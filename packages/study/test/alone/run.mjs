/**
 * Installs this package alone, as `npm pack` makes it, in an empty folder, and runs the first study of its README there:
 * it needs no other package of this repository. Usage: node packages/study/test/alone/run.mjs, after the build.
 */

import { deepStrictEqual, ok } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'goldilocks-alone-'));
const run = (command, ...args) => execFileSync(command, args, { cwd: folder, encoding: 'utf8' });

try {
  const [{ filename }] = JSON.parse(
    run('npm', 'pack', source, '--json', '--ignore-scripts', '--pack-destination', folder),
  );
  run('npm', 'init', '--yes');
  run('npm', 'install', '--no-audit', '--no-fund', join(folder, filename));
  const installed = readdirSync(join(folder, 'node_modules/@goldilocks'));
  deepStrictEqual(installed, ['study'], 'other packages of this repository came along');

  const [, example] = readFileSync(join(source, 'README.md'), 'utf8').match(/```ts\n(.*?)```/s);
  const objective = 'const trainAndValidate = async (p) => (Math.log10(p.learningRate) + 3) ** 2 + p.layers;';
  // The objective is the reader's own function, so it is put where the example finds it: before the first line that runs.
  writeFileSync(join(folder, 'first.mjs'), example.replace(/^(const study)/m, `${objective}\n$1`));
  const lines = run('node', 'first.mjs').trim().split('\n');
  ok(/^\[ \d/.test(lines[0]), `the first study printed: ${lines.join(' ')}`);
  run('node', 'first.mjs');
  const count = `import { loadStudy, SqliteStorage } from '@goldilocks/study';
    const study = await loadStudy({ storage: await SqliteStorage.open('studies.db'), name: 'first' });
    console.log((await study.trials()).length);`;
  deepStrictEqual(
    run('node', '--input-type=module', '--eval', count).trim(),
    '60',
    'it did not go on where it stopped',
  );
  console.log(`ok  installed alone; the first study of the README found ${lines[0]}`);
} finally {
  rmSync(folder, { recursive: true });
}
