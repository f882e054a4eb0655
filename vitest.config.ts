import { defineConfig } from 'vitest/config';

const journeys = ['packages/*/test/**/*.test.ts', 'packages/*/src/**/*.journey.test.ts'];

// Across packages, tests meet the built code (as a user would); inside a package they import the sources.
// Three tiers by cost: `unit` in seconds, `journey` with real training, and interoperability with Python in .ci/run.
export default defineConfig({
  test: {
    // onnxruntime-node aborts the process when a worker thread that ran it is terminated.
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['packages/*/src/**/*.test.ts'], exclude: journeys, testTimeout: 60_000 },
      },
      { extends: true, test: { name: 'journey', include: journeys, testTimeout: 300_000, hookTimeout: 300_000 } },
    ],
  },
});
