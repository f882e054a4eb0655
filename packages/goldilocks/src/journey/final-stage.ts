// Stage 6: the final runs of the recommended and the found settings.
import type { Confirmation } from '../confirm/confirm.js';
import { formatSeconds } from '../plan/describe.js';
import type { SearchTrial } from '../search/search-trial.js';
import { runStage } from './context.js';
import { type FinalRun, finalRuns } from './final-runs.js';
import { settingsOfTrial, type TrialStages, trialSetting } from './trial-stages.js';

export async function finalStage(
  stages: TrialStages,
  trials: readonly SearchTrial[],
  confirmation: Confirmation | undefined,
): Promise<{ recommended: FinalRun; found: FinalRun }> {
  const { context, piloted, data } = stages;
  const { record } = context;
  if (record.final !== undefined) return record.final;
  return runStage(context, 'final', async () => {
    const searched = trialSetting(stages, piloted.schedule.share).train;
    const began = context.clock.elapsed;
    const runs = await finalRuns({
      ...trialSetting(stages, 1),
      searched,
      isWhole: piloted.schedule.share === 1,
      confirmation,
      settingsOfTrial: (trial) => settingsOfTrial(piloted.plan, trials, trial),
      folderOfTrial: (trial) => context.state.trial(record.study, trial),
      folderOfFinal: (trial) => context.state.trial(record.study, `final-${trial}`),
      signal: context.signal,
    });
    record.final = runs;
    const how =
      piloted.schedule.share === 1
        ? `the best of its runs is taken: validation loss ${runs.found.loss.toFixed(4)}`
        : `trained on all ${data.train.length} training examples in ${formatSeconds(context.clock.elapsed - began)}: validation loss ${runs.found.loss.toFixed(4)}`;
    const which = runs.found.trial === 0 ? 'The recommended settings' : `The settings of trial ${runs.found.trial}`;
    return { result: runs, summary: `${which}: ${how}.` };
  });
}
