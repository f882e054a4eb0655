// Checks that judge a row against all others: outliers, label noise, languages.
import { describe, expect, it } from 'vitest';
import { sentence } from '../testing/data-file.js';
import { sha256 } from '../text/normalise.js';
import type { InspectedRow } from '../types.js';
import { estimateLabelNoise } from './label-noise.js';
import { findLanguages } from './languages.js';
import { findOutliers, medianOf, robustScores } from './outliers.js';

function row(text: string, index: number, label = ''): InspectedRow {
  return {
    file: 'a',
    line: index + 1,
    example: { prompt: text, completion: label },
    label,
    hash: sha256(text),
    text,
    target: label,
  };
}

const plain = Array.from({ length: 400 }, (_, i) => row(sentence(i), i));

describe('findOutliers', () => {
  it('finds what does not belong and little else', () => {
    const odd = [
      'zxqv wvkj pqzx jjqk vvxz',
      '<div class="x"><a href="http://a/b">%%</a></div>',
      '########## ==== ####',
      'lorem ipsum dolor sit amet '.repeat(60),
      'Крепкий чай с лимоном',
    ].map((text, i) => row(text, 400 + i));
    const { rows, share, problems } = findOutliers([...plain, ...odd]);
    expect(rows).toEqual(expect.arrayContaining([400, 401, 402, 403, 404]));
    expect(share).toBeLessThan(0.03);
    expect(problems[0]?.count).toBe(rows.length);
  });

  it('finds nothing in rows all alike', () => {
    expect(findOutliers(plain).share).toBeLessThan(0.01);
  });

  it('scores by the median distance of each side', () => {
    expect(medianOf([3, 1, 2, 10])).toBe(2.5);
    // Median 3; above: 1, 2, 97 (median 2); below: 1, 2 (median 1.5).
    const scores = robustScores([1, 2, 3, 3, 4, 5, 100]);
    expect(scores[6]).toBeCloseTo(97 / (1.4826 * 2), 10);
    expect(scores[0]).toBeCloseTo(-2 / (1.4826 * 1.5), 10);
  });
});

describe('estimateLabelNoise', () => {
  const topics = [
    'battery charger cable plug voltage socket power adapter',
    'refund invoice payment amount receipt bank money transfer',
    'delivery courier parcel address doorstep late tracking box',
    'password login account screen button email reset code',
  ].map((list) => list.split(' '));
  const filler = 'the my a please about again and why is this with was not yet it for some when'.split(' ');
  const labels = ['power', 'money', 'parcel', 'login'];

  /** Deterministic numbers in [0, 1). */
  function generator(seed: number): () => number {
    let state = seed;
    return () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
  }

  function made(rate: number, count = 800): { rows: InspectedRow[]; wrong: Set<number> } {
    const random = generator(11);
    const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)]!;
    const wrong = new Set<number>();
    const rows = Array.from({ length: count }, (_, i) => {
      const topic = Math.floor(random() * 4);
      const text = Array.from({ length: 9 }, (_, at) => (at % 3 === 0 ? pick(topics[topic]!) : pick(filler))).join(' ');
      const flipped = random() < rate;
      if (flipped) wrong.add(i);
      return row(text, i, labels[flipped ? (topic + 1 + Math.floor(random() * 3)) % 4 : topic]!);
    });
    return { rows, wrong };
  }

  it.each([0, 0.05, 0.1, 0.2])('is near a true rate of %f', (rate) => {
    const { rows, wrong } = made(rate);
    const estimate = estimateLabelNoise(rows, labels)!;
    expect(Math.abs(estimate.share - wrong.size / rows.length)).toBeLessThan(0.03);
    const hits = estimate.suspects.filter((index) => wrong.has(index)).length;
    if (rate > 0) expect(hits / estimate.suspects.length).toBeGreaterThan(0.8);
  });

  it('is not given where the words do not foretell the labels', () => {
    const { rows } = made(0);
    const random = generator(3);
    const shuffled = rows.map((entry) => ({ ...entry, label: labels[Math.floor(random() * 4)]! }));
    expect(estimateLabelNoise(shuffled, labels)).toBeUndefined();
    expect(estimateLabelNoise(rows.slice(0, 30), labels)).toBeUndefined();
  });
});

describe('findLanguages', () => {
  it('names a second language and its rows', () => {
    const german = [
      'Ich habe meine Karte noch nicht erhalten, was soll ich tun?',
      'Warum wurde mein Konto gesperrt, obwohl alles bezahlt ist?',
      'Können Sie mir bitte sagen, wann das Paket endlich ankommt?',
    ];
    const { languages, problems } = findLanguages([
      ...plain.slice(0, 60),
      ...german.map((text, i) => row(text, 60 + i)),
    ]);
    expect(languages[0]?.language).toBe('en');
    expect(languages.map(({ language }) => language)).toContain('de');
    expect(problems[0]?.lines).toEqual([61, 62, 63]);
    expect(problems[0]?.message).toMatch(/English.*German/);
  });

  it('is silent about one language, and about texts too short to tell', () => {
    expect(findLanguages(plain.slice(0, 60)).problems).toEqual([]);
    expect(findLanguages(Array.from({ length: 20 }, (_, i) => row('ok', i))).languages).toEqual([]);
  });
});
