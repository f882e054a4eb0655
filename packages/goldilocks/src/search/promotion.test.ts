import type { NextStep as StudyStep } from '@goldilocks/study';
import { describe, expect, it } from 'vitest';
import { chooseNext as chooseByRule, type NextStep, promisingTrials, type StepLimits } from './promotion.js';
import type { SearchTrial, SearchTrialState } from './search-trial.js';

const trial = (number: number, values: number[], state: SearchTrialState = 'paused'): SearchTrial => ({
  id: number,
  number,
  params: {},
  state,
  values,
  seconds: 0,
  reason: '',
  failure: null,
});

const recommended = trial(0, [3, 2, 1], 'complete');

function limits(more: Partial<StepLimits> = {}): StepLimits {
  return { mayStart: true, fits: () => true, predict: () => 10, predictNew: 5, ...more };
}

/** Where the rule wants another trial, or a promotion. */
function chooseNext(
  trials: SearchTrial[],
  within: StepLimits,
  wish: StudyStep | null = { type: 'new' },
): NextStep | null {
  return chooseByRule(trials, within, () => wish);
}

describe('chooseNext', () => {
  it('begins with a trial, brings the recommended settings to the end, and ends what was cut off', () => {
    expect(chooseNext([], limits())).toEqual({ type: 'new' });
    expect(chooseNext([trial(0, [3])], limits({ fits: () => false }))).toMatchObject({ type: 'continue', rung: 1 });
    expect(chooseNext([recommended, trial(1, [])], limits())).toMatchObject({ trial: { number: 1 }, rung: 0 });
  });

  it('promotes, else starts a new one, else finishes the promising, else ends', () => {
    const promising = [recommended, trial(1, [2.9])];
    expect(chooseNext(promising, limits())).toEqual({ type: 'new' });
    expect(chooseNext(promising, limits({ mayStart: false }))).toMatchObject({
      type: 'continue',
      trial: { number: 1 },
    });
    const hopeless = [recommended, trial(1, [3.5])];
    expect(chooseNext(hopeless, limits({ mayStart: false }))).toBeNull();
    const three = [recommended, trial(1, [2.9]), trial(2, [3.5])];
    const promotion = { type: 'continue', trial: 1, to: 1 / 3 } as const;
    expect(chooseNext(three, limits(), promotion)).toMatchObject({ type: 'continue', trial: { number: 1 }, rung: 1 });
    const proposal = { type: 'new', params: { learningRate: 1e-3 } } as const;
    expect(chooseNext(three, limits(), proposal)).toEqual(proposal);
  });

  it('keeps the time to finish the promising before it starts another', () => {
    const promising = [recommended, trial(1, [2.9])];
    const within = (left: number) => limits({ fits: (seconds) => seconds <= left });
    expect(chooseNext(promising, within(15))).toEqual({ type: 'new' });
    expect(chooseNext(promising, within(14))).toMatchObject({ type: 'continue', trial: { number: 1 } });
    expect(chooseNext(promising, within(9))).toEqual({ type: 'new' });
    expect(chooseNext(promising, within(4))).toBeNull();
  });

  it('finishes a trial that it cannot repeat only where nothing can be, and nothing better is known', () => {
    const trials = [recommended, trial(1, [2.5, 1.5]), trial(2, [2.6])];
    const short = limits({ fits: (_, finalist, repeat) => finalist === undefined || repeat === false });
    expect(chooseNext(trials, short)).toMatchObject({ type: 'continue', trial: { number: 1 }, rung: 2 });
    const repeatable = limits({ fits: (_, finalist, repeat) => finalist?.number !== 1 || repeat === false });
    expect(chooseNext(trials, repeatable)).toEqual({ type: 'new' });
    const known = [...trials, trial(3, [2, 1.5, 0.5], 'complete')];
    expect(chooseNext(known, short)).toEqual({ type: 'new' });
    expect(promisingTrials(trials).map(({ number }) => number)).toEqual([1, 2]);
  });
});
