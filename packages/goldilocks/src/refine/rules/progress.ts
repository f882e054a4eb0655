// Is the run learning at all, and fast enough? Diverged, stuck, too slow, still falling.
import type { Evaluation } from '@goldilocks/trainer';
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
 * How much of the whole fall is done when half of the rate is spent (the rate summed over steps: a decaying schedule
 * slows every run down towards its end). A straight line has a half: the rate hardly moves the model. An exponential
 * approach with 0.62 covers one time constant, and so ends with more than a third of the way still to go.
 */
const almostStraight = 0.62;
/**
 * A run is still falling where it has done no more than this when half of the rate is spent (an exponential approach:
 * 6 % of the way to go), or where this share of the whole fall comes in the last third of the steps.
 */
const notSettled = 0.8;
const stillMoving = 0.05;
/** Fewer measurements don't show a curve's shape. */
const fewestForShape = 4;

const cliff = 'LoRA Without Regret (Thinking Machines): flat, then a cliff';

/** The trainer leaves out a step whose gradient is no number; now and then one is no divergence. */
const fewBrokenSteps = 5;

function brokenStep(run: RunRecord): string | undefined {
  const broken = run.steps?.filter(({ loss }) => !Number.isFinite(loss)) ?? [];
  if (broken.length >= fewBrokenSteps || (broken.length > 0 && run.outcome === 'diverged')) {
    return `the loss was not a number at step ${broken[0]!.step} of ${run.totalSteps}`;
  }
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

interface Fall {
  first: Evaluation;
  /** The last measurement within the first two thirds of the steps. */
  before: Evaluation;
  last: Evaluation;
  /** Share of the whole fall that came in the last third. */
  late: number;
  /** Share of the whole fall that was done when half of the rate was spent. */
  early: number;
}

/** Rate summed over the steps up to each measurement; the steps themselves where the rates are not known. */
function rateSpent(run: RunRecord, history: readonly Evaluation[]): number[] {
  const steps = run.steps ?? [];
  if (steps.length === 0 || steps.some(({ learningRate }) => learningRate === undefined)) {
    return history.map(({ step }) => step);
  }
  return history.map(({ step: until }) =>
    steps.reduce((sum, { step, learningRate }) => (step <= until ? sum + learningRate! : sum), 0),
  );
}

/** The loss when half of the rate between the first and the last measurement is spent, interpolated. */
function lossAtHalf(run: RunRecord, history: readonly Evaluation[]): number {
  const spent = rateSpent(run, history);
  const half = (spent[0]! + spent.at(-1)!) / 2;
  const after = spent.findIndex((share) => share >= half);
  const weight = (half - spent[after - 1]!) / (spent[after]! - spent[after - 1]!);
  return history[after - 1]!.loss * (1 - weight) + history[after]!.loss * weight;
}

/** The run's fall, where it went on to the end by more than noise. */
function fallToTheEnd(run: RunRecord): Fall | undefined {
  const history = finiteHistory(run);
  const [first, last] = [history[0], history.at(-1)];
  if (run.outcome !== 'completed' || !first || !last || history.length < fewestForShape) return undefined;
  const span = last.step - first.step;
  const before = history.filter(({ step }) => step <= first.step + (2 / 3) * span + 1e-9).at(-1)!;
  const whole = first.loss - last.loss;
  if (before === first || bestEvaluation(history) !== last || whole <= 0) return undefined;
  if (change(before, last).t > -clear || -relativeChange(before, last) < noImprovement) return undefined;
  // The last third is read off where a measurement happens to lie: scale it to a third of the run.
  const third = span / 3 / (last.step - before.step);
  return {
    first,
    before,
    last,
    late: ((before.loss - last.loss) / whole) * Math.min(1, third),
    early: (first.loss - lossAtHalf(run, history)) / whole,
  };
}

export const tooSlow: DiagnosisRule = (run) => {
  const fall = fallToTheEnd(run);
  if (!fall || fall.early > almostStraight) return undefined;
  return {
    kind: 'too-slow',
    evidence: `Too slow: validation loss fell almost evenly from ${loss(fall.first)} to ${loss(fall.last)}; only ${percent(fall.early)} of the way was done when half of the learning rate was spent.`,
    adjustment: suggest(run, 'learningRate', roundRate(run.settings.learningRate * 3)),
    because: 'A good rate makes most of its progress early; three times the rate covers the way in the same time.',
    source: 'LR range test, 1506.01186; the loss is flat below the best rate (LoRA Without Regret)',
    continueFromCheckpoint: false,
  };
};

export const stillFalling: DiagnosisRule = (run) => {
  const fall = fallToTheEnd(run);
  if (!fall || fall.early <= almostStraight) return undefined;
  if (fall.late < stillMoving && fall.early > notSettled) return undefined;
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
