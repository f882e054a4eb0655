/** Losses on a scale that a few bad ones do not dominate: straight up to the best, logarithmic far from it. */
export class Compression {
  readonly #least: number;
  readonly #bend: number;

  /** @param losses finite, smaller is better */
  constructor(losses: ArrayLike<number>) {
    const sorted = Float64Array.from(losses).sort();
    this.#least = sorted[0]!;
    this.#bend = Math.max(sorted[sorted.length >> 1]! - this.#least, 1e-12 * Math.max(1, Math.abs(this.#least)));
  }

  /** How far above the best, compressed; below it straight on. */
  compress(loss: number): number {
    const above = loss - this.#least;
    return above > 0 ? this.#bend * Math.log1p(above / this.#bend) : above;
  }

  /** The reverse. */
  expand(compressed: number): number {
    return this.#least + (compressed > 0 ? this.#bend * Math.expm1(compressed / this.#bend) : compressed);
  }
}
