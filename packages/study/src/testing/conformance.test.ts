import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { categorical, type Distribution, float, int } from '../distributions/distribution.js';
import { fromUnit } from '../distributions/representation.js';
import { AshaRule } from '../multi-fidelity/asha-rule.js';
import { CurveRule } from '../multi-fidelity/curves/curve-rule.js';
import type { NextStep, PromotionRule } from '../multi-fidelity/promotion-rule.js';
import { HyperbandPruner } from '../pruners/hyperband.js';
import { MedianPruner } from '../pruners/median.js';
import { NonePruner } from '../pruners/none.js';
import { PatientPruner } from '../pruners/patient.js';
import { PercentilePruner } from '../pruners/percentile.js';
import { SuccessiveHalvingPruner } from '../pruners/successive-halving.js';
import { ThresholdPruner } from '../pruners/threshold.js';
import { WilcoxonPruner } from '../pruners/wilcoxon.js';
import { AutoSampler } from '../samplers/auto.js';
import { BruteForceSampler } from '../samplers/brute-force.js';
import { CmaSampler } from '../samplers/cma/cma-sampler.js';
import { undxCrossover } from '../samplers/genetic/crossover.js';
import { polynomialMutation } from '../samplers/genetic/mutation.js';
import { Nsga2Sampler } from '../samplers/genetic/nsga2.js';
import { Nsga3Sampler } from '../samplers/genetic/nsga3.js';
import { sbxCrossover } from '../samplers/genetic/simulated-binary.js';
import { GpSampler } from '../samplers/gp/gp-sampler.js';
import { GridSampler } from '../samplers/grid.js';
import { PartialFixedSampler } from '../samplers/partial-fixed.js';
import { PriorSampler } from '../samplers/prior.js';
import { QmcSampler } from '../samplers/qmc.js';
import { RandomSampler } from '../samplers/random.js';
import type { Sampler } from '../samplers/sampler.js';
import { TpeSampler } from '../samplers/tpe/tpe-sampler.js';
import { MemoryStorage } from '../storages/memory.js';
import { SqliteStorage } from '../storages/sqlite/sqlite-storage.js';
import { BudgetTerminator } from '../terminators/budget.js';
import { EmmrTerminator } from '../terminators/emmr.js';
import { RegretBoundTerminator } from '../terminators/regret-bound.js';
import { StagnationTerminator } from '../terminators/stagnation.js';
import type { Terminator } from '../terminators/terminator.js';
import { promotionRuleConformance } from './promotion-rule-conformance.js';
import { prunerConformance } from './pruner-conformance.js';
import { samplerConformance } from './sampler-conformance.js';
import { storageConformance } from './storage-conformance.js';
import type { ConformanceCheck } from './suite.js';
import { terminatorConformance } from './terminator-conformance.js';

const folder = mkdtempSync(join(tmpdir(), 'goldilocks-study-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

async function openMemory() {
  const storage = new MemoryStorage();
  return { storage, another: async () => storage };
}

async function openSqlite() {
  const path = join(folder, `${files++}.db`);
  return { storage: await SqliteStorage.open(path), another: () => SqliteStorage.open(path) };
}

function suite(name: string, checks: readonly ConformanceCheck[]): void {
  describe(name, () => {
    for (const { name, run } of checks) test(name, run);
  });
}

suite('MemoryStorage', storageConformance(openMemory));
suite('SqliteStorage', storageConformance(openSqlite));
suite('RandomSampler', samplerConformance({ create: (seed) => new RandomSampler({ seed }) }));
suite(
  'RandomSampler, two objectives',
  samplerConformance({ create: (seed) => new RandomSampler({ seed }), objectives: 2 }),
);
suite('QmcSampler', samplerConformance({ create: (seed) => new QmcSampler({ seed }) }));
suite('QmcSampler, Halton', samplerConformance({ create: (seed) => new QmcSampler({ seed, sequence: 'halton' }) }));
suite(
  'PartialFixedSampler',
  samplerConformance({ create: (seed) => new PartialFixedSampler({ decay: 0.1 }, new TpeSampler({ seed })) }),
);
suite(
  'BruteForceSampler',
  samplerConformance({
    create: (seed) => new BruteForceSampler({ seed }),
    space: { a: int(2, 8, { step: 3 }), b: categorical(['x', null, 'y']), c: float(0, 0.3, { step: 0.1 }) },
  }),
);
suite('PriorSampler', samplerConformance({ create: (seed) => new PriorSampler({ seed }) }));
suite(
  'PriorSampler, with recommendations',
  samplerConformance({
    create: (seed) => new PriorSampler({ seed }),
    space: {
      rate: float(1e-5, 1e-1, { log: true, recommended: 1e-4, confidence: 0.75 }),
      width: int(8, 64, { step: 8, recommended: 16 }),
      schedule: categorical(['constant', null, { floor: 0.1 }], { recommended: null }),
      decay: float(0, 0.3),
    },
  }),
);
suite('GpSampler', samplerConformance({ create: (seed) => new GpSampler({ seed }) }));
suite(
  'GpSampler, early, with recommendations',
  samplerConformance({
    create: (seed) => new GpSampler({ seed, startupTrials: 1 }),
    space: {
      rate: float(1e-5, 1e-1, { log: true, recommended: 1e-4, confidence: 0.75 }),
      width: int(8, 64, { step: 8, recommended: 16 }),
      schedule: categorical(['constant', null, { floor: 0.1 }], { recommended: null }),
      decay: float(0, 0.3),
    },
  }),
);
suite('GpSampler, two objectives', samplerConformance({ create: (seed) => new GpSampler({ seed }), objectives: 2 }));
suite('TpeSampler', samplerConformance({ create: (seed) => new TpeSampler({ seed }) }));
suite('TpeSampler, early', samplerConformance({ create: (seed) => new TpeSampler({ seed, startupTrials: 0 }) }));
suite('TpeSampler, groups', samplerConformance({ create: (seed) => new TpeSampler({ seed, group: true }) }));
suite('TpeSampler, two objectives', samplerConformance({ create: (seed) => new TpeSampler({ seed }), objectives: 2 }));
suite(
  'TpeSampler, three objectives, groups',
  samplerConformance({ create: (seed) => new TpeSampler({ seed, group: true }), objectives: 3 }),
);
suite('AutoSampler', samplerConformance({ create: (seed) => new AutoSampler({ seed }) }));
suite(
  'AutoSampler, two objectives',
  samplerConformance({ create: (seed) => new AutoSampler({ seed }), objectives: 2 }),
);
suite('CmaSampler', samplerConformance({ create: (seed) => new CmaSampler({ seed, populationSize: 4 }) }));
suite('Nsga2Sampler', samplerConformance({ create: (seed) => new Nsga2Sampler({ seed, populationSize: 6 }) }));
suite(
  'Nsga2Sampler, two objectives',
  samplerConformance({ create: (seed) => new Nsga2Sampler({ seed, populationSize: 6 }), objectives: 2 }),
);
suite(
  'Nsga2Sampler, SBX and polynomial mutation',
  samplerConformance({
    create: (seed) =>
      new Nsga2Sampler({ seed, populationSize: 4, crossover: sbxCrossover(), mutation: polynomialMutation() }),
    objectives: 2,
  }),
);
suite('Nsga3Sampler', samplerConformance({ create: (seed) => new Nsga3Sampler({ seed, populationSize: 6 }) }));
suite(
  'Nsga3Sampler, three objectives, UNDX',
  samplerConformance({
    create: (seed) => new Nsga3Sampler({ seed, populationSize: 5, crossover: undxCrossover() }),
    objectives: 3,
  }),
);
suite(
  'TpeSampler, one by one',
  samplerConformance({ create: (seed) => new TpeSampler({ seed, multivariate: false, constantLiar: false }) }),
);
suite(
  'TpeSampler, Sobol start',
  samplerConformance({ create: (seed) => new TpeSampler({ seed, startupSampler: new QmcSampler({ seed }) }) }),
);
suite(
  'GridSampler',
  samplerConformance({
    create: (seed) => new GridSampler({ a: [1, 2, 3, 4], b: ['x', null, 'y'] }, { seed }),
    space: { a: categorical([1, 2, 3, 4]), b: categorical(['x', null, 'y']) },
  }),
);
suite(
  'NonePruner',
  prunerConformance(() => new NonePruner()),
);
suite(
  'MedianPruner',
  prunerConformance(() => new MedianPruner()),
);
suite(
  'PercentilePruner',
  prunerConformance(() => new PercentilePruner(25, { startupTrials: 1, intervalSteps: 2 })),
);
suite(
  'SuccessiveHalvingPruner',
  prunerConformance(() => new SuccessiveHalvingPruner()),
);
suite(
  'SuccessiveHalvingPruner, three',
  prunerConformance(() => new SuccessiveHalvingPruner({ minResource: 1, reductionFactor: 3 })),
);
suite(
  'HyperbandPruner',
  prunerConformance(() => new HyperbandPruner()),
);
suite(
  'ThresholdPruner',
  prunerConformance(() => new ThresholdPruner({ lower: -9, upper: 9 })),
);
suite(
  'PatientPruner',
  prunerConformance(() => new PatientPruner(new MedianPruner(), { patience: 1 })),
);
suite(
  'WilcoxonPruner',
  prunerConformance(() => new WilcoxonPruner()),
);

suite(
  'AshaRule',
  promotionRuleConformance(() => new AshaRule()),
);
suite(
  'AshaRule, two',
  promotionRuleConformance(() => new AshaRule({ reduction: 2 })),
);
suite(
  'CurveRule',
  promotionRuleConformance(() => new CurveRule({ seed: 1 })),
);

suite(
  'BudgetTerminator',
  terminatorConformance(() => new BudgetTerminator({ trials: 20, minutes: 30 })),
);
suite(
  'StagnationTerminator',
  terminatorConformance(() => new StagnationTerminator({ trials: 7 })),
);
suite(
  'RegretBoundTerminator',
  terminatorConformance(() => new RegretBoundTerminator({ minTrials: 10 })),
);
suite(
  'EmmrTerminator',
  terminatorConformance(() => new EmmrTerminator({ warmupTrials: 3, initialTrials: 4 })),
);

describe('the suites find out', () => {
  const failures = async (checks: readonly ConformanceCheck[]) => {
    const results = await Promise.allSettled(checks.map((check) => check.run()));
    return checks.filter((_, i) => results[i]!.status === 'rejected').map(({ name }) => name);
  };
  test('a storage that changes finished trials and forgets NaN', async () => {
    class Careless extends MemoryStorage {
      override async writeTrial(...[id, changes]: Parameters<MemoryStorage['writeTrial']>) {
        const kept = [...(changes.intermediateValues ?? [])].filter(([, value]) => !Number.isNaN(value));
        await super.writeTrial(id, { ...changes, intermediateValues: new Map(kept) }).catch(() => undefined);
      }
    }
    const storage = () => new Careless();
    const found = await failures(
      storageConformance(async () => ({ storage: storage(), another: async () => storage() })),
    );
    expect(found).toContain('only running trials are written to');
    expect(found).toContain('values and reports survive, also NaN and infinities');
  });
  test('a sampler that keeps a running generator, and one that leaves the range', async () => {
    let calls = 0;
    const resume = 'a study goes on with a new sampler as it would have with the old one';
    const stateful = { create: () => ({ sample: () => (calls += 1) % 4 }), space: { a: categorical([0, 1, 2, 3]) } };
    expect(await failures(samplerConformance(stateful))).toContain(resume);
    const outside = { create: () => ({ sample: () => 1e9 }) };
    expect(await failures(samplerConformance(outside))).toContain(
      'values are those of the distributions, whatever became of past trials',
    );
  });
  test('a pruner that remembers, and one that ignores the direction', async () => {
    let asked = 0;
    expect(await failures(prunerConformance(() => ({ decide: () => ({ prune: asked++ % 2 === 1 }) })))).not.toEqual([]);
    const oneWay = {
      decide: ({ trial }: { trial: { intermediateValues: ReadonlyMap<number, number> } }) => ({
        prune: [...trial.intermediateValues.values()].some((v) => v > 12),
      }),
    };
    expect(await failures(prunerConformance(() => oneWay))).toContain('maximising the negative is minimising');
  });
  test.each<[string, string, (asked: number, ...args: Parameters<PromotionRule['next']>) => NextStep | null]>([
    [
      'a search ends within its budget, with a trial at its end',
      'never promotes',
      (_, { left }) => (left > 1 ? { type: 'new' } : null),
    ],
    ['every step is possible', 'continues the first, which has ended', () => ({ type: 'continue', trial: 0, to: 1 })],
    [
      'decisions depend on the situation and the seed only, and do not change it',
      'gives up now and then',
      (asked, situation) => (asked % 5 === 4 ? null : new AshaRule().next(situation)),
    ],
    [
      'maximising the negative is minimising',
      'always minimises',
      (_, situation) => new AshaRule().next({ ...situation, direction: 'minimize' }),
    ],
    ['nothing begins where nothing may, or nothing fits', 'always begins', () => ({ type: 'new' })],
  ])('a promotion rule that breaks: %s (%s)', async (name, _, next) => {
    let asked = 0;
    expect(
      await failures(promotionRuleConformance(() => ({ next: (situation) => next(asked++, situation) }))),
    ).toContain(name);
  });
  describe('samplers that break one rule each', () => {
    const random = (seed: number) => new RandomSampler({ seed });
    /** A random sampler but for one thing. */
    const except = (change: (seed: number) => Partial<Sampler>) => ({
      create: (seed: number): Sampler => {
        const sampler = random(seed);
        return { sample: (...args) => sampler.sample(...args), ...change(seed) };
      },
    });
    const middle = (distribution: Distribution) =>
      distribution.type === 'categorical' ? distribution.choices[0]! : distribution.low;
    test.each<[string, string, Partial<Sampler> | ((seed: number) => Partial<Sampler>)]>([
      [
        'it writes to the history',
        'what the sampler is given is not changed',
        {
          beforeTrial({ history }) {
            const last = history.finished.at(-1);
            if (last) (last.systemAttributes as Record<string, number>).seen = 1;
            return {};
          },
        },
      ],
      [
        'it knows numbers that are neither huge nor tiny',
        'ranges huge, tiny, far from zero or of a single value',
        {
          sample: ({ trial }, _, d) =>
            d.type === 'categorical' ? d.choices[0]! : d.low + ((d.high - d.low) * (trial.number % 9)) / 9 + 1e-12,
        },
      ],
      [
        'it takes every trial to have every parameter',
        'parameters that depend on others, in groups that come and go',
        {
          beforeTrial({ history }) {
            for (const { params } of history.finished)
              if (!('rate' in params && 'beta' in params)) throw new Error('!');
            return {};
          },
        },
      ],
      [
        'it keeps the first range it saw',
        'ranges that change while a study runs',
        (() => {
          const first = new Map<string, Distribution>();
          return {
            sample: (_: unknown, name: string, distribution: Distribution) => {
              if (!first.has(name)) first.set(name, distribution);
              return middle(first.get(name)!);
            },
          };
        }) as unknown as (seed: number) => Partial<Sampler>,
      ],
      [
        'it takes constraints to be finite',
        'constraints, met or not, of some trials or of all',
        {
          beforeTrial({ history }) {
            for (const { systemAttributes } of history.finished) {
              for (const value of Object.values(systemAttributes)) {
                if (value === Number.POSITIVE_INFINITY) throw new Error('!');
              }
            }
            return {};
          },
        },
      ],
      [
        'it needs a complete trial',
        'a study that never succeeds',
        {
          beforeTrial({ history }) {
            const { finished } = history;
            if (finished.length > 9 && !finished.some(({ state }) => state === 'COMPLETE')) throw new Error('!');
            return {};
          },
        },
      ],
      [
        'it is of one study only',
        'a sampler serves several studies',
        (() => {
          let calls = 0;
          return {
            beforeTrial: () => ({ calls: calls++ }),
            sample: (_: unknown, __: string, d: Distribution) =>
              calls % 2 === 0 || d.type === 'categorical' ? middle(d) : d.high,
          };
        }) as unknown as (seed: number) => Partial<Sampler>,
      ],
      [
        'it forgets its seed',
        'the same seed gives the same study',
        { sample: (_, __, distribution) => fromUnit(distribution, Math.random()) },
      ],
      [
        'it cannot be asked for two trials at once',
        'several trials at a time',
        {
          beforeTrial({ history, trial }) {
            if (history.unfinished.some(({ number }) => number !== trial.number)) throw new Error('!');
            return {};
          },
        },
      ],
      [
        'it takes all trials to have as many parameters',
        'parameters asked for one by one, some only now and then',
        {
          beforeTrial({ history }) {
            if (new Set(history.finished.map(({ params }) => Object.keys(params).length)).size > 1)
              throw new Error('!');
            return {};
          },
        },
      ],
    ])('%s: «%s»', async (_, check, change) => {
      const subject = except(typeof change === 'function' ? change : () => change);
      expect(await failures(samplerConformance(subject))).toContain(check);
    });
    test('none of them is held against a random sampler', async () => {
      expect(await failures(samplerConformance({ create: random }))).toEqual([]);
    });
  });
  test('a terminator that remembers, one that ignores the direction, and one that cannot explain itself', async () => {
    let asked = 0;
    const remembers = () => ({ decide: () => ({ stop: asked++ > 4, improvement: 1, bar: 2 }) });
    expect(await failures(terminatorConformance(remembers))).toContain(
      'decisions depend on the trials only, and do not change them',
    );
    const oneWay: Terminator = {
      decide: ({ trials }) => {
        const best = Math.min(...trials.map(({ values }) => values?.[0] ?? 1));
        return { stop: best < 0.2, improvement: best, bar: 0.2 };
      },
    };
    expect(await failures(terminatorConformance(() => oneWay))).toContain('maximising the negative is minimising');
    const mute: Terminator = { decide: ({ trials }) => ({ stop: trials.length > 20, improvement: 1, bar: 0 }) };
    expect(await failures(terminatorConformance(() => mute))).toContain(
      'a decision can be explained: it stops when the improvement is at or below the bar',
    );
    const eager: Terminator = { decide: () => ({ stop: true, improvement: 0, bar: 0 }) };
    expect(await failures(terminatorConformance(() => eager))).toContain('a study without trials goes on');
    const strict: Terminator = {
      decide: ({ trials }) => {
        for (const { values } of trials) if (values && !Number.isFinite(values[0])) throw new Error('!');
        return { stop: false, improvement: 1, bar: 0 };
      },
    };
    expect(await failures(terminatorConformance(() => strict))).toContain(
      'failures, pruned trials, infinities and trials that still run are decided on',
    );
  });
});
