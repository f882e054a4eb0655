import { describe, expect, test } from 'vitest';
import { judge } from './evidence.js';
import type { Finding, Side } from './zones.js';

const wording = {
  objective: { title: 'validation loss', direction: 'minimize' as const },
  noise: 0.03,
  nameOf: (name: string) => (name === 'learningRate' ? 'learning rate' : name),
};
const none = { trials: [], rise: null };
const shares = { least: 1 / 9, most: 1 / 3 };

function side(changes: Partial<Side>): Side {
  return {
    trials: [4, 9],
    beyond: 2e-3,
    ended: { trials: [4, 9], rise: 0.2 },
    stopped: { ...none, shares },
    diverged: [],
    probability: 0.97,
    early: false,
    ...changes,
  };
}

function finding(changes: Partial<Finding>): Finding {
  return {
    name: 'learningRate',
    zone: { low: 5e-4, high: 2e-3, lowClosed: false, highClosed: false },
    points: [],
    low: null,
    high: null,
    otherChoices: [],
    hints: [],
    atLeastPossible: false,
    atMostPossible: false,
    tested: [5e-4, 1e-3, 2e-3, 4e-3],
    comparableTrials: 12,
    differs: 0.9,
    comparability: { pairs: [], movedAlong: null, farthest: { below: 5e-4, above: 4e-3 } },
    ...changes,
  };
}

const judged = (changes: Partial<Finding>) => judge(finding(changes), 1e-3, wording);

describe('evidence of a side', () => {
  const tooMuch = (changes: Partial<Side>) => judged({ high: side(changes) }).evidence.tooMuch!.sentence;

  test('that runs to the end show', () => {
    expect(tooMuch({})).toBe('Above 2e-3 validation loss rose by 0.200 (trials 4 and 9); this shows too much.');
  });

  test('that stopped and diverged runs suggest', () => {
    const changes = {
      ended: none,
      stopped: { trials: [4], rise: 0.4, shares: { least: 1 / 9, most: 1 / 9 } },
      diverged: [9],
      probability: 0.8,
    };
    expect(tooMuch(changes)).toBe(
      'Above 2e-3 validation loss rose by 0.400 at 11 % of the schedule (trial 4, stopped there), and a run diverged (trial 9); this suggests too much.',
    );
  });

  test('that only the start tells of', () => {
    const stopped = { trials: [4, 9], rise: 0.4, shares };
    expect(tooMuch({ ended: none, stopped, early: true })).toBe(
      'Above 2e-3 runs fell behind, by 0.400 at 11 % to 33 % of the schedule (trials 4 and 9, stopped there); whether they would have caught up is open.',
    );
  });
});

describe('verdicts', () => {
  test('no difference only where the trials show that there is none', () => {
    expect(judged({ differs: 0.02 })).toMatchObject({ verdict: 'no-effect-seen', confidence: 'high' });
    expect(judged({ differs: 0.5 }).verdict).toBe('uncertain');
  });

  test('what cannot be told says what moved along, the closest trials, and what would settle it', () => {
    const pair = {
      trials: [3, 7] as [number, number],
      values: [1e-3, 4e-3] as [number, number],
      difference: 0.02,
      share: 1,
    };
    const comparability = {
      pairs: [pair],
      movedAlong: 'learningRate',
      farthest: { below: 5e-4, above: 4e-3 },
    };
    expect(judged({ comparability }).sentence).toBe(
      "Can't tell yet with 5e-4 to 4e-3 tried: learning rate moved along. Trials otherwise most alike: validation loss 0.020 higher with 4e-3 (trial 7) than with 1e-3 (trial 3), within noise. A run of the chosen settings with 5e-4 or 4e-3 would tell.",
    );
  });

  test('one edge leaves the other side open in sight', () => {
    const { verdict, sentence } = judged({
      high: side({}),
      zone: { low: 5e-4, high: 2e-3, lowClosed: false, highClosed: true },
    });
    expect(verdict).toBe('one-side');
    expect(sentence).toBe(
      'Just right up to about 2e-3; no certain lower edge down to 5e-4. A run of the chosen settings with 5e-4 would tell.',
    );
  });

  test('a start that fell behind is a hint, never a proof', () => {
    expect(judged({ low: side({ early: true }), high: side({ early: true }) })).toMatchObject({
      verdict: 'one-side',
      confidence: 'low',
    });
  });
});
