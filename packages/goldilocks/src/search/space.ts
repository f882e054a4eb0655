// The plan's search space as the study's distributions.
import { categorical, type Distribution, float, int } from '@goldilocks/study';
import type { SearchParameter, SearchSpace } from '../plan/search-space.js';

/** One distribution for each hyperparameter that is searched, in the plan's order. */
export function distributionsOf(space: SearchSpace): Record<string, Distribution> {
  const searched = space.parameters.filter(({ fixed }) => fixed === undefined);
  return Object.fromEntries(searched.map((parameter) => [parameter.name, distributionOf(parameter)]));
}

function distributionOf(parameter: SearchParameter): Distribution {
  if (parameter.kind === 'categorical') return categorical(parameter.choices);
  const { low, high, log } = parameter;
  return parameter.kind === 'int' ? int(low, high, { log }) : float(low, high, { log, step: parameter.step });
}
