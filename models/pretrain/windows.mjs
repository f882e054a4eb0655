// Cuts a token stream into windows of equal length and deals them out in a new random order each epoch.

import { Purpose, permutation } from '@goldilocks/trainer';

export class Windows {
  /**
   * @param {Uint16Array} tokens the whole stream
   * @param {number} length tokens a window
   * @param {number} seed of the order
   */
  constructor(tokens, length, seed) {
    this.tokens = tokens;
    this.length = length;
    this.seed = seed;
    this.count = Math.floor((tokens.length - 1) / length);
    this.epoch = -1;
  }

  /** The next `rows` windows after `used` tokens: `ids` and, one token on, `labels`, each [rows · length]. */
  batch(used, rows) {
    const ids = new Int32Array(rows * this.length);
    const labels = new Int32Array(rows * this.length);
    for (let row = 0; row < rows; row++) {
      const start = this.startOf(Math.floor(used / this.length) + row);
      ids.set(this.tokens.subarray(start, start + this.length), row * this.length);
      labels.set(this.tokens.subarray(start + 1, start + 1 + this.length), row * this.length);
    }
    return { ids, labels };
  }

  startOf(window) {
    const epoch = Math.floor(window / this.count);
    if (epoch !== this.epoch) {
      this.order = permutation(this.count, { seed: this.seed, purpose: Purpose.order, counter: epoch });
      this.epoch = epoch;
    }
    return this.order[window % this.count] * this.length;
  }
}
