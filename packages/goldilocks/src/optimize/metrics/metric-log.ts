// What one trial has reported so far: each metric's last and best value, and the steps of the first objective.
import type { ConstraintSpec, ObjectiveSpec, StepSpec } from '@goldilocks/protocol';
import type { MetricRecord } from './record.js';

export interface Watched {
  readonly objectives: readonly ObjectiveSpec[];
  readonly constraints: readonly ConstraintSpec[];
  readonly step?: StepSpec;
}

/** A value of the first objective, to be reported to the study. */
export interface StepValue {
  readonly step: number;
  readonly value: number;
  /** The step as the command counts it, such as `epoch 1.5`. */
  readonly at: string;
}

/** In the order in which they are looked for. The first three count steps, so that no fraction is lost in rounding. */
const usualSteps = ['step', 'global_step', 'iteration', 'iter', 'epoch'];

/** Epochs come in fractions; a study's steps are whole numbers. */
const EPOCH_UNIT = 0.001;

export class MetricLog {
  readonly #watched: Watched;
  readonly #last = new Map<string, number>();
  readonly #least = new Map<string, number>();
  readonly #greatest = new Map<string, number>();
  #stepName: string | undefined;
  #reports = 0;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  /** Names of all metrics seen, for messages. */
  get names(): string[] {
    return [...this.#last.keys()];
  }

  /** Takes in a record; returns the first objective's value where it has one. */
  add(record: MetricRecord): StepValue | null {
    for (const [name, value] of Object.entries(record)) this.#count(name, value);
    const value = record[this.#watched.objectives[0]!.metric];
    if (value === undefined) return null;
    this.#stepName ??= this.#watched.step?.metric ?? this.#usualStep(record);
    const step = this.#step();
    if (step === null) return { step: this.#reports, value, at: `report ${++this.#reports}` };
    return { step, value, at: `${this.#stepName} ${this.#last.get(this.#stepName!)}` };
  }

  /** The value that counts; undefined where the metric was never reported. */
  value({ metric, direction = 'minimize', value = 'last' }: ObjectiveSpec): number | undefined {
    if (value === 'last') return this.#last.get(metric);
    const best = (direction === 'minimize' ? this.#least : this.#greatest).get(metric);
    return best ?? this.#last.get(metric);
  }

  /** By how much a constraint is exceeded: at most 0 where it is kept; undefined where the metric was never reported. */
  excess({ metric, min = -Infinity, max = Infinity, value = 'last' }: ConstraintSpec): number | undefined {
    const over = (value === 'last' ? this.#last : this.#least).get(metric);
    const under = (value === 'last' ? this.#last : this.#greatest).get(metric);
    if (over === undefined && under === undefined) return undefined;
    // A number that is none keeps no constraint.
    const excess = Math.max((over ?? Number.NaN) - max, min - (under ?? Number.NaN));
    return Number.isNaN(excess) ? Infinity : excess;
  }

  /** One that comes with the value, else one that came before; then the same for the whole trial. */
  #usualStep(record: MetricRecord): string | undefined {
    return usualSteps.find((name) => name in record) ?? usualSteps.find((name) => this.#last.has(name));
  }

  #count(name: string, value: number): void {
    this.#last.set(name, value);
    if (Number.isNaN(value)) return;
    this.#least.set(name, Math.min(value, this.#least.get(name) ?? Infinity));
    this.#greatest.set(name, Math.max(value, this.#greatest.get(name) ?? -Infinity));
  }

  /** The last one seen, as a record with the value may not repeat it; null where there is none. */
  #step(): number | null {
    const value = this.#stepName === undefined ? undefined : this.#last.get(this.#stepName);
    if (value === undefined || !(value >= 0 && value < Number.MAX_SAFE_INTEGER)) return null;
    const unit = this.#watched.step?.unit ?? (/epoch/i.test(this.#stepName!) ? EPOCH_UNIT : 1);
    return Math.round(value / unit);
  }
}
