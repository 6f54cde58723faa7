import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** The tests with the real agents: `npm run test:agents` (scripts/test-agents.mjs), never `npm test`. */
export default defineConfig({
  test: {
    root: path.resolve(import.meta.dirname, '../..'),
    include: ['test/agents/*.real.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Most of the time they wait for back-offs and limits: more at a time than there are processors.
    maxWorkers: 4,
    globalSetup: 'test/support/temporary.ts',
    setupFiles: ['test/support/isolate.ts'],
    // A line a case, as soon as it has ended.
    reporters: ['verbose'],
  },
});
