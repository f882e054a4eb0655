// Sets that can be merged (union–find), for rows that belong together.

export class Groups {
  private readonly parents: Int32Array;

  constructor(readonly size: number) {
    this.parents = Int32Array.from({ length: size }, (_, index) => index);
  }

  /** The group's smallest member. */
  find(index: number): number {
    let root = index;
    while (this.parents[root] !== root) root = this.parents[root]!;
    for (let at = index; at !== root; ) {
      const next = this.parents[at]!;
      this.parents[at] = root;
      at = next;
    }
    return root;
  }

  join(a: number, b: number): void {
    const [first, second] = [this.find(a), this.find(b)];
    this.parents[Math.max(first, second)] = Math.min(first, second);
  }

  /** Members of every group, ascending, by the group's smallest member. */
  members(): number[][] {
    const lists = new Map<number, number[]>();
    for (let index = 0; index < this.size; index += 1) {
      const root = this.find(index);
      const list = lists.get(root);
      if (list) list.push(index);
      else lists.set(root, [index]);
    }
    return [...lists.values()];
  }
}
