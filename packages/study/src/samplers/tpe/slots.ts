/** Arrays by slot: places of kernels that stay where they are while others come and go. */

type Numbers = Float64Array | Int32Array;

/** The array, or a larger one of the same kind with the same entries that has room for `length`. */
export function withRoom<T extends Numbers>(array: T, length: number): T {
  if (length <= array.length) return array;
  const larger = new (array.constructor as new (length: number) => T)(Math.max(16, length, 2 * array.length));
  larger.set(array);
  return larger;
}

/** Puts a slot at a place of a list of `count`, which must have room for one more. */
export function insertAt(list: Int32Array, count: number, at: number, slot: number): void {
  list.copyWithin(at + 1, at, count);
  list[at] = slot;
}

/** Removes the entry at a place of a list of `count`. */
export function removeAt(list: Int32Array, count: number, at: number): void {
  list.copyWithin(at, at + 1, count);
}

/** The first place of a sorted list of `count` whose slot does not come before; looked for at the end first, where new ones mostly belong. */
export function placeOf(list: Int32Array, count: number, comesBefore: (slot: number) => boolean): number {
  if (count === 0 || comesBefore(list[count - 1]!)) return count;
  let [low, high] = [0, count - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comesBefore(list[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
