// Is the run learning at all, and fast enough? Diverged, stuck, too slow, still falling.
import {
  bestEvaluation,
  change,
  epoch,
  finiteHistory,
  loss,
  percent,
  relativeChange,
  trainingFell,
  trainingTrend,
} from '../curve.js';
import type { DiagnosisRule, RunRecord } from '../run-record.js';
import { roundEpochs, roundRate, suggest } from './suggest.js';

/** A change counts from this many standard errors on: 1 % by chance. */
const clear = 2.58;
/** Less improvement than this share of the loss is none. */
const noImprovement = 0.01;
/**
 * Share of the whole improvement that falls into the last third of the run. A straight line has 1/3: the rate hardly
 * moves the model. A run that has converged has a few per cent.
 */
const almostStraight = 0.25;
const stillMoving = 0.05;

const cliff = 'LoRA Without Regret (Thinking Machines): flat, then a cliff';

function brokenStep(run: RunRecord): string | undefined {
  const step = run.steps?.find(({ loss }) => !Number.isFinite(loss));
  if (step) return `the loss was not a number at step ${step.step} of ${run.totalSteps}`;
  const evaluation = run.history.find(({ loss }) => !Number.isFinite(loss));
  return evaluation && `the validation loss was not a number at epoch ${epoch(evaluation)}`;
}

/** Validation ended clearly and by a tenth above where it began, and the training loss did not fall either. */
function ranAway(run: RunRecord): string | undefined {
  const history = finiteHistory(run);
  const [first, last] = [history[0], history.at(-1)];
  if (!first || !last || first === last || trainingFell(run)) return undefined;
  if (relativeChange(first, last) < 0.1 || change(first, last).t < clear) return undefined;
  return `validation loss rose from ${loss(first)} to ${loss(last)}, and training loss did not fall`;
}

export const diverged: DiagnosisRule = (run) => {
  const seen =
    brokenStep(run) ?? (run.outcome === 'diverged' ? 'the training loss ran away' : undefined) ?? ranAway(run);
  if (!seen) return undefined;
  const rate = run.settings.learningRate;
  return {
    kind: 'diverged',
    evidence: `Diverged: ${seen}.`,
    adjustment: suggest(run, 'learningRate', roundRate(rate / 4)),
    because: `The rate ${rate} lies beyond the cliff: a quarter of it is on the safe side more often than not.`,
    source: cliff,
    continueFromCheckpoint: false,
  };
};

/** Neither validation nor training improved. Whether the rate is too low or too high shows in the training loss. */
export const stuck: DiagnosisRule = (run) => {
  const history = finiteHistory(run);
  const first = history[0];
  if (!first || history.length < 2 || trainingFell(run)) return undefined;
  const best = bestEvaluation(history);
  const improved = best !== first && -relativeChange(first, best) >= noImprovement && change(first, best).t <= -clear;
  if (improved) return undefined;
  const trend = trainingTrend(run);
  const tooHigh = trend !== undefined && trend.t > 2;
  const rate = run.settings.learningRate;
  const training = trend ? `, training loss from ${trend.first.toFixed(3)} to ${trend.last.toFixed(3)}` : '';
  return {
    kind: 'stuck',
    evidence: `Stuck: validation loss went from ${loss(first)} to no better than ${loss(best)}${training}.`,
    adjustment: suggest(run, 'learningRate', roundRate(tooHigh ? rate / 4 : rate * 5)),
    because: tooHigh
      ? 'The training loss rose instead of falling: the steps are too long.'
      : 'Nothing moved in either direction: the steps are too short to be seen.',
    source: tooHigh ? cliff : 'LR range test, 1506.01186: below a certain rate the loss does not move',
    continueFromCheckpoint: false,
  };
};

/** What share of the whole fall lies in the run's last third, if that fall is more than noise. */
function lateFall(run: RunRecord) {
  const history = finiteHistory(run);
  const [first, last] = [history[0], history.at(-1)];
  if (!first || !last || history.length < 3) return undefined;
  const span = last.step - first.step;
  const before = history.filter(({ step }) => step <= first.step + (2 / 3) * span + 1e-9).at(-1)!;
  if (before === first || bestEvaluation(history) !== last) return undefined;
  const late = change(before, last);
  const whole = first.loss - last.loss;
  if (late.t > -clear || whole <= 0 || -relativeChange(before, last) < noImprovement) return undefined;
  // A third is read off where a measurement happens to lie: scale to exactly a third of the run.
  const third = span / 3 / (last.step - before.step);
  return { share: ((before.loss - last.loss) / whole) * Math.min(1, third), first, before, last };
}

export const tooSlow: DiagnosisRule = (run) => {
  const fall = run.outcome === 'completed' ? lateFall(run) : undefined;
  if (!fall || fall.share < almostStraight) return undefined;
  return {
    kind: 'too-slow',
    evidence: `Too slow: validation loss fell almost evenly from ${loss(fall.first)} to ${loss(fall.last)}; ${percent(fall.share)} of it came in the last third of the run.`,
    adjustment: suggest(run, 'learningRate', roundRate(run.settings.learningRate * 3)),
    because: 'A good rate makes most of its progress early; three times the rate covers the way in the same time.',
    source: 'LR range test, 1506.01186; the loss is flat below the best rate (LoRA Without Regret)',
    continueFromCheckpoint: false,
  };
};

export const stillFalling: DiagnosisRule = (run) => {
  const fall = run.outcome === 'completed' ? lateFall(run) : undefined;
  if (!fall || fall.share < stillMoving || fall.share >= almostStraight) return undefined;
  const { settings } = run;
  const constant = settings.schedule.name === 'constant';
  return {
    kind: 'still-falling',
    evidence: `Still falling at the end: validation loss ${loss(fall.before)} at epoch ${epoch(fall.before)}, ${loss(fall.last)} at epoch ${epoch(fall.last)}.`,
    adjustment: suggest(run, 'epochs', roundEpochs(settings.epochs * 1.5)),
    because: constant
      ? 'More epochs go on where this run ended: the rate is constant, so nothing is lost.'
      : 'More epochs; from the start, as the schedule stretches over the whole run.',
    source: 'keep the best checkpoint, let the run be long enough (OpenAI cookbook; patience of 3–5 evaluations)',
    continueFromCheckpoint: constant,
  };
};
