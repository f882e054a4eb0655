// `goldilocks studies import`: takes over studies that Optuna wrote.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stripControl } from '../../terminal/strip-control.js';
import { type StateFlags, stateDirectory } from '../flags/state-flags.js';
import { verb } from '../verb.js';

interface ImportFlags extends StateFlags {
  storage?: string;
  study?: string;
  as?: string;
}

export const importStudies = verb<ImportFlags>({
  name: 'import',
  summary: 'takes over the studies of an Optuna file, with all their trials',
  examples: [
    ['goldilocks studies import optuna.db', 'all studies of a SQLite file, under their names'],
    ['goldilocks studies import journal.log --study lora --as lora-old', 'one of a journal file, under another name'],
  ],
  define(command) {
    command
      .argument('<source>', "SQLite or journal file of Optuna's, or a URL such as postgresql://user@host/database")
      .option('--study <name>', 'only the study of this name')
      .option('--as <name>', 'the name it gets here')
      .option('--state <folder>', 'where studies are kept (default: the nearest .goldilocks, or a new one here)')
      .option('--storage <database>', 'a database shared with other machines instead');
  },
  async run([source], { state, ...flags }) {
    const { importStudies } = await import('../../studies/import-studies.js');
    const folder = state === undefined ? nearestOrHere() : existsSync(state) ? stateDirectory({ state }) : state;
    const studies = await importStudies({ source: source!, stateDirectory: folder, ...flags });
    const lines = studies.map(({ name, trials }) => stripControl(`Imported «${name}», ${trials} trials.`));
    return { json: { state: folder, studies }, text: lines.join('\n') };
  },
});

function nearestOrHere(): string {
  try {
    return stateDirectory({});
  } catch {
    return join(process.cwd(), '.goldilocks');
  }
}
