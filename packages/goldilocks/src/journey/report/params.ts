// Parameters as people read them: frozen layers as a number of layers, not as a share.
import type { Change, Params, ParamValue, Searched } from '@goldilocks/protocol';
import { layersOfShare, readHyperparameter } from '../../plan/hyperparameters.js';
import type { Plan } from '../../plan/plan.js';
import type { SearchParameter } from '../../plan/search-space.js';
import { changesFrom } from '../../search/changes.js';

type LayeredPlan = { model: Pick<Plan['model'], 'layers'> };

export function shownParams(plan: LayeredPlan, params: Readonly<Record<string, unknown>>): Params {
  const entries = Object.entries(params).map(([name, value]) => [name, shownValue(plan, name, value as ParamValue)]);
  return Object.fromEntries(entries) as Params;
}

export function shownValue({ model }: LayeredPlan, name: string, value: ParamValue): ParamValue {
  return name === 'frozenLayers' && typeof value === 'number' ? layersOfShare(value, model.layers) : value;
}

/** What differs from the plan's own settings, in shown values. */
export function shownChanges(plan: Plan, params: Readonly<Record<string, unknown>>): Change[] {
  return changesFrom(shownParams(plan, recommendedParams(plan)), shownParams(plan, params));
}

export function recommendedParams(plan: Plan): Record<string, ParamValue> {
  const entries = plan.searchSpace.parameters.map(({ name }) => [
    name,
    readHyperparameter(plan.settings, name, plan.model.layers) ?? null,
  ]);
  return Object.fromEntries(entries) as Record<string, ParamValue>;
}

/** The ranges that were searched, by name. */
export function shownRanges(plan: Plan): Record<string, Searched> {
  const searched = plan.searchSpace.parameters.filter(({ fixed }) => fixed === undefined);
  return Object.fromEntries(searched.map((parameter) => [parameter.name, shownRange(plan, parameter)]));
}

function shownRange(plan: Plan, parameter: SearchParameter): Searched {
  if (parameter.kind === 'categorical') return { choices: parameter.choices };
  const [low, high] = [parameter.low, parameter.high].map((bound) => shownValue(plan, parameter.name, bound) as number);
  return { low: low!, high: high! };
}
