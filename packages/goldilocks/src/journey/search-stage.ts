// Stage 4: the search, in a study that Optuna can open.
import type { Params, Study } from '@goldilocks/study';
import type { Parameters } from '../plan/hyperparameters.js';
import { paramsFromSettings, settingsFromParams } from '../plan/plan.js';
import { completeTrials } from '../search/limits.js';
import { readTrials, search } from '../search/search.js';
import { searchSampler } from '../search/search-sampler.js';
import { lastValue, type SearchTrial } from '../search/search-trial.js';
import { distributionsOf } from '../search/space.js';
import { AllowedSampler } from '../steer/allowed-sampler.js';
import { winnersInSpace } from '../transfer/past-winners.js';
import { runStage, save } from './context.js';
import { describeObjective } from './objective.js';
import { openStudy } from './open-study.js';
import { budgetOf } from './options.js';
import { runPredictor } from './pilot-stage.js';
import { confirmEnd, keepFor } from './stage-times.js';
import { type TrialStages, trialSetting } from './trial-stages.js';

/** User attribute of a trial that has the settings of a past study: the study's name. */
const pastStudyAttribute = 'goldilocks:past_study';

export async function searchStage(stages: TrialStages): Promise<SearchTrial[]> {
  const { context, piloted } = stages;
  const { record } = context;
  const study = await studyFor(stages);
  if (record.searched) return readTrials(study);
  return runStage(context, 'search', async () => {
    const { plan, schedule } = piloted;
    const predict = runPredictor(stages.prepared, stages.data, piloted.pilot);
    await enqueueFirst(stages, study);
    const trials = await search({
      ...trialSetting(stages, schedule.share),
      study,
      space: distributionsOf(plan.searchSpace),
      recommended: paramsFromSettings(plan, plan.settings),
      settingsOf: (params) => settingsFromParams(plan, params as Parameters),
      folderOf: (trial) => context.state.trial(record.study, trial),
      predict: (settings, from, to) => predict(settings, schedule.share, from, to),
      clock: context.clock,
      // The budget may be extended on the way.
      get endsAt() {
        return confirmEnd(stages);
      },
      get trials() {
        return budgetOf(record.settings).trials;
      },
      keepFor: keepFor(stages),
      subset: schedule.share,
      onStep: () => save(context),
      signal: context.signal,
    });
    record.searched = true;
    return { result: trials, summary: searchSentence(trials) };
  });
}

/** The study with the sampler that this plan asks for. */
async function studyFor({ context, piloted, prepared }: TrialStages): Promise<Study> {
  const { plan } = piloted;
  const { settings, study: name } = context.record;
  const { steering } = context;
  const seed = settings.seed ?? 0;
  const searching = searchSampler(paramsFromSettings(plan, plan.settings) as Params, seed);
  const sampler =
    steering === undefined ? searching : new AllowedSampler(searching, (name) => steering.allowed(name), seed);
  const study = await openStudy(context.storage, name, sampler);
  await study.setMetricNames([describeObjective(prepared.objective).name]);
  return study;
}

/** The recommended settings, then those of past studies. */
async function enqueueFirst({ context, piloted }: TrialStages, study: Study): Promise<void> {
  const { plan } = piloted;
  await study.enqueue(paramsFromSettings(plan, plan.settings), { skipIfExists: true });
  const past = winnersInSpace(plan, distributionsOf(plan.searchSpace), context.record.past ?? []);
  for (const { study: from, params } of past) {
    await study.enqueue(params, { skipIfExists: true, userAttributes: { [pastStudyAttribute]: from } });
  }
}

/** What came of a search, in a sentence. */
export function searchSentence(trials: readonly SearchTrial[]): string {
  const [best] = completeTrials(trials);
  const count = (state: SearchTrial['state']) => trials.filter((trial) => trial.state === state).length;
  const failed = count('failed') === 0 ? '' : `, ${count('failed')} failed`;
  const ended = `${trials.length} trials: ${count('complete')} to the end, ${count('pruned')} stopped early${failed}`;
  if (best === undefined) return `${ended}.`;
  const recommended = lastValue(trials[0]!)!;
  const which = best.number === 0 ? 'the recommended settings are still the best' : `trial ${best.number} is the best`;
  return `${ended}; ${which}: ${lastValue(best)!.toFixed(4)} against ${recommended.toFixed(4)} of the recommended settings.`;
}
