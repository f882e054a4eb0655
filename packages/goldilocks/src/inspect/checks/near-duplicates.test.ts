import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Groups } from './groups.js';
import { joinNearDuplicates, nearDuplicateSimilarity } from './near-duplicates.js';
import { jaccard, shingles } from './shingles.js';

/** The definition, on sets of strings. */
function jaccardOfStrings(a: string, b: string): number {
  const runs = (text: string): Set<string> => {
    const found = new Set<string>();
    for (let at = 0; at < Math.max(1, text.length - 4); at += 1) found.add(text.slice(at, at + 5));
    return found;
  };
  const [first, second] = [runs(a), runs(b)];
  const shared = [...first].filter((run) => second.has(run)).length;
  return shared / (first.size + second.size - shared);
}

/** Text of random letters from a seed, so that unrelated texts share nothing. */
function scribble(seed: number, length: number): string {
  let state = seed * 2654435761 + 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return String.fromCharCode(97 + ((state >>> 16) % 26));
  }).join('');
}

describe('shingles', () => {
  it('have the similarity of the sets they stand for', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é'), maxLength: 60 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(jaccard(shingles(a), shingles(b))).toBeCloseTo(jaccardOfStrings(a, b), 12);
      }),
    );
  });
});

describe('joinNearDuplicates', () => {
  const originals = Array.from({ length: 300 }, (_, i) => scribble(i, 120));
  const altered = originals.map((text, i) => `${text.slice(0, i % 100)}#${text.slice(i % 100)}`);
  const texts = [...originals, ...altered];
  const order = [...texts.keys()];

  it('joins what differs by one character and nothing else', () => {
    const groups = new Groups(texts.length);
    joinNearDuplicates(texts, order, groups);
    for (const index of originals.keys()) {
      expect(jaccardOfStrings(originals[index]!, altered[index]!)).toBeGreaterThan(nearDuplicateSimilarity);
    }
    const joined = groups.members().filter((members) => members.length === 2 && members[1] === members[0]! + 300);
    expect(joined.length).toBeGreaterThanOrEqual(297);
    expect(groups.members().every((members) => members.length <= 2)).toBe(true);
  });

  it('does not depend on the order in which rows come', () => {
    const joinedIn = (list: readonly number[]): string => {
      const groups = new Groups(texts.length);
      joinNearDuplicates(texts, list, groups);
      return JSON.stringify(groups.members());
    };
    expect(joinedIn([...order].reverse())).toBe(joinedIn(order));
  });

  it('looks past a form that all rows share', () => {
    const form = 'please translate the following sentence from english into french as well as you can: ';
    const filled = originals.slice(0, 100).map((text) => form + text.slice(0, 20));
    const groups = new Groups(filled.length);
    joinNearDuplicates(filled, [...filled.keys()], groups);
    expect(groups.members()).toHaveLength(100);
  });
});

describe('Groups', () => {
  it('joins transitively', () => {
    const groups = new Groups(6);
    groups.join(4, 2);
    groups.join(5, 4);
    groups.join(1, 0);
    expect(groups.members()).toEqual([[0, 1], [2, 4, 5], [3]]);
  });
});
