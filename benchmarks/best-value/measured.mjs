/** Final losses of real fine-tuning runs of the shipped model, as surrogates fitted to them give them (see learning-curves). */

import { datasets } from '../learning-curves/datasets.mjs';
import { Surrogate } from '../learning-curves/surrogates.mjs';

export const measured = Object.keys(datasets).map((name) => {
  const surrogate = new Surrogate(name);
  return {
    name: `tune-${name}`,
    group: 'fine-tuning',
    space: surrogate.space,
    default: surrogate.recommended,
    truth: (params) => surrogate.loss(params),
    noise: (params, random) => surrogate.loss(params, { seed: random.nextUint32() }) - surrogate.loss(params),
  };
});
