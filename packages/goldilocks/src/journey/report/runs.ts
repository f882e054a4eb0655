// The runs behind a report: trials, learning curves, the confirmation.
import type { LearningCurve, Confirmation as ReportConfirmation, ReportTrial } from '@goldilocks/protocol';
import type { Confirmation } from '../../confirm/confirm.js';
import type { Plan } from '../../plan/plan.js';
import { rungShares } from '../../search/rungs.js';
import { lastValue, type SearchTrial } from '../../search/search-trial.js';
import { readRecord, type TrialRecord } from '../../search/trial-files.js';
import type { FinalRun } from '../final-runs.js';
import { shownChanges, shownParams } from './params.js';

export const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

export function reportTrial(plan: Plan, trial: SearchTrial, record: TrialRecord | undefined): ReportTrial {
  const { number, params, values, seconds, reason } = trial;
  const best = record?.evaluations.find(({ step }) => step === record.bestStep);
  return {
    number,
    state: trial.state,
    params: shownParams(plan, params),
    changed: shownChanges(plan, params),
    rungs: values.map((value, rung) => ({ share: rungShares[rung]!, value: finite(value) })),
    value: finite(lastValue(trial)),
    validationLoss: finite(best?.loss),
    seconds,
    failure: trial.state === 'failed' ? ((trial.failure ?? 'error') as ReportTrial['failure']) : null,
    reason,
  };
}

export async function learningCurve(title: string, run: FinalRun): Promise<LearningCurve | undefined> {
  const record = await readRecord(run.folder);
  if (record === undefined) return undefined;
  const { curve, evaluations, bestStep } = record;
  return {
    title,
    trial: run.trial,
    seed: run.settings.seed,
    training: curve.map(({ step, epoch, loss }) => ({ step, epoch, loss: finite(loss) })),
    validation: evaluations.map(({ step, epoch, loss }) => ({ step, epoch, loss: finite(loss) })),
    learningRate: curve.map(({ step, learningRate }) => ({ step, value: learningRate })),
    bestStep,
    gap: gapAt(record),
  };
}

/** From here on the model knows the training examples clearly better than others. */
const clearGap = 0.1;

function gapAt({ evaluations, bestStep }: TrialRecord): LearningCurve['gap'] {
  const best = evaluations.find(({ step }) => step === bestStep);
  if (best?.trainingLoss === undefined) return null;
  const value = best.loss - best.trainingLoss;
  const size = Math.abs(value).toFixed(3);
  if (value > clearGap * best.loss) {
    return {
      value,
      sentence: `At the kept checkpoint the validation loss is ${size} above the training loss: it overfits a little.`,
    };
  }
  const side = value >= 0 ? 'above' : 'below';
  return {
    value,
    sentence: `At the kept checkpoint the validation loss is ${size} ${side} the training loss: no overfitting to speak of.`,
  };
}

const z95 = 1.96;

export function reportConfirmation(confirmation: Confirmation, sentence: string): ReportConfirmation {
  const { seeds, runs, decision } = confirmation;
  const trials = [...new Set(runs.map(({ trial }) => trial))].sort((a, b) => a - b);
  const [best] = decision.candidates;
  return {
    seeds,
    candidates: trials.map((trial) => {
      const losses = seeds.map((seed) => runs.find((run) => run.trial === trial && run.seed === seed)?.loss ?? null);
      const known = losses.filter((loss) => loss !== null);
      const mean = known.length === 0 ? null : known.reduce((sum, loss) => sum + loss, 0) / known.length;
      return { title: trial === 0 ? 'recommended settings' : `trial ${trial}`, trial, losses, mean };
    }),
    difference:
      best === undefined
        ? null
        : {
            mean: best.difference.mean,
            low: best.difference.mean - z95 * best.difference.standardError,
            high: best.difference.mean + z95 * best.difference.standardError,
          },
    probabilityBetter: best?.probabilityBetter,
    seedDeviation: decision.seedDeviation,
    sentence,
  };
}
