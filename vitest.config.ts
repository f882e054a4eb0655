import { defineConfig } from 'vitest/config';

const journeys = ['packages/*/test/**/*.test.ts', 'packages/*/src/**/*.journey.test.ts'];
const units = ['packages/*/src/**/*.test.ts'];
const engine = ['packages/trainer/src/**/*.test.ts'];
const patience = { testTimeout: 600_000, hookTimeout: 600_000 };

// Across packages, tests meet the built code (as a user would); inside a package they import the sources.
// Three tiers by cost: `unit` in seconds, `journey` with real training, and interoperability with Python in .ci/run.
// Time-outs end what hangs; they say nothing of speed, and must hold on a machine that is many times slower and busy.
export default defineConfig({
  test: {
    // onnxruntime-node aborts the process when a worker thread that ran it is terminated.
    pool: 'forks',
    // Built packages are loaded by Node itself, as a user's program loads them.
    server: { deps: { external: [/\/packages\/\w+\/dist\//] } },
    projects: [
      {
        extends: true,
        // One process for many files, which spares loading the same modules a hundred times: no test may leave anything changed behind it.
        test: { name: 'unit', include: units, exclude: [...journeys, ...engine], isolate: false, ...patience },
      },
      // The engine's hold native memory.
      { extends: true, test: { name: 'unit-engine', include: engine, exclude: journeys, ...patience } },
      { extends: true, test: { name: 'journey', include: journeys, ...patience } },
    ],
  },
});
