// Which pieces of reference text a step repeats, so that what the model could before stays.

import type { NumberedExample } from '../data/batches.js';
import type { TokenizedExample } from '../data/example.js';
import { SettingsError } from '../errors.js';
import type { ModelTask } from '../models/architecture.js';
import { Purpose } from '../random/philox.js';
import { permutation } from '../random/random-stream.js';
import type { TrainingSettings } from '../settings.js';

type ReplayedSettings = Pick<TrainingSettings, 'replay' | 'batchSize' | 'seed'>;

/** Pieces a step reads. */
export const replayedPieces = ({ replay, batchSize }: ReplayedSettings): number =>
  replay ? Math.max(1, Math.round(replay.share * batchSize)) : 0;

/**
 * The pieces of one step, pass after pass over all of them, each in an order of its own: a function of seed and step, as for the data.
 * @param offset number of the first piece
 */
export function replayedExamples(
  reference: readonly TokenizedExample[],
  settings: ReplayedSettings,
  step: number,
  offset: number,
): NumberedExample[] {
  const count = replayedPieces(settings);
  return Array.from({ length: count }, (_, i) => {
    const place = step * count + i;
    const pass = Math.floor(place / reference.length);
    const order = permutation(reference.length, { seed: settings.seed, purpose: Purpose.replay, counter: pass });
    const index = order[place % reference.length]!;
    return { index: offset + index, example: reference[index]! };
  });
}

/** @throws SettingsError where replay is asked for and cannot be */
export function checkReplay(
  { replay }: ReplayedSettings,
  reference: readonly TokenizedExample[],
  task: ModelTask,
): void {
  if (!replay) return;
  if (task === 'classification') {
    throw new SettingsError('An encoder continues no text, so there is none to replay: leave replay away.');
  }
  if (reference.length === 0) throw new SettingsError('Replay is asked for, but there is no reference text. Give one.');
}
