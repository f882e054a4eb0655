// `goldilocks resume [STUDY]`: goes on after a stop.
import { addStateFlag, type StateFlags, stateDirectory } from '../flags/state-flags.js';
import { journeyOutcome } from '../result.js';
import { verb } from '../verb.js';
import { trainOutcome } from './train.js';

export const resume = verb<StateFlags>({
  name: 'resume',
  summary: 'goes on with a study or a run that was stopped, by Ctrl-C or by a power cut',
  examples: [
    ['goldilocks resume', 'goes on with the newest study'],
    ['goldilocks resume feedback-1 --state data/.goldilocks', 'a study by its name, kept elsewhere'],
  ],
  define(command) {
    addStateFlag(command.argument('[study]', 'the name of a study, or of a run of train (default: the newest study)'));
  },
  async run([study], flags, session) {
    const { isRun, resumeTraining } = await import('../../train/train.js');
    const { signal, onEvent } = session;
    const state = stateDirectory(flags, study);
    if (study !== undefined && (await isRun(state, study))) {
      return trainOutcome(await resumeTraining(state, study, { signal, onEvent }));
    }
    const { resume: goOn } = await import('../../journey.js');
    return journeyOutcome(await goOn({ study, stateDirectory: state, signal, onEvent }), session);
  },
});
