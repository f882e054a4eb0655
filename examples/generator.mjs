// What the three example generators share: seeded choices, templates with slots, and the dirt of real files.

import { writeFileSync } from 'node:fs';

/** A small seeded generator (mulberry32): the same numbers everywhere, so that each file can be made again byte for byte. */
export class Chooser {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  /** A number in [0, 1). */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  below(bound) {
    return Math.floor(this.next() * bound);
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  chance(probability) {
    return this.next() < probability;
  }

  /** One of `[weight, value]` pairs. */
  weighted(pairs) {
    let at = this.next() * pairs.reduce((sum, [weight]) => sum + weight, 0);
    return pairs.find(([weight]) => (at -= weight) < 0)[1];
  }

  shuffle(list) {
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [list[i], list[j]] = [list[j], list[i]];
    }
    return list;
  }

  /** Fills each `{slot}` of a template with one of the slot's words, which may have slots themselves. */
  fill(template, slots) {
    return template.replace(/\{(\w+)\}/g, (_, slot) => this.fill(String(this.pick(slots[slot])), slots));
  }
}

export const capitalised = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Makes rows until there are `count` with different keys. */
export function distinctRows(count, make, keyOf) {
  const rows = new Map();
  for (let tries = 0; rows.size < count; tries++) {
    if (tries > 100 * count) throw new Error(`only ${rows.size} different rows in ${tries} tries, ${count} wanted`);
    const row = make();
    const key = keyOf(row);
    if (!rows.has(key)) rows.set(key, row);
  }
  return [...rows.values()];
}

/** Writes rows as JSON lines; a string is written as it is, to put a broken line into the file. */
export function writeRows(url, rows) {
  writeFileSync(url, `${rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n')}\n`);
}
