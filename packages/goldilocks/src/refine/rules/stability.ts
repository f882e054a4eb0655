// What else goes wrong while the loss goes down: forgetting the base skill, a curve that swings.
import type { Evaluation } from '@goldilocks/trainer';
import { change, finiteHistory, percent } from '../curve.js';
import type { DiagnosisRule } from '../run-record.js';
import { mean, pairedChange } from '../statistics.js';
import { roundRate, suggest } from './suggest.js';

/** The loss on reference text rose by this share: a person would notice. */
const noticeable = 0.05;
const clear = 2.58;
/** A swing is a turn between two changes, each beyond two standard errors and 2 % of the loss at the start. */
const swingErrors = 2;
const swingShare = 0.02;
const fewestSwings = 2;

export const forgetting: DiagnosisRule = (run) => {
  if (!run.retention) return undefined;
  const { before, after } = run.retention;
  const [from, to] = [run.retention.loss?.before ?? mean(before), run.retention.loss?.after ?? mean(after)];
  const rise = (to - from) / from;
  if (rise < noticeable || pairedChange(before, after).t < clear) return undefined;
  return {
    kind: 'forgetting',
    evidence: `Forgetting: the loss on text the base model knew rose by ${percent(rise)}, from ${from.toFixed(3)} to ${to.toFixed(3)}.`,
    adjustment: suggest(run, 'learningRate', roundRate(run.settings.learningRate / 2)),
    because: 'A smaller rate is the best evidenced guard of what the model knew.',
    source: '2509.20758',
    continueFromCheckpoint: false,
  };
};

/** +1, −1, or 0 for a change within noise. */
function direction(before: Evaluation, after: Evaluation, scale: number): number {
  const large = Math.abs(after.loss - before.loss) >= swingShare * scale;
  const { t } = change(before, after);
  return large && Math.abs(t) >= swingErrors ? Math.sign(t) : 0;
}

export const noisy: DiagnosisRule = (run) => {
  const history = finiteHistory(run);
  const directions = history
    .slice(1)
    .map((evaluation, i) => direction(history[i]!, evaluation, history[0]!.loss))
    .filter((way) => way !== 0);
  const swings = directions.slice(1).filter((way, i) => way !== directions[i]).length;
  if (swings < fewestSwings) return undefined;
  const { batchSize, learningRate } = run.settings;
  const roomForBatch = batchSize * 2 <= run.examples / 8;
  return {
    kind: 'noisy',
    evidence: `Noisy: over ${history.length} evaluations validation loss turned round ${swings} times, each time by more than chance.`,
    adjustment: roomForBatch
      ? suggest(run, 'batchSize', batchSize * 2)
      : suggest(run, 'learningRate', roundRate(learningRate / 2)),
    because: roomForBatch
      ? 'A larger batch averages more examples into each step.'
      : 'With so few examples a larger batch leaves too few steps: shorter steps swing less.',
    source: 'critical batch size, 2505.23971: the gradient is noisier later in training',
    continueFromCheckpoint: false,
  };
};
