import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Of every suite. Nothing of the developer's may leak in: HOME, git configuration, locale and time zone are the suite's own. */
const SETUP = { setupFiles: ['test/support/isolate.ts'], testTimeout: 120_000, hookTimeout: 120_000 };

/** Slow extras have scripts of their own: npm run test:slow, test:checks, test:crash, test:faults, test:agents, test:web. */
export default defineConfig({
  test: {
    globalSetup: 'test/support/temporary.ts',
    projects: [
      {
        // Values in, values out: files share a process, which saves a good part of what they take.
        test: {
          name: 'values',
          include: ['test/{unit,property,history,architecture,docs}/**/*.test.ts'],
          isolate: false,
          maxWorkers: availableParallelism(),
          ...SETUP,
        },
      },
      {
        // Files, processes and the built program: half of a file's time is waiting. No test mocks a module or changes the process's folder,
        // so files share processes here too.
        test: {
          name: 'pieces',
          include: ['test/{component,e2e}/**/*.test.ts'],
          isolate: false,
          maxWorkers: 2 * availableParallelism(),
          sequence: { groupOrder: 1 },
          ...SETUP,
        },
      },
    ],
  },
});
