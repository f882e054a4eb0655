/** From what a person tells of a trial's end to what is stored: its state, values, and the reason of a failure. */

import { InvalidValuesError } from '../errors.js';
import { type FinishedState, type FrozenTrial, lastStep } from '../trial/frozen-trial.js';

export interface Outcome {
  readonly state: FinishedState;
  readonly values: readonly number[] | null;
  readonly failure?: string;
}

export type ToldValues = number | readonly number[] | null;

/**
 * NaN fails the trial. A pruned trial's value is its last report where that is a number.
 * @throws InvalidValuesError when values are missing, of the wrong number or kind, or given with FAIL or PRUNED, and for a
 * state in which no trial ends
 */
export function outcomeOf(trial: FrozenTrial, objectives: number, told: ToldValues, state?: FinishedState): Outcome {
  if (state !== undefined && state !== 'COMPLETE' && state !== 'FAIL' && state !== 'PRUNED') {
    throw new InvalidValuesError(`Trial ${trial.number}: state '${state}' is no end; tell COMPLETE, PRUNED or FAIL.`);
  }
  if (state === 'FAIL' || state === 'PRUNED') {
    if (told !== null) throw new InvalidValuesError(`Trial ${trial.number}: ${state} takes no value; tell null.`);
    return { state, values: state === 'PRUNED' && objectives === 1 ? lastReport(trial) : null };
  }
  const values: readonly unknown[] = told === null ? [] : Array.isArray(told) ? told : [told];
  for (const value of values) {
    if (typeof value !== 'number') {
      throw new InvalidValuesError(`Trial ${trial.number}: told the ${typeof value} '${value}'; tell a number.`);
    }
  }
  if (values.length !== objectives) {
    throw new InvalidValuesError(
      `Trial ${trial.number}: told ${values.length} values, but the study has ${objectives} objectives; ` +
        "tell one each, or null with { state: 'FAIL' }.",
    );
  }
  const numbers = values as readonly number[];
  if (!numbers.some(Number.isNaN)) return { state: 'COMPLETE', values: [...numbers] };
  if (state === 'COMPLETE')
    throw new InvalidValuesError(`Trial ${trial.number}: NaN cannot be a complete trial's value.`);
  return { state: 'FAIL', values: null, failure: 'the objective was NaN' };
}

function lastReport(trial: FrozenTrial): readonly number[] | null {
  const step = lastStep(trial);
  const value = step === null ? Number.NaN : trial.intermediateValues.get(step)!;
  return Number.isNaN(value) ? null : [value];
}
