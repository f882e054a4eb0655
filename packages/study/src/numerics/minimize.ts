/**
 * Minimises a smooth function in a box: limited-memory BFGS over the coordinates that are not held by a bound, steps
 * projected into the box (after Byrd et al., SIAM J. Sci. Comput. 16, 1995, and Bertsekas, SIAM J. Control 20, 1982).
 */

export interface MinimizeOptions {
  readonly lower: ArrayLike<number>;
  readonly upper: ArrayLike<number>;
  /** Default 100. */
  readonly maxIterations?: number;
  /** Stops when no coordinate's projected gradient is larger. Default 1e-5. */
  readonly tolerance?: number;
  /** Stops when a step lowers the value by no more. Default 1e-10 of the value. */
  readonly smallestGain?: number;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
}

/** Writes the gradient at x into the second array and returns the value; may return Infinity or NaN outside its domain. */
export type Differentiable = (x: Float64Array, gradient: Float64Array) => number;

const MEMORY = 8;
const SUFFICIENT = 1e-4;

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

/** @param start is moved into the box */
export function minimize(f: Differentiable, start: ArrayLike<number>, options: MinimizeOptions): Minimum {
  const { lower, upper, maxIterations = 100, tolerance = 1e-5, smallestGain } = options;
  const clip = (value: number, i: number) => Math.min(upper[i]!, Math.max(lower[i]!, value));
  let x: Float64Array = Float64Array.from(start, clip);
  let gradient: Float64Array = new Float64Array(x.length);
  let value = f(x, gradient);
  const pairs: Pair[] = [];
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const free = x.map((xi, i) => {
      const isHeld = (xi <= lower[i]! && gradient[i]! > 0) || (xi >= upper[i]! && gradient[i]! < 0);
      return isHeld ? 0 : 1;
    });
    if (gradient.every((g, i) => Math.abs(g) * free[i]! <= tolerance)) break;
    let next = search(f, x, value, gradient, direction(gradient, free, pairs), clip);
    if (!next && pairs.length > 0) {
      // Curvature of another region misleads: try again straight downhill.
      pairs.length = 0;
      next = search(f, x, value, gradient, direction(gradient, free, pairs), clip);
    }
    if (!next) break;
    const step = next.x.map((xi, i) => xi - x[i]!);
    const change = next.gradient.map((g, i) => g - gradient[i]!);
    const curvature = dot(step, change);
    if (curvature > 1e-12 * dot(change, change)) pairs.push({ step, change, curvature });
    if (pairs.length > MEMORY) pairs.shift();
    const gain = value - next.value;
    ({ x, value, gradient } = next);
    if (gain <= (smallestGain ?? 1e-10 * Math.max(1, Math.abs(value)))) break;
  }
  return { x, value };
}

/** Minus the approximate inverse Hessian times the gradient, both restricted to the free coordinates. */
function direction(gradient: Float64Array, free: Float64Array, pairs: readonly Pair[]): Float64Array {
  const q = gradient.map((g, i) => -g * free[i]!);
  if (pairs.length === 0) {
    const length = Math.sqrt(dot(q, q));
    return length > 1 ? q.map((value) => value / length) : q;
  }
  const weights = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { step, change, curvature } = pairs[k]!;
    weights[k] = dot(step, q) / curvature;
    for (let i = 0; i < q.length; i++) q[i]! -= weights[k]! * change[i]!;
  }
  const last = pairs[pairs.length - 1]!;
  const scale = last.curvature / dot(last.change, last.change);
  for (let i = 0; i < q.length; i++) q[i]! *= scale;
  for (let k = 0; k < pairs.length; k++) {
    const { step, change, curvature } = pairs[k]!;
    const correction = weights[k]! - dot(change, q) / curvature;
    for (let i = 0; i < q.length; i++) q[i]! += correction * step[i]!;
  }
  return q.map((value, i) => value * free[i]!);
}

/** Halves the step until the value falls enough; null when it does not. */
function search(
  f: Differentiable,
  x: Float64Array,
  value: number,
  gradient: Float64Array,
  direction: Float64Array,
  clip: (value: number, i: number) => number,
): (Minimum & { readonly gradient: Float64Array }) | null {
  const nextGradient = new Float64Array(x.length);
  for (let size = 1, tries = 0; tries < 20; tries++) {
    const next = x.map((xi, i) => clip(xi + size * direction[i]!, i));
    let expected = 0;
    for (let i = 0; i < x.length; i++) expected += gradient[i]! * (next[i]! - x[i]!);
    if (expected >= 0) return null;
    const nextValue = f(next, nextGradient);
    if (nextValue <= value + SUFFICIENT * expected) return { x: next, value: nextValue, gradient: nextGradient };
    // The minimum of the parabola through what is known, within reason.
    const parabola = Number.isFinite(nextValue) ? -expected / (2 * (nextValue - value - expected)) : 0.1;
    size *= Math.min(0.5, Math.max(0.1, parabola));
  }
  return null;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
