// Stage 5: the best few and the recommended settings again, with other seeds.
import { startedTrials } from '../cluster/shared-trials.js';
import { type Confirmation, confirm } from '../confirm/confirm.js';
import type { ConfirmRun } from '../confirm/confirm-run.js';
import type { Candidate, Decision } from '../confirm/decide.js';
import { betterTrials } from '../search/limits.js';
import type { SearchTrial } from '../search/search-trial.js';
import { runStage, save } from './context.js';
import { budgetOf } from './options.js';
import { runPredictor } from './pilot-stage.js';
import { confirmRounds } from './schedule.js';
import { confirmEnd, contenderOf, dearerFinal } from './stage-times.js';
import { settingsOfTrial, type TrialStages, trialSetting } from './trial-stages.js';

const mostSeeds = 3;

export async function confirmStage(
  stages: TrialStages,
  trials: readonly SearchTrial[],
): Promise<Confirmation | undefined> {
  const { context, piloted } = stages;
  const { record } = context;
  if (record.confirmation !== undefined && record.confirmed) return record.confirmation;
  const better = betterTrials(trials);
  if (better.length === 0) return undefined;
  return runStage(context, 'confirm', async () => {
    const { schedule } = piloted;
    const predict = runPredictor(stages.prepared, stages.data, piloted.pilot);
    const seed = record.settings.seed ?? 0;
    const end = confirmEnd(stages);
    const contenders = better.slice(0, 1).map((trial) => contenderOf(stages, trial));
    const recommended = contenderOf(stages, trials[0]!);
    const isTimed = budgetOf(record.settings).minutes !== undefined;
    const result = await confirm({
      ...trialSetting(stages, schedule.share),
      trials: await startedTrials(context.study),
      better: better.map(({ number }) => number),
      settingsOfTrial: (trial) => settingsOfTrial(piloted.plan, trials, trial),
      folderOf: (trial, confirmSeed) => context.state.trial(record.study, `confirm-${trial}-seed-${confirmSeed}`),
      seeds: Array.from({ length: mostSeeds }, (_, i) => seed + 1 + i),
      runs: isTimed ? undefined : 2 * confirmRounds(trials.length),
      predict: (trial) => {
        const candidate = trials.find(({ number }) => number === trial)!;
        return (
          contenderOf(stages, candidate).pace * predict(settingsOfTrial(piloted.plan, trials, trial), schedule.share)
        );
      },
      clock: context.clock,
      endsAt: end === undefined ? undefined : end - dearerFinal(stages, contenders, recommended.pace),
      done: record.confirmRuns,
      async onRun(runs: readonly ConfirmRun[]) {
        record.confirmRuns = [...runs];
        await save(context);
      },
      signal: context.signal,
    });
    record.confirmation = result;
    record.confirmed = true;
    return { result, summary: confirmSentence(result) };
  });
}

export function confirmSentence({ seeds, decision }: Confirmation): string {
  const [best] = decision.candidates;
  if (best === undefined || best.pairs.length === 0) return unrepeatedSentence(decision, seeds.length > 0);
  const mean = best.pairs.reduce((sum, pair) => sum + pair, 0) / best.pairs.length;
  const over = `On ${best.pairs.length} other ${best.pairs.length === 1 ? 'seed' : 'seeds'}`;
  const size = Math.abs(mean).toFixed(4);
  if (decision.kind === 'nothing-better')
    return `${over}, trial ${best.trial} was worse than the recommended settings by ${size}; they stay.`;
  const found = `${over}, trial ${best.trial} was better than the recommended settings by ${size}, and with all trials that is so with a probability of ${chance(best)}`;
  return decision.kind === 'better' ? `${found}.` : `${found}: too little to leave them, so they stay.`;
}

/** Where nothing could be compared on other seeds, by the trials of the search alone. */
function unrepeatedSentence({ kind, candidates }: Decision, tried: boolean): string {
  const why = tried
    ? 'No run with another seed could be compared.'
    : 'There was no time to repeat it with other seeds.';
  const [best] = candidates;
  if (best === undefined) return `${why} The recommended settings stay.`;
  const end = kind === 'better' ? '' : ', so the recommended settings stay';
  return `By the trials of the search, trial ${best.trial} is better than the recommended settings with a probability of ${chance(best)}${end}. ${why}`;
}

/** Never certain, however sure. */
function chance({ probabilityBetter }: Candidate): string {
  const percent = Math.round(100 * probabilityBetter);
  return percent >= 100 ? 'over 99 %' : percent <= 0 ? 'under 1 %' : `${percent} %`;
}
