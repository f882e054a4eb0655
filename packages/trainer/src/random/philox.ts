// Philox-4x32-10: random words as a pure function of a key and a counter, so that nothing has to be remembered.
//
// Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), the generator of PyTorch on
// CUDA and of TensorFlow. A run that is resumed asks for the same counters and so gets the same words.

const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const weyl0 = 0x9e3779b9;
const weyl1 = 0xbb67ae85;
const rounds = 10;

/** Which random words are meant. Two keys that differ in any field give independent words. */
export interface RandomKey {
  /** The run's seed: an unsigned 32-bit integer. */
  seed: number;
  /** What the words are for, see `Purpose`: an unsigned 32-bit integer. */
  purpose: number;
  /** Position in the run (an optimizer step, an epoch): an integer in [0, 2^53). */
  counter: number;
  /** One of several draws at that position (a layer, a tensor): an unsigned 32-bit integer, default 0. */
  part?: number;
}

/** What random words are used for; each purpose has its own stream. The numbers are part of the checkpoint format. */
export const Purpose = {
  initialization: 1,
  order: 2,
  dropout: 3,
  sampling: 4,
  generation: 5,
  embeddingNoise: 6,
  replay: 7,
} as const;

/** High 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const cross = aHigh * bLow + ((aLow * bLow) >>> 16);
  const middle = aLow * bHigh + (cross & 0xffff);
  return aHigh * bHigh + Math.floor(cross / 0x10000) + Math.floor(middle / 0x10000);
}

/**
 * One block: writes four words to `out[offset … offset + 3]`.
 * @param counter four 32-bit words, least significant first
 * @param key two 32-bit words
 */
export function philox4x32(
  out: Uint32Array,
  offset: number,
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): void {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < rounds; round++) {
    const high0 = multiplyHigh(multiplier0, c0 >>> 0);
    const low0 = Math.imul(multiplier0, c0);
    const high1 = multiplyHigh(multiplier1, c2 >>> 0);
    const low1 = Math.imul(multiplier1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + weyl0) | 0;
    k1 = (k1 + weyl1) | 0;
  }
  out[offset] = c0;
  out[offset + 1] = c1;
  out[offset + 2] = c2;
  out[offset + 3] = c3;
}

/** The four counter words of a key's block number `block`: block, part, and the counter's low and high half. */
export function counterWords(key: RandomKey, block: number): [number, number, number, number] {
  return [block >>> 0, (key.part ?? 0) >>> 0, key.counter >>> 0, Math.floor(key.counter / 0x1_0000_0000) >>> 0];
}

/** The words 4·firstBlock, 4·firstBlock + 1, … of a key; a key has 2^34 words. */
export function fillWords(out: Uint32Array, key: RandomKey, firstBlock = 0): void {
  const philoxKey = [key.seed >>> 0, key.purpose >>> 0] as const;
  const whole = out.length & ~3;
  for (let i = 0; i < whole; i += 4) philox4x32(out, i, counterWords(key, firstBlock + i / 4), philoxKey);
  if (whole === out.length) return;
  const last = new Uint32Array(4);
  philox4x32(last, 0, counterWords(key, firstBlock + whole / 4), philoxKey);
  out.set(last.subarray(0, out.length - whole), whole);
}
