/** The area that points of a plane dominate, kept up as they come in. */

/** Smaller is better in both coordinates; the area reaches up to a corner. */
export class Staircase {
  readonly #corner: readonly [number, number];
  /** The undominated points, from left to right and so from top to bottom. */
  readonly #xs: number[] = [];
  readonly #ys: number[] = [];

  constructor(corner: readonly [number, number]) {
    this.#corner = corner;
  }

  /** Takes in a point within the corner; returns the area it adds, 0 when others dominate it. */
  insert(x: number, y: number): number {
    const [xs, ys] = [this.#xs, this.#ys];
    const at = this.#firstFrom(x);
    const ceiling = at > 0 ? ys[at - 1]! : this.#corner[1];
    if (ceiling <= y || (xs[at] === x && ys[at]! <= y)) return 0;
    let [end, area] = [at, ((xs[at] ?? this.#corner[0]) - x) * (ceiling - y)];
    for (; end < xs.length && ys[end]! >= y; end++) {
      area += ((xs[end + 1] ?? this.#corner[0]) - xs[end]!) * (ys[end]! - y);
    }
    xs.splice(at, end - at, x);
    ys.splice(at, end - at, y);
    return area;
  }

  #firstFrom(x: number): number {
    let [low, high] = [0, this.#xs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#xs[middle]! < x) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
