// What differs between two runs' settings, as people read it.
import type { Change } from '@goldilocks/protocol';
import type { TrainingSettings } from '@goldilocks/trainer';
import { shownParams } from '../journey/report/params.js';
import { type Hyperparameter, hyperparameterNames, readHyperparameter } from '../plan/hyperparameters.js';
import { changesFrom } from '../search/changes.js';

/** @param layers of the base model */
export function changesBetween(from: TrainingSettings, to: TrainingSettings, layers: number): Change[] {
  return changesFrom(shown(from, layers), shown(to, layers));
}

function shown(settings: TrainingSettings, layers: number) {
  const names = Object.keys(hyperparameterNames) as Hyperparameter[];
  const values = names.map((name) => [name, readHyperparameter(settings, name, layers) ?? null]);
  return shownParams({ model: { layers } }, Object.fromEntries(values));
}
