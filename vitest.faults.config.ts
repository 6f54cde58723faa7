import { defineConfig } from 'vitest/config';

/** `npm run test:faults`: one line a fault. Not part of `npm test`: it takes minutes. */
export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Most of a test's time is waiting. More at once would make the limits that tests rely on depend on the machine.
    maxConcurrency: 4,
    globalSetup: 'test/support/temporary.ts',
    setupFiles: ['test/support/isolate.ts'],
    reporters: ['./test/faults/reporter.ts'],
  },
});
