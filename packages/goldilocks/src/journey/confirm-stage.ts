// Stage 5: the best few and the recommended settings again, with other seeds.
import { type Confirmation, type ConfirmRun, confirm } from '../confirm/confirm.js';
import { type Candidate, type Decision, decide } from '../confirm/decide.js';
import { betterTrials } from '../search/limits.js';
import { lastValue, type SearchTrial } from '../search/search-trial.js';
import { readRecord } from '../search/trial-files.js';
import { runStage, save } from './context.js';
import { budgetOf } from './options.js';
import { runPredictor } from './pilot-stage.js';
import { confirmEnd, contenderOf, dearerFinal } from './stage-times.js';
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
    const contenders = better.slice(0, mostCandidates).map((trial) => contenderOf(stages, trial));
    const recommended = contenderOf(stages, trials[0]!);
    const wholeBudget = budgetOf(record.settings).minutes !== undefined;
    const rounds = wholeBudget ? confirmSeeds : Math.min(confirmSeeds, Math.max(1, Math.round(trials.length / 8)));
    const confirmation = await confirm({
      ...trialSetting(stages, schedule.share),
      candidates: better.slice(0, mostCandidates).map(({ number }) => number),
      settingsOfTrial: (trial) => settingsOfTrial(piloted.plan, trials, trial),
      folderOf: (trial, confirmSeed) => context.state.trial(record.study, `confirm-${trial}-seed-${confirmSeed}`),
      seeds: Array.from({ length: rounds }, (_, i) => seed + 1 + i),
      predict: (trial) => {
        const candidate = trials.find(({ number }) => number === trial)!;
        return (
          contenderOf(stages, candidate).pace * predict(settingsOfTrial(piloted.plan, trials, trial), schedule.share)
        );
      },
      clock: context.clock,
      endsAt: end === undefined ? undefined : end - dearerFinal(stages, contenders.slice(0, 1), recommended.pace),
      done: record.confirmRuns,
      async onRun(runs: readonly ConfirmRun[]) {
        record.confirmRuns = [...runs];
        await save(context);
      },
      signal: context.signal,
    });
    const isRepeated = confirmation.seeds.length > 0;
    const result = isRepeated ? confirmation : await unrepeated(stages, trials, better);
    record.confirmation = result;
    record.confirmed = true;
    return { result, summary: confirmSentence(result) };
  });
}

/** Standard errors by which a trial must lead where it could not be repeated: it was picked for its value. */
const unrepeatedErrors = 2;

/** Where there was no time for other seeds, the runs of the search itself decide, by a wider margin. */
async function unrepeated(
  { context, piloted }: TrialStages,
  trials: readonly SearchTrial[],
  better: readonly SearchTrial[],
): Promise<Confirmation> {
  const { record, state } = context;
  const runs: ConfirmRun[] = [];
  for (const trial of [trials[0]!, ...better]) {
    const folder = state.trial(record.study, trial.number);
    const { perExample = [] } = (await readRecord(folder)) ?? {};
    const value = lastValue(trial)!;
    runs.push({ trial: trial.number, seed: piloted.plan.settings.seed, folder, value, loss: null, perExample });
  }
  return {
    seeds: [],
    runs: [],
    decision: decide(
      runs,
      better.map(({ number }) => number),
      unrepeatedErrors,
    ),
  };
}

export function confirmSentence({ seeds, decision }: Confirmation): string {
  const [best] = decision.candidates;
  if (best !== undefined && seeds.length === 0) return unrepeatedSentence(decision.kind, best);
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

function unrepeatedSentence(kind: Decision['kind'], { trial, difference }: Candidate): string {
  const size = `${Math.abs(difference.mean).toFixed(4)} ± ${difference.standardError.toFixed(4)}`;
  const verdict = kind === 'better' ? '' : '; that may be chance, so the recommended settings stay';
  return `Trial ${trial} was better than the recommended settings by ${size}${verdict}. There was no time to repeat it with other seeds.`;
}
