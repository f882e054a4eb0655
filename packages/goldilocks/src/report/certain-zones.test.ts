import type { CertainZone, Params, ReportTrial } from '@goldilocks/protocol';
import { describe, expect, test } from 'vitest';
import { mulberry32 } from '../metrics/bootstrap.js';
import type { SearchedParameter } from './axis-scale.js';
import { agreeing, closedBy } from './certain-sides.js';
import { certainText } from './certain-text.js';
import { certainZones } from './certain-zones.js';
import { changeVerdict, gainOf } from './gain.js';
import { findZones } from './zones.js';

const parameters: SearchedParameter[] = [
  { name: 'learningRate', scale: 'log', searched: { low: 1e-5, high: 1e-1 } },
  { name: 'batchSize', scale: 'log', searched: { choices: [4, 8, 16, 32, 64] }, leastPossible: 1 },
  { name: 'schedule', scale: 'choice', searched: { choices: ['cosine', 'linear', 'constant'] } },
];

/** Best near 1e-3, diverging from 2e-2 on; within 0.04 of the best for |log10(rate) + 3| < 0.4. Constant is worse by 0.2. */
function truth(params: Params): number | null {
  const rate = Math.log10(params.learningRate as number) + 3;
  return rate > 1.3 ? null : 1 + 0.25 * rate ** 2 + (params.schedule === 'constant' ? 0.2 : 0);
}

/** A search in which three of four trials stop early, where all losses are higher by one. */
function searched(count: number): ReportTrial[] {
  const random = mulberry32(3);
  const pick = <T>(items: T[]) => items[Math.floor(random() * items.length)]!;
  return Array.from({ length: count }, (_, number): ReportTrial => {
    const params: Params =
      number === 0
        ? { learningRate: 1e-4, batchSize: 16, schedule: 'constant' }
        : {
            learningRate: number === 1 ? 1e-3 : 10 ** (-5 + 4 * random()),
            batchSize: pick([4, 8, 16, 32, 64]),
            schedule: number === 1 ? 'cosine' : pick(['cosine', 'linear', 'constant']),
          };
    const end = truth(params);
    const common = { number, params, changed: [], seconds: 1, reason: '' };
    if (end === null)
      return { ...common, rungs: [], value: null, validationLoss: null, state: 'failed', failure: 'diverged' };
    const loss = end + 0.02 * (random() - 0.5);
    const isComplete = number < 2 || number % 4 === 0;
    const early = { share: 1 / 9, value: loss + 1 };
    const rungs = isComplete ? [early, { share: 1, value: loss }] : [early];
    const value = rungs.at(-1)!.value;
    const state = isComplete ? 'complete' : 'pruned';
    return { ...common, rungs, value, validationLoss: value, state, failure: null };
  });
}

const objective = { title: 'validation loss', direction: 'minimize' } as const;

describe('a search of 32 trials, most of them stopped early', () => {
  const trials = searched(32);
  const input = { parameters, trials, incumbent: 1, direction: 'minimize', noise: 0.04 } as const;
  const certain = certainZones(input);
  const range = (name: string) => certain.get(name) as Extract<CertainZone, { tooMuch: unknown }>;

  test('states ends between which the true ones lie, with trials that show it', () => {
    const { inside, tooLittle, tooMuch } = range('learningRate');
    expect(Math.log10(inside?.low ?? 1e-3)).toBeGreaterThan(-3.4);
    expect(Math.log10(inside?.high ?? 1e-3)).toBeLessThan(-2.6);
    expect(Math.log10(tooLittle!.below)).toBeLessThan(-3.4);
    expect(Math.log10(tooMuch!.above)).toBeGreaterThan(-2.6);
    for (const number of tooLittle!.trials) expect(trials[number]!.params.learningRate).toBeLessThan(1e-3);
    // Runs that diverged are evidence as well.
    expect(tooMuch!.trials.some((number) => trials[number]!.state === 'failed')).toBe(true);
  });

  test('names only values that could be chosen, and blames what is idle for nothing', () => {
    const { inside, tooLittle, tooMuch } = range('batchSize');
    expect([tooLittle, tooMuch]).toEqual([null, null]);
    if (inside) for (const end of [inside.low, inside.high]) expect([4, 8, 16, 32, 64]).toContain(end);
  });

  test('tells the choice that is worse', () => {
    expect(certain.get('schedule')).toMatchObject({ worse: ['constant'] });
  });

  test('shares the gain among what changed', () => {
    const gain = gainOf({ parameters, trials, winner: 1, objective })!;
    // The rate brings 0.25, the schedule 0.2.
    const brought = (name: string) => gain.changes.find((change) => change.name === name)!;
    expect(Math.abs(brought('learningRate').mean - 0.25)).toBeLessThan(0.12);
    expect(Math.abs(brought('schedule').mean - 0.2)).toBeLessThan(0.12);
    expect(changeVerdict(brought('learningRate'))).toBe('helped');
    expect(gain.changes.reduce((sum, { mean }) => sum + mean, 0)).toBeCloseTo(gain.total.mean, 6);
    expect(gain.sentence).toMatch(/What surely helped: .*learning rate 1e-3 \(\+0\.\d{3}\)/);
    expect(gainOf({ parameters, trials, winner: 0, objective })).toBeNull();
  });

  test('closes what the estimate leaves open', () => {
    const open = findZones({ ...input, parameters: [...parameters] }).find(({ name }) => name === 'learningRate')!;
    const { zone, high } = closedBy(range('learningRate'), {
      ...open,
      high: null,
      zone: { low: 5e-4, high: 9e-2, lowClosed: true, highClosed: false },
    });
    const { above } = range('learningRate').tooMuch!;
    expect(zone).toEqual({ low: 5e-4, high: above, lowClosed: true, highClosed: true });
    expect(high).toMatchObject({ beyond: above, early: false });
  });
});

test('two trials settle nothing', () => {
  const few = certainZones({ parameters, trials: searched(2), incumbent: 1, direction: 'minimize', noise: 0.04 });
  expect([...few.values()]).toEqual([null, null, null].slice(0, few.size));
  expect(certainText(null, 3)).toBe('With 90 % certainty nothing can be told yet.');
});

test('what is certain never says more than the estimate beside it', () => {
  const zone = { low: 2, high: 5, lowClosed: true, highClosed: true };
  const certain = {
    inside: { low: 1, high: 6 },
    tooLittle: { below: 3, trials: [1] },
    tooMuch: { above: 8, trials: [2] },
  };
  expect(agreeing(certain, zone)).toEqual({
    inside: { low: 2, high: 5 },
    tooLittle: { below: 2, trials: [1] },
    tooMuch: { above: 8, trials: [2] },
  });
});

test.each([
  [
    { inside: { low: 2, high: 5 }, tooLittle: { below: 1, trials: [4] }, tooMuch: { above: 8, trials: [2, 3] } },
    'With 90 % certainty 2 to 5 is just right, below 1 too little (trial 4) and above 8 too much (trials 2 and 3); between, it can’t be told yet.',
  ],
  [
    { inside: null, tooLittle: { below: 1, trials: [4] }, tooMuch: null },
    'With 90 % certainty below 1 is too little (trial 4); what else is as good as 3 can’t be told yet.',
  ],
  [
    { inside: { low: 2, high: 5 }, tooLittle: null, tooMuch: null },
    'With 90 % certainty 2 to 5 is just right; beyond, it can’t be told yet.',
  ],
  [
    { inside: [3, 4], worse: [5], open: [6] },
    'With 90 % certainty 4 is as good as 3 and 5 is worse; of 6 it can’t be told yet.',
  ],
  [{ inside: [3], worse: [], open: [6] }, 'With 90 % certainty nothing can be told yet.'],
])('in a sentence: %j', (certain, sentence) => {
  expect(certainText(certain, 3)).toBe(sentence);
});
