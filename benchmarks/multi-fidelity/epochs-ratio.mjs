/** How many epochs one search needs for the median loss of another, as a share of what the other needs. */

import { RandomGenerator } from '@goldilocks/study';
import { median } from '../alternate.mjs';

const RESAMPLES = 1000;

/**
 * @param {number[][]} runs a row a seed: the loss after each of the epochs `marks`; likewise of the reference
 * @param {number} end the reference's median after so many epochs is to be reached
 * @returns the ratio, `>` a number where the last mark was not enough, and its interval of 90 % over resampled seeds
 */
export function epochsRatio(runs, marks, reference, referenceMarks, end) {
  const of = (a, b) => ratioOf(mediansOf(a, marks), marks, mediansOf(b, referenceMarks), referenceMarks, end);
  const random = RandomGenerator.of(7, 'epochs ratio', end);
  const resample = (rows) => rows.map(() => rows[random.integer(rows.length)]);
  const drawn = Array.from({ length: RESAMPLES }, () => of(resample(runs), resample(reference)));
  drawn.sort((a, b) => a.ratio - b.ratio);
  const at = (share) => format(drawn[Math.floor(share * RESAMPLES)]);
  return { end, ratio: format(of(runs, reference)), low: at(0.05), high: at(0.95) };
}

function mediansOf(runs, marks) {
  return marks.map((_, i) => median(runs.map((run) => run[i])));
}

function ratioOf(ours, marks, theirs, referenceMarks, end) {
  const target = theirs[referenceMarks.indexOf(end)];
  const needed = marks[ours.findIndex((value) => value <= target)];
  // The reference may have been there before: its epochs count from when it first was.
  const own = referenceMarks[theirs.findIndex((value) => value <= target)];
  const isReached = needed !== undefined;
  return { isReached, ratio: isReached ? needed / own : marks.at(-1) / own + 1e-9 };
}

function format({ isReached, ratio }) {
  return `${isReached ? '' : '>'}${ratio.toFixed(2)}`;
}
