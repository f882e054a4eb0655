/** Lists of rows kept in an order as rows are added. */

type Order = (a: number, b: number) => number;

/** Puts rows at their places in a sorted list: few one by one, many by sorting anew. */
export function insertAll(list: number[], rows: readonly number[], order: Order): void {
  if (rows.length < 32) {
    for (const row of rows) insert(list, row, order);
  } else {
    for (const row of rows) list.push(row);
    list.sort(order);
  }
}

/** Puts a row at its place in a sorted list; the place is looked for from the end, where new trials mostly belong. */
function insert(list: number[], row: number, order: Order): void {
  if (list.length === 0 || order(list[list.length - 1]!, row) < 0) {
    list.push(row);
    return;
  }
  let [low, high] = [0, list.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (order(list[middle]!, row) < 0) low = middle + 1;
    else high = middle;
  }
  list.splice(low, 0, row);
}
