// Builds the one change a diagnosis suggests.
import {
  type Hyperparameter,
  type HyperparameterValue,
  readHyperparameter,
  writeHyperparameter,
} from '../../plan/hyperparameters.js';
import type { RunRecord, SuggestedChange } from '../run-record.js';

/** The change of a hyperparameter to a new value, as the settings would hold it; undefined where nothing changes. */
export function suggest(
  run: RunRecord,
  hyperparameter: Hyperparameter,
  value: HyperparameterValue,
): SuggestedChange | undefined {
  const from = readHyperparameter(run.settings, hyperparameter, run.layers);
  if (from === undefined) return undefined;
  const settings = writeHyperparameter(run.settings, hyperparameter, value, run.layers);
  const to = readHyperparameter(settings, hyperparameter, run.layers)!;
  return from === to ? undefined : { hyperparameter, from, to };
}

export const roundRate = (rate: number) => Number(rate.toPrecision(2));

/** To the next half epoch above, at least a half. */
export const roundEpochs = (epochs: number) => Math.max(0.5, Math.ceil(epochs * 2 - 1e-9) / 2);
