import { categorical, float } from '@goldilocks/study';
import { describe, expect, it } from 'vitest';
import { feedback, planOf, smol, tiny } from '../../test/plan-facts.js';
import { distributionsOf } from '../search/space.js';
import { likeness } from './likeness.js';
import { winnersInSpace } from './past-winners.js';

describe('likeness', () => {
  const now = planOf();

  it('falls with the distance of size and length, and says what is alike', () => {
    const twice = likeness(now, planOf({ data: { ...feedback, rows: 840 } }))!;
    const fifth = likeness(now, planOf({ data: { ...feedback, rows: 84 } }))!;
    expect(likeness(now, planOf())!.score).toBe(1);
    expect(twice.score).toBeLessThan(1);
    expect(fifth.score).toBeLessThan(twice.score);
    expect(twice.because).toBe(
      'the same model, method and kind of task (classification), 840 training examples where there are 420 now, answers of 2 tokens against 2',
    );
  });

  it('is none for another model, method or kind of task, or data far apart', () => {
    expect(likeness(now, planOf({ model: tiny }))).toBeNull();
    expect(likeness(now, planOf({ method: now.settings.method === 'lora' ? 'full' : 'lora' }))).toBeNull();
    expect(likeness(now, planOf({ data: { ...feedback, rows: 42_000 } }))).toBeNull();
    const other = { ...feedback, task: 'text' as const, labels: undefined };
    expect(likeness(now, planOf({ data: other }))).toBeNull();
  });
});

describe('winners of past studies', () => {
  const plan = planOf({ model: smol });
  const winner = (changes: Partial<typeof plan.settings>) => ({
    study: 'past',
    settings: { ...plan.settings, ...changes },
    because: '',
  });

  it('are moved into the space, each once, the recommended settings left out', () => {
    const space = distributionsOf(plan.searchSpace);
    const found = winnersInSpace(plan, space, [winner({}), winner({ learningRate: 1 }), winner({ learningRate: 1 })]);
    expect(found).toHaveLength(1);
    const rate = space.learningRate!;
    expect(found[0]!.params.learningRate).toBe('high' in rate ? rate.high : null);
  });

  it('are left out where a choice is not searched now', () => {
    const space = { schedule: categorical(['constant']), learningRate: float(1e-5, 1e-1, { log: true }) };
    expect(winnersInSpace(plan, space, [winner({ learningRate: 1e-4 })])).toEqual([]);
  });
});
