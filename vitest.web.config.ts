import { defineConfig } from 'vitest/config';

/** `npm run test:web`: the page in a real Chromium. Not part of `npm test`: it needs a browser. */
export default defineConfig({
  test: {
    include: ['test/web/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    globalSetup: 'test/support/temporary.ts',
    setupFiles: ['test/support/isolate.ts'],
  },
});
