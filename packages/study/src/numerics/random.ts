/** A seeded generator whose state is four numbers: xoshiro128** (Blackman and Vigna, 2018), seeded by SplitMix32. */

export type RandomState = readonly [number, number, number, number];

/**
 * Draws from one stream of random numbers. Streams that differ in the seed or in any of the labels are independent,
 * so a sampler can give each trial and parameter its own stream and owe nothing to the order of calls.
 */
export class RandomGenerator {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(state: RandomState) {
    [this.#a, this.#b, this.#c, this.#d] = state.map((word) => word >>> 0) as [number, number, number, number];
    if ((this.#a | this.#b | this.#c | this.#d) === 0) this.#a = 1;
  }

  /** The stream that belongs to a seed and labels, e.g. a trial's number and a parameter's name. */
  static of(seed: number, ...labels: readonly (number | string)[]): RandomGenerator {
    let hash = mix(seed >>> 0) ^ mix(Math.floor(seed / 2 ** 32) + 0x5bd1e995);
    for (const label of labels) {
      if (typeof label === 'number') hash = absorb(absorb(hash, label), Math.floor(label / 2 ** 32));
      else {
        hash = absorb(hash, label.length);
        for (const character of label) hash = absorb(hash, character.codePointAt(0)!);
      }
    }
    let counter = hash;
    const next = () => mix((counter = (counter + 0x9e3779b9) >>> 0));
    return new RandomGenerator([next(), next(), next(), next()]);
  }

  /** The state from which a new generator goes on exactly here. */
  get state(): RandomState {
    return [this.#a, this.#b, this.#c, this.#d];
  }

  /** A uniform integer in [0, 2³²). */
  nextUint32(): number {
    const scrambled = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b = (this.#b ^ this.#c) >>> 0;
    this.#a = (this.#a ^ this.#d) >>> 0;
    this.#c = (this.#c ^ shifted) >>> 0;
    this.#d = rotateLeft(this.#d, 11) >>> 0;
    return scrambled;
  }

  /** A uniform number in [0, 1), a multiple of 2⁻⁵³. */
  uniform(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** A uniform integer in [0, bound), for bound ≤ 2³². */
  integer(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const word = this.nextUint32();
      if (word < limit) return word % bound;
    }
  }

  /** A copy of the items in a uniformly random order. */
  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [result[i], result[j]] = [result[j]!, result[i]!];
    }
    return result;
  }
}

/** A seed from the system's entropy, for samplers that were given none. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** The output function of SplitMix32: a bijection of 32-bit words in which every bit depends on all. */
function mix(word: number): number {
  let z = word >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}

function absorb(hash: number, word: number): number {
  return mix(Math.imul(hash, 0x85ebca6b) ^ (word >>> 0));
}
