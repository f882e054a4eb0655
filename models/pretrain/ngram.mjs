// An n-gram language model over token ids with interpolated modified Kneser-Ney smoothing (Chen and Goodman 1999).
//
// Each n-gram is a node, reached from the node of its first n − 1 tokens by its last one. The highest order counts occurrences;
// lower orders count in how many different contexts an n-gram was seen.

const EMPTY = -1;

/** A growing hash table from (prefix node, token) to node ids 0, 1, 2 …, in order of insertion. */
class NodeTable {
  constructor(vocabulary) {
    this.vocabulary = vocabulary;
    this.keys = new Float64Array(1 << 16);
    this.slots = new Int32Array(1 << 17).fill(EMPTY);
    this.size = 0;
  }

  slotOf(key) {
    const mask = this.slots.length - 1;
    let slot = (Math.imul(key % 4294967296, 0x9e3779b1) ^ Math.imul(key / 4294967296, 0x85ebca6b)) >>> 7;
    for (slot &= mask; this.slots[slot] !== EMPTY && this.keys[this.slots[slot]] !== key; ) slot = (slot + 1) & mask;
    return slot;
  }

  find(prefix, token) {
    return prefix < 0 ? EMPTY : this.slots[this.slotOf(prefix * this.vocabulary + token)];
  }

  /** The node's id, made if it is new; `this.size` tells whether it was. */
  insert(prefix, token) {
    const key = prefix * this.vocabulary + token;
    const slot = this.slotOf(key);
    if (this.slots[slot] !== EMPTY) return this.slots[slot];
    if (this.size === this.keys.length) this.grow();
    this.keys[this.size] = key;
    this.slots[this.slotOf(key)] = this.size;
    return this.size++;
  }

  grow() {
    const keys = new Float64Array(this.keys.length * 2);
    keys.set(this.keys);
    this.keys = keys;
    this.slots = new Int32Array(this.slots.length * 2).fill(EMPTY);
    for (let node = 0; node < this.size; node++) this.slots[this.slotOf(keys[node])] = node;
  }
}

export class NgramModel {
  /**
   * @param {Uint16Array} tokens training text
   * @param {number} vocabulary ids are 0 … vocabulary − 1
   * @param {number} order longest n-gram, ≥ 1
   */
  constructor(tokens, vocabulary, order) {
    this.vocabulary = vocabulary;
    this.tables = Array.from({ length: order }, () => new NodeTable(vocabulary));
    const counts = this.count(tokens);
    this.levels = this.tables.map((table, k) => summarise(table, counts[k], k === 0 ? 1 : this.tables[k - 1].size));
  }

  count(tokens) {
    const order = this.tables.length;
    const counts = this.tables.map(() => new Uint32Array(tokens.length));
    let before = [];
    for (const token of tokens) {
      const now = [];
      for (let k = 0; k < Math.min(order, before.length + 1); k++) {
        const known = this.tables[k].size;
        now[k] = this.tables[k].insert(k === 0 ? 0 : before[k - 1], token);
        if (k === order - 1) counts[k][now[k]]++;
        if (k > 0 && this.tables[k].size > known) counts[k - 1][now[k - 1]]++;
      }
      before = now;
    }
    return counts;
  }

  /** @returns {number} −log2 of the probability of `tokens`, each given those before it. */
  bits(tokens) {
    let bits = 0;
    let before = [];
    for (const token of tokens) {
      const now = this.tables.map((table, k) => table.find(k === 0 ? 0 : (before[k - 1] ?? EMPTY), token));
      bits -= Math.log2(this.probability(now, before));
      before = now;
    }
    return bits;
  }

  /** Interpolates from the uniform distribution up to the longest context that was seen. */
  probability(nodes, contexts) {
    let probability = 1 / this.vocabulary;
    for (const [k, level] of this.levels.entries()) {
      const context = k === 0 ? 0 : (contexts[k - 1] ?? EMPTY);
      if (context < 0 || level.total[context] === 0) break;
      const count = nodes[k] < 0 ? 0 : level.counts[nodes[k]];
      const own = count - level.discounts[Math.min(count, 3)];
      probability = (own + level.withheld[context] * probability) / level.total[context];
    }
    return probability;
  }
}

/** Per context: the sum of counts, and the mass that discounting withholds for shorter contexts. */
function summarise(table, counts, contexts) {
  const discounts = discountsOf(counts.subarray(0, table.size));
  const total = new Float64Array(contexts);
  const withheld = new Float64Array(contexts);
  for (let node = 0; node < table.size; node++) {
    const context = Math.floor(table.keys[node] / table.vocabulary);
    total[context] += counts[node];
    withheld[context] += discounts[Math.min(counts[node], 3)];
  }
  return { counts, discounts, total, withheld };
}

/** Discounts for counts of 0, 1, 2 and 3 or more, from the numbers of n-grams seen once to four times. */
function discountsOf(counts) {
  const seen = [0, 0, 0, 0, 0];
  for (const count of counts) if (count < 5) seen[count]++;
  const y = seen[1] > 0 ? seen[1] / (seen[1] + 2 * seen[2]) : 0;
  const discount = (c) => (seen[c] > 0 ? Math.min(Math.max(c - (c + 1) * y * (seen[c + 1] / seen[c]), 0), c) : 0);
  return [0, discount(1), discount(2), discount(3)];
}
