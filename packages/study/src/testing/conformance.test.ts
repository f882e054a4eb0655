import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { categorical, float, int } from '../distributions/distribution.js';
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
import { TpeSampler } from '../samplers/tpe/tpe-sampler.js';
import { MemoryStorage } from '../storages/memory.js';
import { SqliteStorage } from '../storages/sqlite/sqlite-storage.js';
import { prunerConformance } from './pruner-conformance.js';
import { samplerConformance } from './sampler-conformance.js';
import { storageConformance } from './storage-conformance.js';
import type { ConformanceCheck } from './suite.js';

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
});
