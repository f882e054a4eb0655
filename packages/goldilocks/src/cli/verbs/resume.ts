// `goldilocks resume [STUDY]`: goes on after a stop.
import type { JourneyEvent } from '@goldilocks/protocol';
import type { OptimizeEvent } from '../../optimize/events.js';
import type { ProgressDisplay } from '../../terminal/progress.js';
import { addStateFlag, type StateFlags, stateDirectory } from '../flags/state-flags.js';
import { journeyOutcome } from '../result.js';
import { journeyDisplay, verb } from '../verb.js';
import { optimizeDisplay, optimizeOutcome, withLauncher } from './optimize.js';
import { trainOutcome } from './train.js';

export const resume = verb<StateFlags, JourneyEvent | OptimizeEvent>({
  name: 'resume',
  summary: 'goes on with a study or a run that was stopped, by Ctrl-C or by a power cut',
  examples: [
    ['goldilocks resume', 'goes on with the newest study'],
    ['goldilocks resume feedback-1 --state data/.goldilocks', 'a study by its name, kept elsewhere'],
  ],
  define(command) {
    addStateFlag(command.argument('[study]', 'the name of a study, or of a run of train (default: the newest study)'));
  },
  async createDisplay([study], flags) {
    const isSearch = (await searchToResume(study, flags)) !== undefined;
    // The events are those of the kind of study that the display was made for.
    return (isSearch ? optimizeDisplay() : journeyDisplay()) as Promise<ProgressDisplay<JourneyEvent | OptimizeEvent>>;
  },
  async run([study], flags, session) {
    const { signal, onEvent } = session;
    const state = stateDirectory(flags, study);
    const search = await searchToResume(study, flags);
    if (search !== undefined) {
      const { resumeOptimize } = await import('../../optimize/optimize.js');
      const { placeOfSearch } = await import('../../optimize/find-search.js');
      const place = await placeOfSearch(state, search);
      const result = await withLauncher(place, {}, (launcher) =>
        resumeOptimize({ study: search, stateDirectory: state, signal, onEvent, launcher }),
      );
      return optimizeOutcome(result, session);
    }
    const { isRun, resumeTraining } = await import('../../train/train.js');
    if (study !== undefined && (await isRun(state, study))) {
      return trainOutcome(await resumeTraining(state, study, { signal, onEvent }));
    }
    const { resume: goOn } = await import('../../journey.js');
    return journeyOutcome(await goOn({ study, stateDirectory: state, signal, onEvent }), session);
  },
});

async function searchToResume(study: string | undefined, flags: StateFlags): Promise<string | undefined> {
  const { searchNamed } = await import('../../optimize/find-search.js');
  return searchNamed(stateDirectory(flags, study), study);
}
