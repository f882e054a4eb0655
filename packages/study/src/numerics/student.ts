/** Student's t distribution with a whole number of degrees of freedom (Abramowitz and Stegun, 26.7.3 and 26.7.4). */

/**
 * P(T ≤ t), to an absolute error of 1e-15.
 * @param freedom degrees of freedom, an integer ≥ 1
 */
export function studentCdf(t: number, freedom: number): number {
  if (Number.isNaN(t)) return Number.NaN;
  const angle = Math.atan(t / Math.sqrt(freedom));
  const [sine, square] = [Math.sin(angle), Math.cos(angle) ** 2];
  const isOdd = freedom % 2 === 1;
  // 1 + ½cos²θ + (1·3)/(2·4)·cos⁴θ + … for even, 1 + ⅔cos²θ + … for odd degrees.
  let [term, sum] = [1, freedom > 1 ? 1 : 0];
  for (let k = isOdd ? 3 : 2; k < freedom; k += 2) {
    term *= (square * (k - 1)) / k;
    sum += term;
  }
  const central = isOdd ? (2 / Math.PI) * (angle + sine * Math.sqrt(square) * sum) : sine * sum;
  return 0.5 * (1 + central);
}
