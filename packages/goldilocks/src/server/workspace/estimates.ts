// What base models will need, each asked for once, and one after another: two at a time would spoil each other's speed.
import type { ParsedQueryOf, TrainingNeeds } from '@goldilocks/protocol/page';

type Asked = ParsedQueryOf<'trainingNeeds'>;

export class Estimates {
  readonly #known = new Map<string, Promise<TrainingNeeds>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly estimate: (asked: Asked) => Promise<TrainingNeeds>) {}

  /** What failed is tried again when asked again. */
  of(asked: Asked): Promise<TrainingNeeds> {
    const key = JSON.stringify([asked.model, asked.longest]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = this.#last.then(() => this.estimate(asked));
    this.#known.set(key, made);
    this.#last = made.catch(() => this.#known.delete(key));
    return made;
  }
}
