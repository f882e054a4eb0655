/** The log density of a mixture of products of kernels, quick enough for tens of thousands of kernels. */

import { LOG_SQRT_2PI, logNormalMass } from '../../numerics/normal.js';
import { type CategoricalKernels, isNumeric, type Kernels, type NumericKernels, toScale } from './kernels.js';

/** Terms so much smaller than the largest, in logarithms, are lost in a sum even ten thousand times over. */
const NEGLIGIBLE = -40;
/** Kernels are looked up by where in the range they lie: quicker than by a map, which counts here. */
const BINS = 256;

/** A normal density: `constant − ½ ((x − mu)·inverse)²`, an entry for each kernel. */
interface Normals {
  readonly mu: Float64Array;
  readonly inverse: Float64Array;
  readonly constant: Float64Array;
  /** The points, in the logarithm where the distribution is; NaN outside its range. */
  readonly xs: Float64Array;
}

/** Log probabilities of the points, a row for each distinct kernel, and where in it each kernel's row begins. */
interface Table {
  readonly values: Float64Array;
  readonly begin: Int32Array;
}

/**
 * @param weights of the kernels
 * @param dimensions each with as many kernels
 * @param points one array of internal values for each dimension
 * @returns one log density for each point; −Infinity outside the range
 */
export function logDensity(
  weights: Float64Array,
  dimensions: readonly Kernels[],
  points: readonly Float64Array[],
): Float64Array {
  const normals: Normals[] = [];
  const tables: Table[] = [];
  for (const [d, kernels] of dimensions.entries()) {
    if (!isNumeric(kernels)) tables.push(choiceTable(kernels, points[d]!));
    else if (kernels.distribution.step === null) normals.push(normalsOf(kernels, points[d]!));
    else tables.push(cellTable(kernels, points[d]!));
  }
  return logSumOfProducts(weights, normals, tables, points[0]!.length);
}

/** Sums as it goes, in units of the largest term so far, so that no term is stored. */
function logSumOfProducts(
  weights: Float64Array,
  normals: readonly Normals[],
  tables: readonly Table[],
  count: number,
): Float64Array {
  const largest = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  const sums = new Float64Array(count);
  const terms = new Float64Array(count);
  // The prior, which is the last, is nowhere small: what is lost beside it needs no further look.
  for (let k = weights.length - 1; k >= 0; k--) {
    terms.fill(Math.log(weights[k]!));
    for (const { mu, inverse, constant, xs } of normals) addNormal(terms, xs, mu[k]!, inverse[k]!, constant[k]!);
    // Logarithms of probabilities can only lower them further.
    if (areNegligible(terms, largest)) continue;
    for (const { values, begin } of tables) addRow(terms, values, begin[k]!);
    addExponentials(sums, largest, terms);
  }
  return sums.map((sum, i) => (sum > 0 ? Math.log(sum) + largest[i]! : Number.NEGATIVE_INFINITY));
}

function areNegligible(terms: Float64Array, largest: Float64Array): boolean {
  // A NaN, outside the range, never becomes more.
  for (let i = 0; i < terms.length; i++) if (terms[i]! - largest[i]! >= NEGLIGIBLE) return false;
  return true;
}

function addExponentials(sums: Float64Array, largest: Float64Array, terms: Float64Array): void {
  for (let i = 0; i < terms.length; i++) {
    const gap = terms[i]! - largest[i]!;
    if (gap > 0) {
      sums[i] = sums[i]! * Math.exp(-gap) + 1;
      largest[i] = terms[i]!;
    } else if (gap > NEGLIGIBLE) sums[i]! += Math.exp(gap);
  }
}

function addRow(terms: Float64Array, values: Float64Array, begin: number): void {
  for (let i = 0; i < terms.length; i++) terms[i]! += values[begin + i]!;
}

function addNormal(terms: Float64Array, xs: Float64Array, mu: number, inverse: number, constant: number): void {
  for (let i = 0; i < terms.length; i++) {
    const z = (xs[i]! - mu) * inverse;
    terms[i]! += constant - 0.5 * z * z;
  }
}

function normalsOf({ distribution, mu, sigma, low, high }: NumericKernels, points: Float64Array): Normals {
  const xs = points.map((x) =>
    x >= distribution.low && x <= distribution.high ? toScale(distribution, x) : Number.NaN,
  );
  const inverse = new Float64Array(mu.length);
  const constant = new Float64Array(mu.length);
  let [logSigma, lastSigma] = [0, Number.NaN];
  for (let k = 0; k < mu.length; k++) {
    // Most kernels have the smallest bandwidth.
    if (sigma[k] !== lastSigma) logSigma = Math.log((lastSigma = sigma[k]!));
    inverse[k] = 1 / sigma[k]!;
    const mass = logNormalMass((low - mu[k]!) * inverse[k]!, (high - mu[k]!) * inverse[k]!);
    constant[k] = -logSigma - LOG_SQRT_2PI - mass;
  }
  return { mu, inverse, constant, xs };
}

/** Kernels of a discrete parameter repeat, so each distinct one is computed once. */
function cellTable(kernels: NumericKernels, xs: Float64Array): Table {
  const { distribution, mu, sigma } = kernels;
  const half = distribution.step! / 2;
  const left = xs.map((x) => toScale(distribution, x - half));
  const right = xs.map((x) => toScale(distribution, x + half));
  // Points repeat as well.
  const first = Int32Array.from(left, (edge) => left.indexOf(edge));
  const begin = new Int32Array(mu.length);
  const rows: Float64Array[] = [];
  const known: { mu: number; sigma: number; begin: number }[][] = Array.from({ length: BINS + 1 }, () => []);
  const scale = BINS / (kernels.high - kernels.low);
  for (let k = 0; k < mu.length; k++) {
    const [m, s] = [mu[k]!, sigma[k]!];
    const alike = known[Math.min(BINS, Math.max(0, Math.trunc((m - kernels.low) * scale)))]!;
    let at = 0;
    while (at < alike.length && (alike[at]!.mu !== m || alike[at]!.sigma !== s)) at++;
    if (at === alike.length) {
      alike.push({ mu: m, sigma: s, begin: rows.length * xs.length });
      rows.push(cellMasses(kernels, m, s, left, right, first));
    }
    begin[k] = alike[at]!.begin;
  }
  return { values: joined(rows, xs.length), begin };
}

/** Log mass that a kernel gives to the cell of each point. @param first of the points in the same cell */
function cellMasses(
  { low, high }: NumericKernels,
  mu: number,
  sigma: number,
  left: Float64Array,
  right: Float64Array,
  first: Int32Array,
): Float64Array {
  const total = logNormalMass((low - mu) / sigma, (high - mu) / sigma);
  const masses = new Float64Array(left.length);
  for (let i = 0; i < masses.length; i++) {
    const before = first[i]!;
    masses[i] = before < i ? masses[before]! : logNormalMass((left[i]! - mu) / sigma, (right[i]! - mu) / sigma) - total;
  }
  return masses;
}

function choiceTable({ observed, hit, miss, logPrior }: CategoricalKernels, xs: Float64Array): Table {
  const [logHit, logMiss] = [Math.log(hit), Math.log(miss)];
  const count = logPrior.length;
  const rows = Array.from({ length: count }, (_, choice) => xs.map((x) => (x === choice ? logHit : logMiss)));
  rows.push(xs.map((x) => logPrior[x]!));
  const begin = new Int32Array(observed.length + 1);
  for (let k = 0; k < observed.length; k++) begin[k] = observed[k]! * xs.length;
  begin[observed.length] = count * xs.length;
  return { values: joined(rows, xs.length), begin };
}

function joined(rows: readonly Float64Array[], length: number): Float64Array {
  const values = new Float64Array(rows.length * length);
  for (const [r, row] of rows.entries()) values.set(row, r * length);
  return values;
}
