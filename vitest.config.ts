import { defineConfig } from 'vitest/config'

/** `vitest run` leaves test/long/ out; `vitest run --mode long` runs nothing else. */
export default defineConfig(({ mode }) => ({
  test: {
    include: mode === 'long' ? ['test/long/**/*.test.ts'] : ['test/**/*.test.ts'],
    exclude: mode === 'long' ? [] : ['test/long/**'],
    globalSetup: 'test/support/left-out.ts',
    // Only what hangs is meant to run into these: a busy machine makes everything slow.
    testTimeout: mode === 'long' ? 600_000 : 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    isolate: false,
    maxWorkers: 2,
    restoreMocks: true,
    // A fast-check run that fails prints its counterexample: keep all of it.
    chaiConfig: { truncateThreshold: 0 },
  },
}))
