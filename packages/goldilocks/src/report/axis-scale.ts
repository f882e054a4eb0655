// A hyperparameter's values as positions: in [0, 1] over the searched range, or the index of a choice.
import type { Params, ParamValue, Scale, Searched } from '@goldilocks/protocol';

export interface SearchedParameter {
  name: string;
  scale: Scale;
  /** Null where the value was held fixed. */
  searched: Searched | null;
  /** The least and the most there can be at all, such as 0 for dropout: a side without values needs no evidence. */
  leastPossible?: number;
  mostPossible?: number;
  /** Prior size of its effect, as a share of the losses' spread; 0.35 where nothing is known. */
  typicalEffect?: number;
}

export function distinctValues(runs: readonly { params: Params }[], name: string): ParamValue[] {
  const values = new Set(runs.flatMap(({ params }) => (params[name] === undefined ? [] : [params[name]])));
  return [...values].sort((a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : 0));
}

export class AxisScale {
  readonly kind: 'ordered' | 'choice';
  /** Distinct values of the comparable trials, in order. */
  readonly tested: ParamValue[];
  readonly #low: number = 0;
  readonly #high: number = 1;
  readonly #log: boolean;

  constructor({ name, scale, searched }: SearchedParameter, runs: readonly { params: Params }[]) {
    this.kind = scale === 'choice' ? 'choice' : 'ordered';
    this.tested = distinctValues(runs, name);
    this.#log = scale === 'log';
    if (this.kind === 'choice') return;
    const limits = searched && 'low' in searched ? [searched.low, searched.high] : (searched?.choices ?? []);
    const numbers = [...this.tested, ...limits].filter((value) => typeof value === 'number').map(this.#axisNumber);
    this.#low = Math.min(...numbers);
    this.#high = Math.max(...numbers);
  }

  /** A value that is missing stands where the first tested one does. */
  position(value: ParamValue | undefined): number {
    const given = value ?? this.tested[0]!;
    if (this.kind === 'choice') return this.tested.indexOf(given);
    return (this.#axisNumber(given as number) - this.#low) / (this.#high - this.#low);
  }

  value(position: number): number {
    const number = this.#low + position * (this.#high - this.#low);
    return this.#log ? Math.exp(number) : number;
  }

  valueAt(position: number): ParamValue {
    return this.kind === 'choice' ? this.tested[position]! : this.value(position);
  }

  /** Where effects are asked for: the tested values, and on a finely tested axis points in between. */
  grid(): number[] {
    const tested = this.tested.map((value) => this.position(value));
    if (this.kind === 'choice' || tested.length <= 8) return tested;
    const first = tested[0]!;
    const span = tested.at(-1)! - first;
    const even = Array.from({ length: 29 }, (_, i) => first + (span * i) / 28);
    return [...new Set([...even, ...tested])].sort((a, b) => a - b);
  }

  #axisNumber = (value: number) => (this.#log ? Math.log(value) : value);
}
