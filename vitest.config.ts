import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Slow extras with scripts of their own: npm run test:crash, test:faults, test:agents.
    exclude: ['test/crash/**', 'test/faults/**', 'test/agents/**', 'test/web/**', 'node_modules/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Nothing of the developer's may leak in: HOME, git configuration, locale and time zone are the suite's own.
    setupFiles: ['test/support/isolate.ts'],
  },
});
