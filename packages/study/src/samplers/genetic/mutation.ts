/** How a child differs from what it inherited. */

import { checkSize, type Uniform } from './crossover.js';

/** Changes one number in [0, 1] along the range as it is searched; the result is moved into it. */
export type Mutation = (x: number, uniform: Uniform) => number;

/**
 * Small steps more often than large ones (Deb et al., IEEE Trans. Evol. Comput. 6, 2002).
 * @param options `eta`: the larger, the smaller the steps; default 20
 */
export function polynomialMutation(options: { readonly eta?: number } = {}): Mutation {
  const { eta = 20 } = options;
  checkSize('polynomialMutation', 'eta', eta);
  return (x, uniform) => {
    const u = uniform();
    const [share, room] = u <= 0.5 ? [2 * u, x] : [2 * (1 - u), 1 - x];
    const step = (share + (1 - share) * (1 - room) ** (eta + 1)) ** (1 / (eta + 1)) - 1;
    return u <= 0.5 ? x + step : x - step;
  };
}
