/** Where an acquisition is largest in a mixed space: even points, then local search that climbs and enumerates in turn. */

import { minimize } from '../../numerics/minimize.js';
import type { RandomGenerator } from '../../numerics/random.js';
import { SOBOL_DIMENSIONS, sobol } from '../../numerics/sobol.js';
import type { Acquisition } from './acquisition.js';
import type { UnitSpace } from './unit-space.js';

export interface Candidate {
  /** On the values of the distributions. */
  readonly x: Float64Array;
  readonly value: number;
}

export interface MaximizeOptions {
  readonly random: RandomGenerator;
  /** Points to look at besides, e.g. the best trials'. */
  readonly known: readonly Float64Array[];
  /** Along each dimension, how far one has to go for the acquisition to change. */
  readonly lengths: Float64Array;
  /** Points drawn evenly. Default 512. */
  readonly samples?: number;
  /** Local searches. Default 5. */
  readonly searches?: number;
}

const MOST_ROUNDS = 8;
/** Shares of the range by which copies of known points are moved. */
const SPREAD = 0.08;

/** Candidates from best to worst; the first is the maximum found. */
export function maximize(acquisition: Acquisition, space: UnitSpace, options: MaximizeOptions): Candidate[] {
  const { random, known, lengths, samples = 512, searches = 5 } = options;
  const points = [
    ...evenPoints(space, samples, random),
    ...known,
    ...known.flatMap((x) => nearby(space, x, 16, random)),
  ];
  const candidates = ranked(points.map((x) => ({ x: space.snap(x), value: 0 })).map(({ x }) => at(acquisition, x)));
  const starts = [
    ...candidates.slice(0, searches - 1),
    ...known.slice(0, 1).map((x) => at(acquisition, space.snap(x))),
  ];
  const found = starts.map((start) => climb(acquisition, space, start, lengths));
  return ranked([...found, ...candidates]);
}

function at(acquisition: Acquisition, x: Float64Array): Candidate {
  return { x, value: acquisition.value(x) };
}

function ranked(candidates: readonly Candidate[]): Candidate[] {
  return [...candidates].sort((a, b) => b.value - a.value);
}

function evenPoints(space: UnitSpace, count: number, random: RandomGenerator): Float64Array[] {
  const shifts = Array.from({ length: space.size }, () => random.nextUint32());
  return Array.from({ length: count }, (_, index) =>
    Float64Array.from(shifts, (shift, d) =>
      space.fromUnit(d, d < SOBOL_DIMENSIONS ? sobol(index, d, shift) : random.uniform()),
    ),
  );
}

/** Copies of a point with some coordinates moved a little, choices now and then exchanged. */
function nearby(space: UnitSpace, x: Float64Array, count: number, random: RandomGenerator): Float64Array[] {
  return Array.from({ length: count }, () =>
    x.map((coordinate, d) => {
      if (random.uniform() < 0.5) return coordinate;
      if (space.dimensions[d]!.isCategorical)
        return random.uniform() < 0.3 ? space.fromUnit(d, random.uniform()) : coordinate;
      const moved = coordinate + SPREAD * (random.uniform() + random.uniform() + random.uniform() - 1.5) * 2;
      return Math.min(1, Math.max(0, moved));
    }),
  );
}

function climb(acquisition: Acquisition, space: UnitSpace, start: Candidate, lengths: Float64Array): Candidate {
  let best = start;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = best.value;
    best = better(best, climbNumbers(acquisition, space, best, lengths));
    for (let d = 0; d < space.size; d++) best = tryValues(acquisition, space, best, d);
    if (best.value <= before + 1e-6) break;
  }
  return best;
}

/** Follows the gradient over the dimensions that are not enumerated, scaled so that all change alike; then rounds. */
function climbNumbers(acquisition: Acquisition, space: UnitSpace, start: Candidate, lengths: Float64Array): Candidate {
  const free = space.dimensions.flatMap(({ values }, d) => (values ? [] : [d]));
  if (free.length === 0) return start;
  const scales = free.map((d) => Math.min(1, lengths[d]!));
  const x = Float64Array.from(start.x);
  const gradient = new Float64Array(x.length);
  const place = (z: Float64Array) => {
    for (const [k, d] of free.entries()) x[d] = z[k]! * scales[k]!;
  };
  const loss = (z: Float64Array, slope: Float64Array) => {
    place(z);
    gradient.fill(0);
    const value = acquisition.addGradient(x, gradient);
    for (const [k, d] of free.entries()) slope[k] = -gradient[d]! * scales[k]!;
    return -value;
  };
  const minimum = minimize(
    loss,
    free.map((d, k) => start.x[d]! / scales[k]!),
    { lower: free.map(() => 0), upper: scales.map((scale) => 1 / scale), maxIterations: 30, tolerance: 1e-3 },
  );
  place(minimum.x);
  return at(acquisition, space.snap(x));
}

function tryValues(acquisition: Acquisition, space: UnitSpace, start: Candidate, d: number): Candidate {
  let best = start;
  for (const value of space.dimensions[d]!.values ?? []) {
    if (value === best.x[d]) continue;
    const x = Float64Array.from(start.x);
    x[d] = value;
    best = better(best, at(acquisition, space.snap(x)));
  }
  return best;
}

function better(a: Candidate, b: Candidate): Candidate {
  return b.value > a.value ? b : a;
}
