import { describe, expect, test } from 'vitest';
import { categorical, float } from '../distributions/distribution.js';
import { InvalidOptionError, NoTrialError, TrialNotFoundError } from '../errors.js';
import type { JsonValue } from '../json.js';
import { RandomGenerator } from '../numerics/random.js';
import { RandomSampler } from '../samplers/random.js';
import { createStudy } from '../study/create-study.js';
import type { Study } from '../study/study.js';
import type { FrozenTrial, Params } from '../trial/frozen-trial.js';
import { Confirmation, type ConfirmationOptions, repeatBudget } from './confirmation.js';
import { SEED_KEY } from './repeats.js';

const space = { rate: float(1e-5, 1e-2, { log: true }), schedule: categorical(['cosine', 'linear']) };
const DEFAULT = { rate: 1e-4, schedule: 'cosine' };
type Truth = (params: Params) => number;
const better: Truth = ({ rate, schedule }) =>
  1 + 0.1 * (Math.log10(rate as number) + 3) ** 2 + (schedule === 'linear' ? 0.01 : 0);
const bestAtDefault: Truth = ({ rate }) => 1 + 0.1 * (Math.log10(rate as number) + 4) ** 2;

function luck(...labels: (string | number)[]): number {
  const random = RandomGenerator.of(5, ...labels);
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

/** A study of twelve trials after the default, and how it runs one more. */
async function searched(truth: Truth, noise: number, direction: 'minimize' | 'maximize' = 'minimize') {
  const study = await createStudy({ sampler: new RandomSampler({ seed: 1 }), directions: [direction] });
  const sign = direction === 'minimize' ? 1 : -1;
  const run = async () => {
    const trial = await study.ask(space);
    await study.tell(trial, sign * (truth(trial.params) + noise * luck(trial.number)));
  };
  await study.enqueue(DEFAULT);
  for (let i = 0; i < 13; i++) await run();
  return { study, run };
}

async function confirmed(study: Study, run: () => Promise<void>, options: ConfirmationOptions) {
  const asked: [number, JsonValue][] = [];
  for (;;) {
    // Anew each time, as after a restart.
    const confirmation = new Confirmation(await study.trials(), options);
    const next = confirmation.next(await study.trials());
    if (!next) return { asked, verdict: confirmation.verdict(await study.trials()) };
    asked.push([next.of, next.seed]);
    await study.enqueue(next.params, { userAttributes: { [SEED_KEY]: next.seed } });
    await run();
  }
}

describe('a confirmation', () => {
  test('repeats the default and the best few on the same seeds, as far as the runs go', async () => {
    const { study, run } = await searched(better, 0.005);
    const { asked, verdict } = await confirmed(study, run, { runs: 6 });
    const [first, second] = [asked.filter(([, seed]) => seed === 1), asked.filter(([, seed]) => seed === 2)];
    expect(first[0]).toEqual([0, 1]);
    expect(new Set(first.map(([of]) => of)).size).toBe(first.length);
    expect(second[0]).toEqual([0, 2]);
    // The leader of the first seed goes on to the second.
    expect(first.map(([of]) => of)).toContain(second[1]![0]);
    expect(asked.length).toBeLessThanOrEqual(6);
    expect(verdict.kind).toBe('better');
    expect(better(verdict.trial.params)).toBeLessThan(better(DEFAULT) - 0.03);
    expect(verdict.why).toMatch(
      /^On [23] shared seeds, trial \d+ was better than the default by 0\.\d+, .* probability/,
    );
  });

  test('keeps the default where nothing is better, and says so', async () => {
    const { study, run } = await searched(bestAtDefault, 0.05);
    const { verdict } = await confirmed(study, run, { runs: 4 });
    expect(verdict.kind).not.toBe('better');
    expect(verdict.trial.number).toBe(0);
    expect(verdict.why).toMatch(/the default is kept|which is kept/);
  });

  test('mirrors when maximising', async () => {
    const { study, run } = await searched(better, 0.005, 'maximize');
    const { verdict } = await confirmed(study, run, { runs: 4, direction: 'maximize' });
    expect(verdict).toMatchObject({ kind: 'better' });
    expect(verdict.candidates[0]!.pairs[0]).toBeGreaterThan(0);
  });

  test('counts repeats that wait as made', async () => {
    const { study } = await searched(better, 0.005);
    const seen: string[] = [];
    for (let i = 0; i < 3; i++) {
      const next = new Confirmation(await study.trials(), { runs: 6 }).next(await study.trials())!;
      seen.push(`${next.of} ${next.seed}`);
      await study.enqueue(next.params, { userAttributes: { [SEED_KEY]: next.seed } });
    }
    expect(new Set(seen).size).toBe(3);
  });

  test('asks more of what was not repeated', async () => {
    const clear = await searched(better, 0.001);
    const trials = await clear.study.trials();
    expect(new Confirmation(trials, { runs: 0 }).next(trials)).toBeNull();
    expect(new Confirmation(trials, { runs: 0 }).verdict(trials).kind).toBe('unrepeated');
    const noisy = await (await searched(bestAtDefault, 0.3)).study.trials();
    expect(new Confirmation(noisy, { runs: 0 }).verdict(noisy)).toMatchObject({ trial: { number: 0 } });
  });

  test('does not trust a gain that hangs on a few examples', async () => {
    const { study, run } = await searched(better, 0.005);
    const losses = ({ number }: { number: number }) => Array.from({ length: 8 }, (_, i) => luck('example', number, i));
    const { verdict } = await confirmed(study, run, { runs: 4, losses });
    expect(verdict).toMatchObject({ kind: 'within-noise', trial: { number: 0 } });
  });

  test('does not doubt a large gain for what examples leave open of it, as if it were a small one', async () => {
    // The default is far from the rest, where losses are compressed; the gain is ten standard errors over the examples.
    const truth: Truth = (params) => (params.rate === DEFAULT.rate ? 9 : better(params));
    const { study, run } = await searched(truth, 0.005);
    const losses = ({ params, number }: FrozenTrial) =>
      Array.from(
        { length: 64 },
        (_, i) => truth(params) * (1 + 0.8 * luck('example', i)) + 0.1 * luck('own', number, i),
      );
    const { verdict } = await confirmed(study, run, { runs: 4, losses });
    expect(verdict.kind).toBe('better');
  });

  test('takes no seed that the search has used, and says what is wrong', async () => {
    const { study } = await searched(better, 0.005);
    const trials = (await study.trials()).map((trial) => ({ ...trial, userAttributes: { [SEED_KEY]: 7 } }));
    expect(new Confirmation(trials, { runs: 2 }).next(trials)!.seed).toBe(8);
    expect(() => new Confirmation(trials, { reference: 99 })).toThrow(TrialNotFoundError);
    expect(() => new Confirmation(trials.slice(0, 1))).toThrow(NoTrialError);
    expect(() => new Confirmation(trials, { runs: -1 })).toThrow(InvalidOptionError);
    expect(() => new Confirmation(trials, { confidence: 1 })).toThrow(/confidence is 1/);
    expect(repeatBudget(40)).toBe(8);
    expect(() => repeatBudget(2)).toThrow(/leave nothing to repeat/);
  });
});

test('learns from trials that were left early, but repeats only complete ones', async () => {
  const { study } = await searched(better, 0.005);
  const ended = new Set([0, 3, 6, 9]);
  const shares = [1 / 9, 1];
  const trials = (await study.trials()).map((trial): FrozenTrial => {
    const loss = trial.values![0]!;
    const early = new Map([[111, 2 + loss]]);
    if (ended.has(trial.number)) return { ...trial, intermediateValues: early.set(1000, loss) };
    return { ...trial, state: 'PRUNED', values: null, intermediateValues: early };
  });
  const candidates = (options: ConfirmationOptions) =>
    new Confirmation(trials, { runs: 12, ...options }).verdict(trials).candidates;
  const [all, few] = [candidates({ shares }), candidates({})];
  expect(new Set(all.map(({ trial }) => trial.number))).toEqual(new Set([3, 6, 9]));
  // What is right becomes surer: the true gains are better predicted.
  const error = (found: typeof all) =>
    found.reduce((sum, { trial, gain }) => sum + Math.abs(gain.mean - better(DEFAULT) + better(trial.params)), 0);
  expect(error(all)).toBeLessThan(error(few));
});
