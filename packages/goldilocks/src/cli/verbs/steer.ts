// `goldilocks steer STUDY COMMAND`: what the page can tell a running search, from a terminal.
import { addStateFlag, type StateFlags, stateDirectory } from '../flags/state-flags.js';
import { messageDisplay, verb } from '../verb.js';

export const steer = verb<StateFlags, never>({
  name: 'steer',
  summary: 'tells a running search what to do: pause, go on, stop, try values, search another range',
  examples: [
    ['goldilocks steer feedback-1 pause', 'what runs is saved and waits; resume goes on'],
    ['goldilocks steer feedback-1 stop', 'ends the search; the best so far is kept, confirmed and tested'],
    ['goldilocks steer feedback-1 enqueue learningRate=2e-4 epochs=3', 'tries these values next'],
    ['goldilocks steer feedback-1 range learningRate 1e-4 1e-3', 'searches this range from the next trial on'],
    ['goldilocks steer feedback-1 extend 10m', 'adds to the budget; a bare number adds trials'],
    ['goldilocks steer feedback-1 stop-trial 7', 'ends one trial; mark, unmark and note are kept with the study'],
  ],
  define(command) {
    addStateFlag(command.argument('<study>', 'its name').argument('<command...>', 'see the examples'));
  },
  stopping: 'The command stays given.',
  createDisplay: messageDisplay,
  async run([study, ...words], flags) {
    const { parseCommand } = await import('../../steer/parse-command.js');
    const { steer: give } = await import('../../steer/steer-study.js');
    const { UserError } = await import('../../errors.js');
    const command = parseCommand(words);
    const given = await give({ command, study: study!, stateDirectory: stateDirectory(flags, study), by: 'terminal' });
    const { outcome } = given.record;
    if (outcome?.state === 'refused') throw new UserError(outcome.sentence);
    const waits = given.isWorkedOn
      ? 'It is given, and taken up at the next step.'
      : `It is given; no process works on the study now. It is taken up by: goldilocks resume ${study}`;
    return { json: { ...given }, text: outcome?.sentence ?? waits };
  },
});
