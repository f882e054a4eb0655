// `goldilocks resume [STUDY]`: goes on after a stop.
import { addStateFlag, type StateFlags, stateDirectory } from '../flags/state-flags.js';
import { journeyOutcome } from '../result.js';
import { verb } from '../verb.js';

export const resume = verb<StateFlags>({
  name: 'resume',
  summary: 'goes on with a study that was stopped, by Ctrl-C or by a power cut',
  examples: [
    ['goldilocks resume', 'goes on with the newest study'],
    ['goldilocks resume feedback-1 --state data/.goldilocks', 'a study by its name, kept elsewhere'],
  ],
  define(command) {
    addStateFlag(command.argument('[study]', 'the name of a study (default: the newest)'));
  },
  async run([study], flags, session) {
    const { resume: goOn } = await import('../../journey.js');
    const { signal, onEvent } = session;
    const result = await goOn({ study, stateDirectory: stateDirectory(flags, study), signal, onEvent });
    return journeyOutcome(result, session);
  },
});
