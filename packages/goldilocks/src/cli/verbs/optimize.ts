// `goldilocks optimize -- COMMAND`: searches the flags of any training command.

import type { SpaceFile } from '@goldilocks/protocol';
import { UserError } from '../../errors.js';
import type { OptimizeEvent } from '../../optimize/events.js';
import type { Launcher } from '../../optimize/launcher.js';
import type { CommandPlace } from '../../optimize/options.js';
import type { OptimizeResult } from '../../optimize/result.js';
import type { ProgressDisplay } from '../../terminal/progress.js';
import { addOptimizeFlags, type OptimizeFlags, searchSettings, spaceOf } from '../flags/optimize-flags.js';
import { placeOf } from '../flags/place-flags.js';
import { stateDirectory } from '../flags/state-flags.js';
import type { Session } from '../session.js';
import { type Outcome, verb } from '../verb.js';

export const optimize = verb<OptimizeFlags, OptimizeEvent>({
  name: 'optimize',
  summary: 'searches the flags of any training command that prints its metrics',
  examples: [
    [
      'goldilocks optimize --space space.json --metric eval_loss --budget 2h -- python train.py --lr {learning_rate}',
      'placeholders are filled anew for each trial; space.json says from where to where',
    ],
    [
      'goldilocks optimize --preset trl --trials 20 -- trl sft --model_name_or_path Qwen/Qwen3-0.6B --dataset_name trl-lib/Capybara',
      "with a ready-made space, which appends the tool's own flags",
    ],
    ['goldilocks optimize --resume train-1 --trials 40', 'goes on, for longer'],
    [
      'goldilocks optimize --space space.json --concurrency 8 --on ray=http://127.0.0.1:8265 --trial-gpus 1 -- python /shared/train.py --lr {learning_rate}',
      'eight at a time on a Ray cluster, each with a GPU',
    ],
  ],
  define(command) {
    addOptimizeFlags(command.argument('[command...]', 'after --: the program and its arguments'));
  },
  stopping: 'Stopping the commands that run; their settings will be tried again.',
  createDisplay: optimizeDisplay,
  async run(command, flags, session) {
    if (flags.presets) return listPresets();
    if (flags.resume !== undefined) return resumeSearch(flags.resume, command, flags, session);
    const space = await spaceOf(flags);
    if (flags.printSpace) return { json: { space }, text: JSON.stringify(space, null, 2) };
    const { optimizeCommand } = await import('../../optimize/optimize.js');
    const { study, state, storage } = flags;
    const settings = { command, space, ...searchSettings(flags) };
    const { signal, onEvent } = session;
    const place = placeOf(flags);
    const result = await withLauncher(place, space, (launcher) =>
      optimizeCommand({ ...settings, study, stateDirectory: state, storage, signal, onEvent, launcher, place }),
    );
    return optimizeOutcome(result, session);
  },
});

export async function optimizeDisplay(): Promise<ProgressDisplay<OptimizeEvent>> {
  const { createOptimizeProgress } = await import('../../optimize/progress/progress.js');
  return createOptimizeProgress();
}

async function listPresets(): Promise<Outcome> {
  const { presets, presetsText } = await import('../../optimize/presets/presets.js');
  return { json: { presets }, text: presetsText() };
}

async function resumeSearch(
  study: string,
  command: readonly string[],
  flags: OptimizeFlags,
  session: Session<OptimizeEvent>,
): Promise<Outcome> {
  if (command.length > 0 || flags.space !== undefined || flags.preset !== undefined) {
    throw new UserError(
      '--resume goes on with the command and the space that the study has. To change them, begin another study.',
    );
  }
  const { resumeOptimize } = await import('../../optimize/optimize.js');
  const { signal, onEvent } = session;
  const state = stateDirectory(flags, study);
  const settings = { ...searchSettings(flags), storage: flags.storage };
  const { placeOfSearch } = await import('../../optimize/find-search.js');
  const place = placeOf(flags) ?? (await placeOfSearch(state, study));
  const result = await withLauncher(place, {}, (launcher) =>
    resumeOptimize({ study, stateDirectory: state, ...settings, signal, onEvent, launcher, place }),
  );
  return optimizeOutcome(result, session);
}

/** Gives `work` what starts commands elsewhere, if that is where they run, and ends all of them with it. */
export async function withLauncher<Result>(
  place: CommandPlace | undefined,
  space: Pick<SpaceFile, 'metrics'>,
  work: (launcher: Launcher | undefined) => Promise<Result>,
): Promise<Result> {
  const { launcherOf } = await import('../flags/place-flags.js');
  const launcher = await launcherOf(place, space);
  try {
    return await work(launcher);
  } finally {
    await launcher?.close();
  }
}

/** The last word of a search, also where `goldilocks resume` went on with it. */
export async function optimizeOutcome(
  result: OptimizeResult,
  { width, paint }: Pick<Session, 'width' | 'paint'>,
): Promise<Outcome> {
  const { summaryText } = await import('../../optimize/summary.js');
  return { json: { ...result }, text: summaryText(result, { width, paint }) };
}
