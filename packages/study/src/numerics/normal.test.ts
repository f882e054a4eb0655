import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../../test/golden.js';
import { erf, erfc, erfcx } from './erf.js';
import { halton } from './halton.js';
import { logNormalCdf, logNormalMass, normalQuantileOfLog, truncatedNormalQuantile } from './normal.js';
import { sobol } from './sobol.js';
import { wilcoxonGreater } from './wilcoxon.js';

interface Golden {
  erf: [number, number, number][];
  erfcx: [number, number][];
  log_ndtr: [number, number][];
  ndtri_exp: [number, number][];
  log_mass: [number, number, number][];
  truncnorm_ppf: [number, number, number, number][];
  wilcoxon: [number[], number][];
  halton: number[][];
  halton_indices: number[];
  halton_permutations: number[][][];
  halton_scrambled: number[][];
  sobol: number[][];
  sobol_indices: number[];
}
const reference = golden<Golden>('numerics');

describe('special functions agree with SciPy', () => {
  test('erf, erfc', () => {
    for (const [x, a, b] of reference.erf) {
      expectClose(erf(x), a, 4e-16, `erf ${x}`);
      expectClose(erfc(x), b, 2e-14, `erfc ${x}`);
    }
  });
  test('scaled erfc', () => {
    for (const [x, y] of reference.erfcx) expectClose(erfcx(x), y, 2e-15, `erfcx ${x}`);
  });
  test('log of the normal distribution function', () => {
    for (const [x, y] of reference.log_ndtr) expectClose(logNormalCdf(x), y, 1e-13, `log_ndtr ${x}`);
  });
  test('its inverse', () => {
    for (const [y, x] of reference.ndtri_exp) expectClose(normalQuantileOfLog(y), x, 1e-10, `ndtri_exp ${y}`);
  });
  test('log of the mass of an interval', () => {
    for (const [a, b, y] of reference.log_mass)
      expectClose(logNormalMass(a, b), y, a < -8 && b > 8 ? 1 : 1e-11, `${a} ${b}`);
  });
  test('quantiles of the truncated normal', () => {
    for (const [q, a, b, x] of reference.truncnorm_ppf) {
      const actual = truncatedNormalQuantile(q, a, b);
      expect(Math.abs(actual - x), `${q} in [${a}, ${b}]: ${actual} against ${x}`).toBeLessThan(
        1e-8 * (1 + Math.abs(x)),
      );
    }
  });
});

test('the signed-rank test agrees with SciPy, with ties and zeros, exact and approximate', () => {
  for (const [differences, p] of reference.wilcoxon)
    expectClose(wilcoxonGreater(differences), p, 1e-12, `${differences.length} differences`);
  expect(wilcoxonGreater([])).toBeNaN();
});

describe('Sobol points', () => {
  test('agree with SciPy in 33 dimensions', () => {
    for (const [i, index] of reference.sobol_indices.entries()) {
      expect(reference.sobol[i]!.map((_, d) => sobol(index, d))).toEqual(reference.sobol[i]);
    }
  });
  test('stay even under a shift: each sixteenth of a dimension holds one of sixteen points', () => {
    for (const d of [0, 5, 32]) {
      const cells = Array.from({ length: 16 }, (_, i) => Math.floor(sobol(i, d, 0xdeadbeef) * 16));
      expect(new Set(cells).size).toBe(16);
    }
  });
});

test('Halton points agree with SciPy in 40 dimensions, scrambled in 12', () => {
  for (const [i, index] of reference.halton_indices.entries()) {
    for (const [d, x] of reference.halton[i]!.entries()) expectClose(halton(index, d), x, 1e-14, `${index}, ${d}`);
    for (const [d, x] of reference.halton_scrambled[i]!.entries()) {
      expectClose(halton(index, d, reference.halton_permutations[d]!), x, 1e-14, `${index}, ${d} scrambled`);
    }
  }
});
