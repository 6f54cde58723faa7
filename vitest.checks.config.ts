import { defineConfig } from 'vitest/config';

/** `npm run test:checks`: agents that lie, and honest ones, on real projects of the runners that are installed. */
export default defineConfig({
  test: {
    include: ['test/checks/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    globalSetup: 'test/support/temporary.ts',
    setupFiles: ['test/support/isolate.ts'],
  },
});
