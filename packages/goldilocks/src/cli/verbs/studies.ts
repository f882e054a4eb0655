// `goldilocks studies`: lists them.
import type { StudySummary } from '../../studies/list-studies.js';
import { addStateFlag, type StateFlags, stateDirectory } from '../flags/state-flags.js';
import { verb } from '../verb.js';

export const studies = verb<StateFlags>({
  name: 'studies',
  summary: 'lists the studies with how far they are',
  examples: [['goldilocks studies', 'name, state, trials, best validation so far, and the command that goes on']],
  define(command) {
    addStateFlag(command);
  },
  async run(_, flags) {
    const { listStudies } = await import('../../studies/list-studies.js');
    const state = stateDirectory(flags);
    const list = await listStudies(state);
    const text = list.length === 0 ? `No studies in ${state} yet.` : list.map(line).join('\n');
    return { json: { state, studies: list }, text };
  },
});

function line({ name, finished, trials, best, output, data, createdAt }: StudySummary): string {
  const value = best === null ? '' : `, best ${best.value.toFixed(4)} in trial ${best.trial}`;
  const state = finished ? `finished, result in ${output}` : `not finished: goldilocks resume ${name}`;
  return `${name}  ${createdAt.slice(0, 16).replace('T', ' ')}  ${data}\n    ${trials} trials${value}; ${state}`;
}
