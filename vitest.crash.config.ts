import { defineConfig } from 'vitest/config';

/** `npm run test:crash`: every failure point in process, and real kills of the built program. */
export default defineConfig({
  test: {
    include: ['test/crash/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    maxConcurrency: 3,
    globalSetup: 'test/support/temporary.ts',
    setupFiles: ['test/support/isolate.ts'],
  },
});
