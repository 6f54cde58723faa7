import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** `npm run test:slow`: whole tasks of many turns, and what takes the built program many starts: merging, undoing, evidence, agents. */
export default defineConfig({
  test: {
    include: ['test/slow/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxWorkers: 2 * availableParallelism(),
    globalSetup: 'test/support/temporary.ts',
    setupFiles: ['test/support/isolate.ts'],
  },
});
