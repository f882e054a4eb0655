// Adjusts recommended settings to the data at hand; every change carries a sentence, a source and how sure it is.
import type { TrainingSettings } from '@goldilocks/trainer';
import { type AdjustmentContext, adjustmentRules, type Change } from './adjustment-rules.js';
import type { Evidence } from './evidence.js';
import {
  type Hyperparameter,
  type HyperparameterValue,
  readHyperparameter,
  writeHyperparameter,
} from './hyperparameters.js';

export interface Adjustment {
  hyperparameter: Hyperparameter;
  from: HyperparameterValue;
  to: HyperparameterValue;
  /** One sentence: what was seen and why it moves the value. */
  because: string;
  source: string;
  evidence: Evidence;
}

export interface Adjusted {
  settings: TrainingSettings;
  adjustments: Adjustment[];
}

function applyChange(adjusted: Adjusted, change: Change, layers: number): Adjusted {
  const { hyperparameter } = change;
  const from = readHyperparameter(adjusted.settings, hyperparameter, layers);
  if (from === undefined) return adjusted;
  const settings = writeHyperparameter(adjusted.settings, hyperparameter, change.to, layers);
  // Read back: a share of few layers may round to the number of layers that were frozen already.
  const to = readHyperparameter(settings, hyperparameter, layers)!;
  if (from === to) return adjusted;
  return { settings, adjustments: [...adjusted.adjustments, { ...change, from, to }] };
}

/**
 * Applies every rule in turn to the recommended settings; a later rule sees what an earlier one changed. What the
 * person fixed is left alone.
 */
export function adjustSettings(
  recommended: TrainingSettings,
  context: AdjustmentContext,
  fixed: ReadonlySet<Hyperparameter> = new Set(),
): Adjusted {
  let adjusted: Adjusted = { settings: recommended, adjustments: [] };
  for (const rule of adjustmentRules) {
    for (const change of rule(adjusted.settings, context)) {
      if (!fixed.has(change.hyperparameter)) adjusted = applyChange(adjusted, change, context.model.layers);
    }
  }
  return adjusted;
}
