// Dropout masks: a byte per element, 1 = keep, as a pure function of seed, step and mask number.

import { counterWords, type RandomKey } from '../random/philox.js';
import { alignedBytes, KernelMemory } from './kernels.js';

/** Mask bytes are drawn from 16 random bits each, so a probability is rounded to a multiple of this. */
export const dropoutResolution = 2 ** -16;

/** The dropout probability in use for one asked for, in [0, 1): a multiple of 2⁻¹⁶. Kept values are divided by 1 − this. */
export function effectiveDropout(probability: number): number {
  return threshold(probability) * dropoutResolution;
}

/**
 * Masks in a WebAssembly memory that the runtime's `bool` tensors can view. Their bits are Philox-4x32-10's (the
 * generator of `random/`, ten rounds as published), four blocks at a time in SIMD: no mask depends on another, on the
 * order of the calls or on what was drawn before. Byte 32·g + 8·w + 2·b + h comes from half h (0 = low) of word w of the
 * key's block 4·g + b.
 */
export class DropoutMasks {
  private readonly memory: KernelMemory;

  /** @param sizes bytes (elements) of the masks to be allocated */
  constructor(sizes: readonly number[]) {
    this.memory = new KernelMemory(sizes.reduce((sum, size) => sum + alignedBytes(size), 0));
  }

  /** Room for one mask of `size` elements, at first all zero. @throws RangeError beyond the announced sizes */
  allocate(size: number): Uint8Array {
    return this.memory.bytes(size);
  }

  /**
   * Draws a mask anew.
   * @param mask an array from `allocate` of this object, the very one
   * @param probability share of elements to drop, in [0, 1)
   */
  fill(mask: Uint8Array, probability: number, key: RandomKey): void {
    const [, part, low, high] = counterWords(key, 0);
    this.memory.kernels.dropoutMask(
      mask.byteOffset,
      mask.length,
      key.seed,
      key.purpose,
      part,
      low,
      high,
      threshold(probability),
    );
  }
}

function threshold(probability: number): number {
  return Math.min(65_535, Math.round(probability / dropoutResolution));
}
