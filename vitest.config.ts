import { defineConfig } from 'vitest/config';

// Across packages, tests meet the built code (as a user would); inside a package they import the sources.
export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
    // onnxruntime-node aborts the process when a worker thread that ran it is terminated.
    pool: 'forks',
    testTimeout: 30_000,
  },
});
