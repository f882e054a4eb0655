// Where the C library's heap puts large blocks: how far it grows depends on the holes between them, not only on what is in use.

interface Hole {
  start: number;
  size: number;
}

/**
 * The runtime asks for aligned blocks, for which glibc looks for a hole with this much to spare: a block never goes into a hole of just
 * its own size.
 */
const spare = 128;

/** Blocks go into the smallest hole that is large enough, else to the end. Neighbouring holes are one. Sizes in bytes. */
export class Heap {
  /** How far it has grown. */
  end = 0;
  /** By address. */
  private readonly holes: Hole[] = [];

  /** @returns the block's address */
  take(size: number): number {
    let best: Hole | undefined;
    for (const hole of this.holes) {
      if (hole.size >= size + spare && (!best || hole.size < best.size)) best = hole;
    }
    if (!best) return this.extend(size);
    const { start } = best;
    best.start += size;
    best.size -= size;
    return start;
  }

  giveBack(start: number, size: number): void {
    const next = this.holes.findIndex((hole) => hole.start > start);
    const at = next === -1 ? this.holes.length : next;
    const [before, after] = [this.holes[at - 1], this.holes[at]];
    const joinsBefore = before !== undefined && before.start + before.size === start;
    const joinsAfter = after !== undefined && start + size === after.start;
    if (joinsBefore) {
      before.size += size + (joinsAfter ? after.size : 0);
      if (joinsAfter) this.holes.splice(at, 1);
    } else if (joinsAfter) {
      after.start = start;
      after.size += size;
    } else this.holes.splice(at, 0, { start, size });
  }

  /** A hole at the end is used as far as it goes. */
  private extend(size: number): number {
    const last = this.holes.at(-1);
    const start = last && last.start + last.size === this.end ? this.holes.pop()!.start : this.end;
    this.end = start + size;
    return start;
  }
}
