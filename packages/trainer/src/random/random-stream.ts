// Reads the words of one key in order: integers below a bound, uniforms, permutations.

import { fillWords, type RandomKey } from './philox.js';

const bufferedBlocks = 64;

/** A cursor over one key's words. Equal keys give equal sequences, in any process. */
export class RandomStream {
  private readonly words = new Uint32Array(4 * bufferedBlocks);
  private next = this.words.length;
  private block = 0;

  constructor(private readonly key: RandomKey) {}

  /** An unsigned 32-bit integer. */
  uint32(): number {
    if (this.next === this.words.length) {
      fillWords(this.words, this.key, this.block);
      this.block += bufferedBlocks;
      this.next = 0;
    }
    return this.words[this.next++]!;
  }

  /** A float64 in [0, 1), a multiple of 2^-53. */
  uniform(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 0x400_0000 + low) / 0x20_0000_0000_0000;
  }

  /** An integer in [0, bound), each equally likely (words that would favour some are drawn again). */
  below(bound: number): number {
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % bound);
    for (;;) {
      const word = this.uint32();
      if (word < limit) return word % bound;
    }
  }
}

/** A random order of 0 … count − 1 (Fisher–Yates). */
export function permutation(count: number, key: RandomKey): Uint32Array {
  const stream = new RandomStream(key);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = stream.below(i + 1);
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
  return order;
}
