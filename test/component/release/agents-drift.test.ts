import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentsMachine, NEWEST, tested } from '../../support/agents-machine.ts';

let machine: AgentsMachine;
beforeEach(() => {
  machine = new AgentsMachine();
});
afterEach(() => {
  machine[Symbol.dispose]();
});

const drift = (...args: string[]) => machine.run('agents-drift.mjs', '--no-tests', ...args);
const testAgents = (...args: string[]) => machine.run('test-agents.mjs', ...args);

describe('npm run agents:drift', () => {
  it('says that nothing is newer, and installs nothing', () => {
    machine.npmHas(NEWEST);
    const { status, stdout } = drift();
    expect(status).toBe(0);
    expect(stdout).toContain(`codex: tested up to ${tested('codex').newest}, npm has ${tested('codex').newest}\n`);
    expect(stdout).toContain('nothing is newer');
    expect(existsSync(machine.cache)).toBe(false);
  });

  it('prints what differs in help and catalogue, and ends with 3', () => {
    machine.npmHas({ ...NEWEST, [tested('codex').package]: '99.0.0' });
    const { status, stdout } = drift();
    expect(status).toBe(3);
    expect(stdout).toContain('npm has 99.0.0\n');
    expect(stdout).toContain('\ncodex exec --help\n+   --new-option\n');
    expect(stdout).toContain('\ncodex debug models --bundled\n+ two\n');
    expect(stdout).not.toContain('features list');
  });

  it('ends with 0 where a newer version differs in nothing', () => {
    machine.npmHas({ ...NEWEST, [tested('claude').package]: '98.0.0' });
    expect(drift()).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing differs') as string });
  });

  it('ends with 1 where npm cannot tell, and refuses what it does not know', () => {
    machine.npmHas({});
    expect(drift()).toMatchObject({ status: 1, stderr: expect.stringContaining('npm view') as string });
    expect(drift('--fast')).toMatchObject({ status: 2, stdout: '' });
    expect(drift('--tests-only')).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('npm run test:agents', () => {
  it.each([
    [['--agent-version', 'latest'], '--agent-version latest: it must be oldest, newest, or as codex='],
    [['--agent-version', 'codex'], '--agent-version codex: it must be'],
    [['part', '3'], 'part 3: it must be as 1/3'],
  ])('refuses %j before it installs anything', (args, words) => {
    const { status, stderr } = testAgents(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(words);
  });

  it.each([['oldest'], ['codex=0.170.0,claude=2.1.331']])(
    'takes the versions %s, and says where they cannot be had',
    (versions) => {
      machine.npmIs('#!/bin/sh\necho "no such $*" >&2\nexit 1\n');
      const { status, stderr } = testAgents('--agent-version', versions, 'part', '1/3');
      expect(status).toBe(1);
      const version = versions === 'oldest' ? tested('codex').oldest : '0.170.0';
      expect(stderr).toContain(`installing ${tested('codex').package}@${version} into`);
      expect(stderr).toMatch(/NOT RUN, since the real agents cannot be installed here: npm install .* failed: no such/);
    },
  );
});
