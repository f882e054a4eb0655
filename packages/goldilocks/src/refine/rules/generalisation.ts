// Does what is learnt hold on other examples? Overfitting, too little data.
import type { Evaluation } from '@goldilocks/trainer';
import { bestEvaluation, change, epoch, finiteHistory, loss, percent, relativeChange, trainingFell } from '../curve.js';
import type { DiagnosisRule, RunRecord } from '../run-record.js';
import { roundEpochs, suggest } from './suggest.js';

/** The best evaluation was picked for being low, so the rise after it must be clearer than chance alone: 3 errors. */
const clearAfterPicking = 3;
/** A smaller rise, as a share of the best loss and of what was gained, costs nothing: the best checkpoint is kept. */
const worthSaying = 0.02;
/** Overfitting on so few examples is for want of data; on somewhat more, if the signs below show it. */
const veryFewExamples = 100;
const fewExamples = 400;
/** Validation at its best within so many passes … */
const fewPasses = 2;
/** … or by then this far behind training, as a share of what validation gained. */
const wideGap = 0.3;

interface Rise {
  best: Evaluation;
  last: Evaluation;
}

/** Whether training loss fell on after the best evaluation, by more than a few per cent: not so where both only swing. */
function trainingFellAfter(run: RunRecord, best: Evaluation, last: Evaluation): boolean {
  if (best.trainingLoss === undefined || last.trainingLoss === undefined) return trainingFell(run);
  return last.trainingLoss < 0.95 * best.trainingLoss;
}

/** Validation rose clearly after its best while training went on falling. */
function riseAfterBest(run: RunRecord): Rise | undefined {
  const history = finiteHistory(run);
  const last = history.at(-1);
  if (!last || history.length < 2) return undefined;
  const best = bestEvaluation(history);
  const rise = last.loss - best.loss;
  const gained = history[0]!.loss - best.loss;
  if (best === last || rise < worthSaying * Math.max(best.loss, gained)) return undefined;
  if (change(best, last).t < clearAfterPicking || !trainingFellAfter(run, best, last)) return undefined;
  return { best, last };
}

const riseText = ({ best, last }: Rise) =>
  `validation loss was best, ${loss(best)}, at epoch ${epoch(best)} and rose to ${loss(last)} by epoch ${epoch(last)} while training loss kept falling`;

/** Whether the model learnt its examples rather than the task from the beginning. */
function memorisedFromTheStart(run: RunRecord, { best }: Rise): boolean {
  if (run.examples < veryFewExamples || best.epoch <= fewPasses) return true;
  const gap = best.loss - (best.trainingLoss ?? best.loss);
  return gap > wideGap * (finiteHistory(run)[0]!.loss - best.loss);
}

/** Overfitting on few examples, without a stretch of learning the task before. */
export const tooLittleData: DiagnosisRule = (run) => {
  const rise = riseAfterBest(run);
  if (!rise || run.examples >= fewExamples || !memorisedFromTheStart(run, rise)) return undefined;
  const frozen = run.settings.freezing.layers / run.layers;
  const more = suggest(run, 'frozenLayers', Math.min(0.75, Math.floor(frozen * 4 + 1) / 4));
  const fewer = suggest(run, 'epochs', roundEpochs(rise.best.epoch));
  return {
    kind: 'too-little-data',
    evidence: `Too little data: ${riseText(rise)}, with only ${run.examples} examples.`,
    adjustment: more ?? fewer,
    because: more
      ? 'More examples would help most. With these, fewer weights to train leave less room to memorise.'
      : 'More examples would help most. Most layers are frozen already: stop where validation was best.',
    source: '1911.03090: the top quarter of the layers gives 90 % of the quality; common advice for little data',
    continueFromCheckpoint: false,
  };
};

/** Early overfitting: stop there, and let the schedule end there. Late: dropout first. */
export const overfitting: DiagnosisRule = (run) => {
  const rise = riseAfterBest(run);
  if (!rise || tooLittleData(run)) return undefined;
  const { epochs, dropout } = run.settings;
  const early = rise.best.epoch <= 0.5 * epochs || dropout >= 0.2;
  const rate = percent(relativeChange(rise.best, rise.last));
  return {
    kind: 'overfitting',
    evidence: `Overfitting from epoch ${epoch(rise.best)} on: ${riseText(rise)} (${rate} worse).`,
    adjustment: early
      ? suggest(run, 'epochs', roundEpochs(rise.best.epoch))
      : suggest(run, 'dropout', Number(Math.min(0.2, dropout + 0.05).toFixed(2))),
    because: early
      ? 'What comes after the best checkpoint is thrown away: a shorter run ends its schedule where it counts.'
      : 'Dropout is the regulariser that worked against repetition.',
    source: early ? 'keep the best, not the last (transformers #22934)' : '2305.13230',
    continueFromCheckpoint: false,
  };
};
