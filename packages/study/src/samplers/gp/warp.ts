/** The power transform of Yeo and Johnson (Biometrika 87, 2000), which draws in long tails such as those of losses. */

/** The transform of one value for a power λ. */
export function yeoJohnsonAt(value: number, lambda: number): number {
  if (value >= 0) return lambda === 0 ? Math.log1p(value) : Math.expm1(lambda * Math.log1p(value)) / lambda;
  const power = 2 - lambda;
  return power === 0 ? -Math.log1p(-value) : -Math.expm1(power * Math.log1p(-value)) / power;
}

/** The values transformed with the λ in [−2, 2] that makes them most like a normal distribution's. */
export function yeoJohnson(values: Float64Array): Float64Array {
  const lambda = bestPower(values);
  return values.map((value) => yeoJohnsonAt(value, lambda));
}

/** The maximum of the likelihood, which has one peak in λ, by golden sections. */
export function bestPower(values: Float64Array): number {
  let jacobian = 0;
  for (const value of values) jacobian += Math.sign(value) * Math.log1p(Math.abs(value));
  const logLikelihood = (lambda: number): number => {
    const transformed = values.map((value) => yeoJohnsonAt(value, lambda));
    const mean = transformed.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = transformed.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return -0.5 * values.length * Math.log(Math.max(variance, Number.MIN_VALUE)) + (lambda - 1) * jacobian;
  };
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [-2, 2];
  let [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [fa, fb] = [logLikelihood(a), logLikelihood(b)];
  while (high - low > 1e-6) {
    if (fa >= fb) {
      [high, b, fb] = [b, a, fa];
      a = high - ratio * (high - low);
      fa = logLikelihood(a);
    } else {
      [low, a, fa] = [a, b, fb];
      b = low + ratio * (high - low);
      fb = logLikelihood(b);
    }
  }
  return (low + high) / 2;
}
