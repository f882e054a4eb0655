/** Whether a trial made elsewhere holds together, before it is added to a study. */

import { contains, type Distribution } from '../distributions/distribution.js';
import { toInternal } from '../distributions/representation.js';
import { InvalidParameterError, InvalidValuesError } from '../errors.js';
import { type JsonValue, own } from '../json.js';
import { isFinished, type TrialTemplate } from './frozen-trial.js';

/**
 * @throws InvalidValuesError when values are missing, of the wrong number or NaN, or given for a trial that has none
 * @throws InvalidParameterError when a parameter has no distribution or the reverse, or a value is not its distribution's
 */
export function checkTemplate(template: TrialTemplate, objectives: number): void {
  checkValues(template, objectives);
  const { params = {}, distributions = {} } = template;
  for (const [name, value] of Object.entries(params)) checkParam(name, value, own(distributions, name));
  const lacking = Object.keys(distributions).find((name) => !Object.hasOwn(params, name));
  if (lacking !== undefined) {
    throw new InvalidParameterError(`The trial to add has a distribution for '${lacking}' but no value; give both.`);
  }
  for (const [step, value] of template.intermediateValues ?? []) {
    if (Number.isSafeInteger(step) && step >= 0 && typeof value === 'number') continue;
    throw new InvalidValuesError(`The trial to add reports ${value} at step ${step}; give numbers at integers ≥ 0.`);
  }
}

function checkValues({ state, values = null }: TrialTemplate, objectives: number): void {
  if (values === null) {
    if (state !== 'COMPLETE') return;
    throw new InvalidValuesError(`The trial to add is complete but has no values; give ${objectives}.`);
  }
  if (!isFinished(state) || state === 'FAIL') {
    throw new InvalidValuesError(`The trial to add is ${state} and cannot have values; leave them out.`);
  }
  if (values.length !== objectives) {
    throw new InvalidValuesError(
      `The trial to add has ${values.length} values, but the study has ${objectives} objectives; give one each.`,
    );
  }
  const odd = values.find((value) => typeof value !== 'number' || Number.isNaN(value));
  if (odd !== undefined) throw new InvalidValuesError(`The trial to add has the value ${odd}; give numbers, not NaN.`);
}

function checkParam(name: string, value: JsonValue, distribution: Distribution | undefined): void {
  if (!distribution) {
    throw new InvalidParameterError(`The trial to add has a value for '${name}' but no distribution; give both.`);
  }
  if (contains(distribution, toInternal(name, distribution, value))) return;
  throw new InvalidParameterError(
    `The trial to add has '${name}' = ${JSON.stringify(value)}, which is not among the values of its distribution.`,
  );
}
