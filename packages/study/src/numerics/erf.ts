/**
 * Error functions to double precision: W. J. Cody, «Rational Chebyshev approximations for the error function»,
 * Mathematics of Computation 23 (1969), whose published coefficients these are.
 */

const SQRT_PI_INVERSE = 0.5641895835477563;
const NEAR = {
  p: [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694],
  q: [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171],
} as const;
const MIDDLE = {
  p: [
    2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
    881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
  ],
  q: [
    1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
    4362.619090143247, 3439.3676741437216, 1230.3393548037495,
  ],
} as const;
const FAR = {
  p: [
    0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
    0.0006587491615298378,
  ],
  q: [1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918],
} as const;

function ratio({ p, q }: { readonly p: readonly number[]; readonly q: readonly number[] }, x: number): number {
  let numerator = 0;
  let denominator = 0;
  for (let i = 0; i < p.length; i++) {
    numerator = numerator * x + p[i]!;
    denominator = denominator * x + q[i]!;
  }
  return numerator / denominator;
}

/** exp(x²)·erfc(x) for x ≥ 0.46875. */
function scaledTail(x: number): number {
  if (x <= 4) return ratio(MIDDLE, x);
  const z = 1 / (x * x);
  return (SQRT_PI_INVERSE - z * ratio(FAR, z)) / x;
}

/** exp(−x²), with x split so that rounding x² costs no digits. */
function gauss(x: number): number {
  const coarse = Math.trunc(x * 16) / 16;
  return Math.exp(-coarse * coarse) * Math.exp(-(x - coarse) * (x + coarse));
}

/** The error function, 2/√π ∫₀ˣ exp(−t²) dt. */
export function erf(x: number): number {
  const y = Math.abs(x);
  if (y <= 0.46875) return x * ratio(NEAR, x * x);
  return Math.sign(x) * (1 - (y > 6 ? 0 : gauss(y) * scaledTail(y)));
}

/** 1 − erf(x), accurate in the tail. */
export function erfc(x: number): number {
  if (Math.abs(x) <= 0.46875) return 1 - erf(x);
  const tail = Math.abs(x) > 27 ? 0 : gauss(Math.abs(x)) * scaledTail(Math.abs(x));
  return x < 0 ? 2 - tail : tail;
}

/** exp(x²)·erfc(x), which neither under- nor overflows for x ≥ 0. */
export function erfcx(x: number): number {
  return x < 0.46875 ? Math.exp(x * x) * erfc(x) : scaledTail(x);
}
