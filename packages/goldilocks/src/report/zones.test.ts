import type { Params, ReportTrial } from '@goldilocks/protocol';
import { describe, expect, test } from 'vitest';
import { mulberry32 } from '../metrics/bootstrap.js';
import type { SearchedParameter } from './axis-scale.js';
import { calibrate } from './testing/calibration.js';
import { findZones } from './zones.js';

const parameters: SearchedParameter[] = [
  { name: 'learningRate', scale: 'log', searched: { low: 1e-5, high: 1e-1 } },
  { name: 'weightDecay', scale: 'linear', searched: { low: 0, high: 0.1 }, leastPossible: 0 },
  { name: 'batchSize', scale: 'log', searched: { choices: [4, 8, 16, 32, 64] }, leastPossible: 1 },
  { name: 'schedule', scale: 'choice', searched: { choices: ['cosine', 'linear', 'constant'] } },
  { name: 'epochs', scale: 'linear', searched: null },
];

/** Loss of a study whose truth is known: best near 1e-3, diverging from 2e-2 on, constant worse by 0.2, the rest idle. */
function truth(params: Params): number | null {
  const rate = Math.log10(params.learningRate as number) + 3;
  if (rate > 1.3) return null;
  return 1 + 0.25 * rate ** 2 + (params.schedule === 'constant' ? 0.2 : 0);
}

function makeTrial(number: number, params: Params, value: number | null): ReportTrial {
  const common = { number, params, changed: [], rungs: [], value, validationLoss: value, seconds: 1 };
  if (value === null) return { ...common, state: 'failed', failure: 'diverged', reason: 'the loss left the finite' };
  return { ...common, state: 'complete', failure: null, reason: '' };
}

function study(count: number, seed: number): ReportTrial[] {
  const random = mulberry32(seed);
  const pick = <T>(items: T[]) => items[Math.floor(random() * items.length)]!;
  return Array.from({ length: count }, (_, number) => {
    const params: Params = {
      learningRate: 10 ** (-5 + 4 * random()),
      weightDecay: 0.1 * random(),
      batchSize: pick([4, 8, 16, 32, 64]),
      schedule: pick(['cosine', 'linear', 'constant']),
      epochs: 3,
    };
    const loss = truth(params);
    return makeTrial(number, params, loss === null ? null : loss + 0.02 * (random() - 0.5));
  });
}

const best = (trials: ReportTrial[]) =>
  trials.reduce((a, b) => ((b.value ?? Infinity) < (a.value ?? Infinity) ? b : a)).number;

function zonesOf(trials: ReportTrial[], noise = 0.04) {
  const found = findZones({ parameters, trials, incumbent: best(trials), direction: 'minimize', noise });
  return Object.fromEntries(found.map((finding) => [finding.name, finding]));
}

describe.each([1, 2, 3])('a study of 40 trials with a known truth, seed %i', (seed) => {
  const trials = study(40, seed);
  const zones = zonesOf(trials);

  test('closes the learning rate on both sides, around the truth', () => {
    const { zone, low, high } = zones.learningRate!;
    expect(zone).toMatchObject({ lowClosed: true, highClosed: true });
    const range = zone as { low: number; high: number };
    // Within 0.04 of the best: |log10(rate) + 3| < 0.4.
    expect(Math.log10(range.low)).toBeGreaterThan(-4.1);
    expect(Math.log10(range.low)).toBeLessThan(-2.8);
    expect(Math.log10(range.high)).toBeGreaterThan(-3.2);
    expect(Math.log10(range.high)).toBeLessThan(-1.7);
    for (const side of [low!, high!]) expect(side.trials.length).toBeGreaterThan(1);
  });

  test('names only trials beyond the edge, the diverged ones among them', () => {
    const { high } = zones.learningRate!;
    expect(high!.diverged.length).toBeGreaterThan(0);
    for (const number of high!.trials) {
      expect(trials[number]!.params.learningRate).toBeGreaterThan(high!.beyond as number);
    }
  });

  test('sees that constant is worse, and by how much trials show', () => {
    expect(zones.schedule!.zone).toEqual({ choices: expect.not.arrayContaining(['constant']) });
    expect(zones.schedule!.otherChoices.map(({ beyond }) => beyond)).toEqual(['constant']);
  });

  test('blames idle parameters for nothing', () => {
    for (const name of ['weightDecay', 'batchSize']) {
      expect(zones[name]).toMatchObject({ low: null, high: null });
      expect(zones[name]!.differs).toBeLessThan(0.6);
    }
  });

  test('leaves alone what was held fixed', () => {
    expect(zones.epochs).toMatchObject({ zone: null, tested: [3] });
  });
});

test('two parameters that only moved together are both left open', () => {
  const trials = [1e-4, 3e-4, 1e-3, 3e-3, 6e-3, 9e-3].map((learningRate, i) => {
    const weightDecay = (Math.log10(learningRate) + 4) * 0.05;
    return makeTrial(i, { learningRate, weightDecay, batchSize: 8, schedule: 'cosine' }, i < 3 ? 1 : 1.6);
  });
  const together = zonesOf(trials);
  const alone = zonesOf(trials.map((trial) => ({ ...trial, params: { ...trial.params, weightDecay: 0.01 } })));
  expect(alone.learningRate!.high!.probability).toBeGreaterThan(0.9);
  const shared = Math.max(together.learningRate!.high?.probability ?? 0, together.weightDecay!.high?.probability ?? 0);
  expect(shared).toBeLessThan(alone.learningRate!.high!.probability - 0.05);
});

test('three trials settle nothing', () => {
  const zones = zonesOf(study(3, 4));
  for (const finding of Object.values(zones)) expect(finding).toMatchObject({ zone: null, low: null, high: null });
});

test('a crash that is not the settings’ doing is no evidence', () => {
  const trials = study(30, 5);
  const failed = trials.map((trial) => (trial.failure ? { ...trial, failure: 'out-of-memory' as const } : trial));
  const { high } = zonesOf(failed).learningRate!;
  expect(high?.diverged ?? []).toEqual([]);
});

test('pruned trials are compared at the share where they stopped', () => {
  const complete = study(24, 6);
  const incumbent = best(complete);
  const trials = complete.map((trial) => {
    if (trial.value === null) return trial;
    const rungs = [
      { share: 0.25, value: trial.value + 1 },
      { share: 1, value: trial.value },
    ];
    if (trial.number === incumbent || trial.value < 1.3) return { ...trial, rungs };
    return { ...trial, state: 'pruned' as const, value: trial.value + 1, rungs: rungs.slice(0, 1) };
  });
  const found = findZones({ parameters, trials, incumbent, direction: 'minimize', noise: 0.04 });
  const rate = found.find(({ name }) => name === 'learningRate')!;
  expect(rate.zone).toMatchObject({ lowClosed: true, highClosed: true });
  expect(rate.low!.stopped.rise ?? rate.low!.ended.rise).toBeLessThan(1.2); // not shifted by the early share's higher loss
});

test('a metric to maximise gives the same zones as the loss it mirrors', () => {
  const trials = study(16, 7);
  const incumbent = best(trials);
  const mirrored = trials.map((trial) => ({ ...trial, value: trial.value === null ? null : -trial.value }));
  const minimised = findZones({ parameters, trials, incumbent, direction: 'minimize', noise: 0.04 });
  const maximised = findZones({ parameters, trials: mirrored, incumbent, direction: 'maximize', noise: 0.04 });
  expect(maximised.map(({ zone, low, high }) => ({ zone, low, high }))).toEqual(
    minimised.map(({ zone, low, high }) => ({ zone, low, high })),
  );
});

test('over many short studies, what does nothing is hardly ever blamed', () => {
  const blamed = Array.from({ length: 12 }, (_, seed) => zonesOf(study(12, 100 + seed))).filter(
    ({ weightDecay, batchSize }) => [weightDecay, batchSize].some((finding) => finding!.low || finding!.high),
  );
  // Of 24 chances; the threshold alone would allow a quarter.
  expect(blamed.length).toBeLessThanOrEqual(2);
});

test.each([12, 20])(
  'of simulated searches of %i trials with pruning, at most a tenth of what is said is wrong',
  (count) => {
    const tally = calibrate(count, [1, 2, 3, 4, 5]);
    const said = tally.worse + tally.behind + tally.same;
    expect(tally.worseWrong + tally.behindWrong + tally.sameWrong).toBeLessThanOrEqual(0.1 * said);
    // And it is not silence that keeps it true: of two in five hyperparameters something true is said.
    expect(tally.told / tally.tested).toBeGreaterThan(0.4);
  },
);
