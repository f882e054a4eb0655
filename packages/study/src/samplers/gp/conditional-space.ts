/**
 * A cube for parameters that depend on others: which of them a setting has is learnt from the trials, and those it lacks stand
 * in the middle of their range, so that one Gaussian process compares all settings.
 */

import { type Distribution, type SearchSpace, sameDistribution } from '../../distributions/distribution.js';
import { searchable } from '../../search-space/searchable.js';
import type { FrozenTrial, Params } from '../../trial/frozen-trial.js';
import { UnitSpace } from './unit-space.js';

/** A parameter is there for some values of another one: the parent's index, and its coordinates in trials that had it. */
interface Condition {
  readonly parent: number;
  readonly present: ReadonlySet<number>;
}

/** Where a dimension stands that a setting lacks; for choices no choice. */
const standIn = (isCategorical: boolean) => (isCategorical ? -1 : 0.5);
/** Where the parent itself is lacking. */
const ABSENT = Number.NEGATIVE_INFINITY;

/**
 * The space of all parameters of some trials, when each that is sometimes missing is told by the value of one discrete
 * parameter; else null.
 */
export function conditionalSpace(trials: readonly FrozenTrial[]): ConditionalSpace | null {
  const union = unionOf(trials);
  if (!union) return null;
  const unit = new UnitSpace(searchable(union));
  const rows = trials.map(({ params }) => unit.coordinates(params));
  const conditions: (Condition | null)[] = [];
  for (let d = 0; d < unit.size; d++) {
    const condition = rows.some((row) => Number.isNaN(row[d]!)) ? conditionOf(d, unit, rows) : null;
    if (condition === undefined) return null;
    conditions.push(condition);
  }
  return new ConditionalSpace(searchable(union), conditions);
}

/** Null when a name has had several distributions. */
function unionOf(trials: readonly FrozenTrial[]): SearchSpace | null {
  const union = new Map<string, Distribution>();
  for (const { distributions } of trials) {
    for (const [name, distribution] of Object.entries(distributions)) {
      const before = union.get(name);
      if (before && !sameDistribution(before, distribution)) return null;
      union.set(name, distribution);
    }
  }
  return Object.fromEntries([...union].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Undefined when no parameter tells. Of several that do, one that is never missing goes first. */
function conditionOf(d: number, unit: UnitSpace, rows: readonly Float64Array[]): Condition | undefined {
  const missing = (p: number) => rows.filter((row) => Number.isNaN(row[p]!)).length;
  const parents = [...unit.dimensions.keys()]
    .filter((p) => p !== d && unit.dimensions[p]!.values && missing(p) < missing(d))
    .sort((a, b) => missing(a) - missing(b));
  for (const parent of parents) {
    const [present, absent] = [new Set<number>(), new Set<number>()];
    for (const row of rows) {
      const value = Number.isNaN(row[parent]!) ? ABSENT : row[parent]!;
      (Number.isNaN(row[d]!) ? absent : present).add(value);
    }
    if ([...present].every((value) => !absent.has(value))) return { parent, present };
  }
  return undefined;
}

export class ConditionalSpace extends UnitSpace {
  readonly #conditions: readonly (Condition | null)[];

  constructor(space: SearchSpace, conditions: readonly (Condition | null)[]) {
    super(space);
    this.#conditions = conditions;
  }

  override encode(params: Params): Float64Array | null {
    const point = this.coordinates(params);
    for (const [d, { isCategorical }] of this.dimensions.entries()) {
      if (!Number.isNaN(point[d]!)) continue;
      if (!this.#conditions[d]) return null;
      point[d] = standIn(isCategorical);
    }
    return point;
  }

  /** Only the parameters that a setting has. */
  override decode(point: ArrayLike<number>): Params {
    const params = super.decode(point);
    return Object.fromEntries(Object.entries(params).filter((_, d) => this.#has(point, d)));
  }

  override snap(point: Float64Array): Float64Array {
    const snapped = super.snap(point);
    return snapped.map((x, d) => (this.#has(snapped, d) ? x : standIn(this.dimensions[d]!.isCategorical)));
  }

  #has(point: ArrayLike<number>, d: number): boolean {
    const condition = this.#conditions[d];
    if (!condition) return true;
    const { parent, present } = condition;
    return present.has(this.#has(point, parent) ? point[parent]! : ABSENT);
  }
}
