import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentsMachine, NEWEST, tested } from '../support/agents-machine.ts';

let machine: AgentsMachine;
beforeEach(() => {
  machine = new AgentsMachine();
  machine.npmHas({ ...NEWEST, [tested('codex').package]: '99.0.0' });
});
afterEach(() => {
  machine[Symbol.dispose]();
});

const drift = (...args: string[]) => machine.run('agents-drift.mjs', ...args);
/** A selection of none: whether vitest begins and ends is what counts, not what these agents would do. */
const NONE = ['-t', 'no test has this name'];

describe('the tests of npm run agents:drift', () => {
  it('run in three parts with the newest agents of npm, after what differs', () => {
    const { status, stdout } = drift('--', ...NONE);
    expect(stdout).toContain('+ two\n');
    expect(stdout.match(/ RUN /g)).toHaveLength(3);
    expect(stdout).toContain(`test:agents with codex=99.0.0 and claude=${tested('claude').newest}: passed\n`);
    expect(status).toBe(3);
  });

  it('run alone with --tests-only, and end with 1 where a part fails, which is named', () => {
    const { status, stdout } = drift('--tests-only', '--', ...NONE, 'no-such-file');
    expect(stdout).not.toContain('+ two\n');
    expect(stdout).toMatch(/test:agents with codex=99\.0\.0 .*: FAILED \(part 1\/3, part 2\/3, part 3\/3\)\n/);
    expect(status).toBe(1);
  });
});
