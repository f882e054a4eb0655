// `goldilocks refine [STUDY]`: a dialogue about the last run, with new runs.
import type { RefinedRun } from '../../train/refine-run.js';
import { addStateFlag, type StateFlags, stateDirectory } from '../flags/state-flags.js';
import { refineDialogue } from '../refine-dialogue.js';
import { count } from '../values.js';
import { type Outcome, verb } from '../verb.js';

interface Flags extends StateFlags {
  out: string;
  overwrite?: boolean;
  accept?: number;
}

export const refine = verb<Flags>({
  name: 'refine',
  summary: 'a dialogue: what the last run shows, what to adjust and why; runs again and compares',
  examples: [
    ['goldilocks refine', 'about the newest study or run'],
    ['goldilocks refine feedback-1 --accept 2', 'takes two proposals without asking'],
  ],
  define(command) {
    addStateFlag(command.argument('[study]', 'a study or a run of train (default: the newest finished one)'))
      .option('--accept <runs>', 'take this many proposals without asking', count(0, '2'))
      .option('--out <folder>', 'where the best model goes, if it is better', 'goldilocks-refined')
      .option('--overwrite', 'replace an earlier result there');
  },
  async run([study], flags, session) {
    const { refineRun } = await import('../../train/refine-run.js');
    const { out, overwrite, accept } = flags;
    const { signal, onEvent } = session;
    const dialogue = refineDialogue(session, accept);
    const state = stateDirectory(flags, study);
    const refined = await refineRun({ study, stateDirectory: state, out, overwrite, signal, onEvent, ...dialogue });
    return outcomeOf(refined);
  },
});

async function outcomeOf({ name, result, best }: RefinedRun): Promise<Outcome> {
  const { attempts, end } = result;
  const runs = attempts.map(({ run, diagnoses, verdict }) => ({ settings: run.settings, verdict, diagnoses }));
  const json = { name, end, runs, best: result.best, delivered: best ?? null };
  if (best === undefined) return { json, text: 'The first run stays the best; nothing was written.' };
  const { scoreLines } = await import('../../use/describe-scores.js');
  const { base, tuned, examples, output, metric } = best;
  const lines = [`On ${examples} test examples:`, ...scoreLines(metric, { 'base model': base, refined: tuned })];
  return { json, text: [...lines, `The refined model is in ${output}.`].join('\n') };
}
