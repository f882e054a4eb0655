// Where the trials of a chart are that has one series of them, to walk along and to click.
import type { Drawing } from './drawing.js';

/** `trials` in the order of the series' data; a label's lines are read as one sentence. */
export function trialPoints(
  trials: readonly number[],
  label: (index: number) => string,
  series = 0,
): Pick<Required<Drawing>, 'points' | 'trialOf'> {
  return {
    points: {
      count: trials.length,
      label: (i) => label(i).replaceAll('\n', ', '),
      trial: (i) => trials[i] ?? null,
      at: (dataIndex) => ({ seriesIndex: series, dataIndex }),
    },
    trialOf: ({ seriesIndex, dataIndex }) => (seriesIndex === series ? (trials[dataIndex] ?? null) : null),
  };
}
