/** Kernels of a continuous parameter as normal densities. */

import { LOG_SQRT_2PI, logNormalMass } from '../../numerics/normal.js';
import { toScale } from './kernels.js';
import { NumericKernels } from './numeric-kernels.js';
import { withRoom } from './slots.js';

/** Of a kernel in the range, which is no wider than that, at least a third lies there. */
export const LOG_MOST_OUTSIDE = Math.log(3);

/** Log density at x of the kernel in a slot: `constant − ½ ((x − mu)·inverse)²`. */
export class NormalKernels extends NumericKernels {
  inverse = new Float64Array(1);
  constant = new Float64Array(1);

  protected override reserve(slots: number): void {
    this.inverse = withRoom(this.inverse, slots);
    this.constant = withRoom(this.constant, slots);
  }

  protected override changed(slot: number): void {
    const [mu, sigma] = [this.mu[slot]!, this.sigma[slot]!];
    const mass = logNormalMass((this.low - mu) / sigma, (this.high - mu) / sigma);
    this.inverse[slot] = 1 / sigma;
    this.constant[slot] = -Math.log(sigma) - LOG_SQRT_2PI - mass;
  }

  /** What no constant is above. */
  get peak(): number {
    let peak = -Math.log(this.narrowest) - LOG_SQRT_2PI + LOG_MOST_OUTSIDE;
    if (this.hasStrays) for (const constant of this.constant) peak = Math.max(peak, constant);
    return peak;
  }

  logDensity(slot: number, x: number): number {
    const z = (x - this.mu[slot]!) * this.inverse[slot]!;
    return this.constant[slot]! - 0.5 * z * z;
  }

  /** Values on the scale of the search; NaN outside the range, where the density is 0. */
  scaled(values: Float64Array): Float64Array {
    const { low, high } = this.distribution;
    return values.map((value) => (value >= low && value <= high ? toScale(this.distribution, value) : Number.NaN));
  }
}
