// The plan's search space as the study's distributions.
import { categorical, type Distribution, float, int } from '@goldilocks/study';
import type { SearchParameter, SearchSpace } from '../plan/search-space.js';

/** One distribution for each hyperparameter that is searched, in the plan's order. */
export function distributionsOf(space: SearchSpace): Record<string, Distribution> {
  const searched = space.parameters.filter(({ fixed }) => fixed === undefined);
  return Object.fromEntries(searched.map((parameter) => [parameter.name, distributionOf(parameter)]));
}

/** How sure the recommendations are: the search begins near them and soon relies on what it sees. */
const confidence = 0.6;

function distributionOf(parameter: SearchParameter): Distribution {
  const { recommended } = parameter;
  if (parameter.kind === 'categorical') return categorical(parameter.choices, { recommended, confidence });
  const { low, high, log } = parameter;
  const prior = { recommended: Number(recommended), confidence };
  if (parameter.kind === 'int') return int(low, high, { log, ...prior });
  return float(low, high, { log, step: parameter.step, ...prior });
}
