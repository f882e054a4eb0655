// `goldilocks studies`: lists them.

import { relocate } from '../../state/relocate.js';
import type { StudySummary } from '../../studies/list-studies.js';
import { stripControl } from '../../terminal/strip-control.js';
import type { RunFile } from '../../train/run-file.js';
import { addStateFlag, type StateFlags, stateDirectory } from '../flags/state-flags.js';
import { verb } from '../verb.js';
import { importStudies } from './import-studies.js';

export const studies = verb<StateFlags>({
  name: 'studies',
  summary: 'lists the studies, and the runs of train, with how far they are',
  examples: [
    ['goldilocks studies', 'name, state, trials, best validation so far, and the command that goes on'],
    ['goldilocks studies import optuna.db', 'takes over the studies that Optuna wrote'],
  ],
  define(command) {
    addStateFlag(command);
    // Flags after `import` are its own.
    command.enablePositionalOptions();
    importStudies(command);
  },
  async run(_, flags) {
    const { listStudies } = await import('../../studies/list-studies.js');
    const state = stateDirectory(flags);
    const list = await listStudies(state);
    const { listRunFiles } = await import('../../train/run-file.js');
    const { stateFolderAt } = await import('../../state/folder.js');
    const runs = (await listRunFiles(stateFolderAt(state))).map(summaryOf);
    const lines = [...list.map(line), ...runs.map(runLine)];
    return { json: { state, studies: list, runs }, text: lines.join('\n') || `No studies in ${state} yet.` };
  },
});

function summaryOf({ name, createdAt, result, ...file }: RunFile) {
  const options = relocate(file.options, file.workingDirectory);
  const validationLoss = result?.validationLoss ?? null;
  return { name, createdAt, data: options.data, output: options.out, finished: result !== undefined, validationLoss };
}

function runLine({ name, createdAt, data, output, finished, validationLoss }: ReturnType<typeof summaryOf>): string {
  const loss = validationLoss === null ? '' : `validation loss ${validationLoss.toFixed(4)}, `;
  return `${headOf(name, createdAt, data)}\n    one run; ${loss}${stateOf(name, finished, output)}`;
}

function headOf(name: string, createdAt: string, data: string): string {
  return stripControl(`${name}  ${createdAt.slice(0, 16).replace('T', ' ')}  ${data}`);
}

function stateOf(name: string, finished: boolean, output: string): string {
  return stripControl(finished ? `finished, result in ${output}` : `not finished: goldilocks resume ${name}`);
}

function line({ name, made, finished, trials, best, output, data, createdAt }: StudySummary): string {
  const value = best === null ? '' : `, best ${Number(best.value.toPrecision(5))} in trial ${best.trial}`;
  const state = made === 'elsewhere' ? 'made elsewhere' : stateOf(name, finished, output);
  return `${headOf(name, createdAt, data)}\n    ${trials} trials${value}; ${state}`;
}
