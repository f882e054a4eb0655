// Stage 5: the best few and the recommended settings again, with other seeds.
import { type Confirmation, type ConfirmRun, confirm } from '../confirm/confirm.js';
import { betterTrials } from '../search/limits.js';
import type { SearchTrial } from '../search/search-trial.js';
import { runStage, save } from './context.js';
import { budgetOf } from './options.js';
import { runPredictor } from './pilot-stage.js';
import { confirmEnd, dearerFinal, pace } from './stage-times.js';
import { settingsOfTrial, type TrialStages, trialSetting } from './trial-stages.js';

/** Candidates for the confirmation: at most three complete trials that beat the recommended settings. */
const mostCandidates = 3;
const confirmSeeds = 3;

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
    const speed = pace(stages, trials);
    const wholeBudget = budgetOf(record.settings).minutes !== undefined;
    const rounds = wholeBudget ? confirmSeeds : Math.min(confirmSeeds, Math.max(1, Math.round(trials.length / 8)));
    const confirmation = await confirm({
      ...trialSetting(stages, schedule.share),
      candidates: better.slice(0, mostCandidates).map(({ number }) => number),
      settingsOfTrial: (trial) => settingsOfTrial(piloted.plan, trials, trial),
      folderOf: (trial, confirmSeed) => context.state.trial(record.study, `confirm-${trial}-seed-${confirmSeed}`),
      seeds: Array.from({ length: rounds }, (_, i) => seed + 1 + i),
      predict: (settings) => predict(settings, schedule.share) * speed,
      clock: context.clock,
      endsAt: end === undefined ? undefined : end - speed * dearerFinal(stages, better.slice(0, 1)),
      done: record.confirmRuns,
      async onRun(runs: readonly ConfirmRun[]) {
        record.confirmRuns = [...runs];
        await save(context);
      },
      signal: context.signal,
    });
    record.confirmation = confirmation;
    record.confirmed = true;
    return { result: confirmation, summary: confirmSentence(confirmation) };
  });
}

export function confirmSentence({ seeds, decision }: Confirmation): string {
  const [best] = decision.candidates;
  const over = `${seeds.length} other ${seeds.length === 1 ? 'seed' : 'seeds'}`;
  if (best === undefined) return 'No candidate could be compared on other seeds; the recommended settings stay.';
  const { mean, standardError } = best.difference;
  const size = `${Math.abs(mean).toFixed(4)} ± ${standardError.toFixed(4)}`;
  if (decision.kind === 'better')
    return `On ${over}, trial ${best.trial} is better than the recommended settings by ${size}.`;
  if (decision.kind === 'within-noise') {
    return `On ${over}, trial ${best.trial} is ahead by ${size}, which may be chance; the recommended settings stay.`;
  }
  return `On ${over}, the best trial was worse than the recommended settings by ${size}; they stay.`;
}
