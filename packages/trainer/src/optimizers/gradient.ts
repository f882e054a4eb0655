// The gradient of one parameter while a step's micro-batches add up.

import { type ParameterSlot, stagingCount } from '../kernels/memory.js';

/**
 * Where the gradient of the coming step is: not there; a borrowed array to be multiplied by `weight`; or in the slot.
 * Borrowing saves a copy of every gradient when a step has one micro-batch.
 */
type Place = { in: 'none' } | { in: 'borrowed'; array: Float32Array; weight: number } | { in: 'slot' };

export class Gradient {
  private place: Place = { in: 'none' };

  constructor(private readonly slot: ParameterSlot) {}

  get isThere(): boolean {
    return this.place.in !== 'none';
  }

  /** The array, and what it is to be multiplied by. */
  get value(): { array: Float32Array; weight: number } {
    return this.place.in === 'borrowed' ? this.place : { array: this.slot.gradient, weight: 1 };
  }

  /** @param more whether there are further gradients to come, so that this one is copied at once */
  add(gradient: Float32Array, weight: number, more: boolean): void {
    if (this.place.in === 'none') {
      this.place = { in: 'borrowed', array: gradient, weight };
      if (more) this.settle();
      return;
    }
    this.settle();
    const { slot } = this;
    forEachPiece(slot, gradient, (address, start, count) => {
      slot.memory.kernels.addScaled(slot.gradient.byteOffset + 4 * start, address, count, weight);
    });
  }

  /** The array that takes rows, and what each row is multiplied by. */
  rowTarget(weight: number): { array: Float32Array; factor: number } {
    const { slot, place } = this;
    if (place.in === 'borrowed' && place.weight === weight) return { array: place.array, factor: 1 };
    if (place.in === 'none') {
      slot.gradient.fill(0);
      this.place = { in: 'slot' };
    }
    this.settle();
    return { array: slot.gradient, factor: weight };
  }

  drop(): void {
    this.place = { in: 'none' };
  }

  /** Σ g², in float64. */
  sumOfSquares(): number {
    const { array, weight } = this.value;
    let sum = 0;
    forEachPiece(this.slot, array, (address, _, count) => {
      sum += this.slot.memory.kernels.sumOfSquares(address, count);
    });
    return sum * weight * weight;
  }

  /** Brings a borrowed gradient into the slot, multiplied by its weight. */
  private settle(): void {
    const { slot, place } = this;
    if (place.in !== 'borrowed') return;
    slot.gradient.set(place.array);
    if (place.weight !== 1) {
      slot.memory.kernels.scale(slot.gradient.byteOffset, slot.gradient.length, place.weight);
    }
    this.place = { in: 'slot' };
  }
}

/** Calls `use` with the kernel address of each piece of an array, which is staged where it lies outside the slot's memory. */
export function forEachPiece(
  slot: ParameterSlot,
  array: Float32Array,
  use: (address: number, start: number, count: number) => void,
): void {
  // An array of the slot comes in the same pieces as one from outside, so that sums round alike.
  for (let start = 0; start < array.length; start += stagingCount) {
    const piece = array.subarray(start, start + stagingCount);
    use(addressOf(slot, piece), start, piece.length);
  }
}

/** The kernel address of at most `stagingCount` numbers; those from outside are staged, and stay there until the next are. */
export function addressOf(slot: ParameterSlot, numbers: Float32Array): number {
  if (numbers.buffer === slot.parameter.buffer) return numbers.byteOffset;
  slot.staging.set(numbers);
  return slot.staging.byteOffset;
}
