import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROJECT } from '../../support/compiled.ts';

interface Agent {
  readonly name: string;
  readonly package: string;
  readonly oldest: string;
  readonly newest: string;
}

const { AGENTS } = (await import(path.join(PROJECT, 'scripts/install-agents.mjs'))) as { AGENTS: readonly Agent[] };

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'drift-'));
  mkdirSync(path.join(root, 'bin'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const PROGRAM = `#!/bin/sh
news() { [ VERSION = 99.0.0 ] && echo "$1"; }
case "$*" in
  --version) echo VERSION ;;
  'debug models --bundled') printf '{"models":[{"slug":"one"}%s]}' "$(news ',{"slug":"two"}')" ;;
  'exec --help') echo '  --json'; news '  --new-option' ;;
  *) echo "what $* prints" ;;
esac
true
`;

/** In the place of npm: it has these newest versions, and installs programs of which only 99.0.0 has news. */
function npm(latest: Readonly<Record<string, string>>): void {
  const code = `#!${process.execPath}
const fs = require('node:fs');
const [command, name] = process.argv.slice(2);
const latest = ${JSON.stringify(latest)};
if (command === 'view') {
  if (latest[name] === undefined) process.exit(1);
  console.log(latest[name]);
} else {
  fs.mkdirSync('node_modules/.bin', { recursive: true });
  for (const [of, version] of Object.entries(JSON.parse(fs.readFileSync('package.json', 'utf8')).dependencies)) {
    const file = 'node_modules/.bin/' + (of.includes('codex') ? 'codex' : 'claude');
    fs.writeFileSync(file, ${JSON.stringify(PROGRAM)}.replaceAll('VERSION', version), { mode: 0o755 });
  }
}
`;
  const file = path.join(root, 'bin/npm');
  writeFileSync(file, code);
  chmodSync(file, 0o755);
}

function drift(...args: string[]) {
  return runScript('agents-drift.mjs', '--no-tests', ...args);
}

function testAgents(...args: string[]) {
  return runScript('test-agents.mjs', ...args);
}

function runScript(name: string, ...args: string[]) {
  const env = {
    PATH: `${path.join(root, 'bin')}:/usr/bin:/bin`,
    HOME: root,
    AUTOLOOP_AGENTS_CACHE: path.join(root, 'cache'),
  };
  return spawnSync(process.execPath, [path.join(PROJECT, 'scripts', name), ...args], { env, encoding: 'utf8' });
}

const tested = (name: string) => AGENTS.find((agent) => agent.name === name)!;
const NEWEST = Object.fromEntries(AGENTS.map((agent) => [agent.package, agent.newest]));

describe('npm run agents:drift', () => {
  it('says that nothing is newer, and installs nothing', () => {
    npm(NEWEST);
    const { status, stdout } = drift();
    expect(status).toBe(0);
    expect(stdout).toContain(`codex: tested up to ${tested('codex').newest}, npm has ${tested('codex').newest}\n`);
    expect(stdout).toContain('nothing is newer');
    expect(existsSync(path.join(root, 'cache'))).toBe(false);
  });

  it('prints what differs in help and catalogue, and ends with 3', () => {
    npm({ ...NEWEST, [tested('codex').package]: '99.0.0' });
    const { status, stdout } = drift();
    expect(status).toBe(3);
    expect(stdout).toContain('npm has 99.0.0\n');
    expect(stdout).toContain('\ncodex exec --help\n+   --new-option\n');
    expect(stdout).toContain('\ncodex debug models --bundled\n+ two\n');
    expect(stdout).not.toContain('features list');
  });

  it('ends with 0 where a newer version differs in nothing', () => {
    npm({ ...NEWEST, [tested('claude').package]: '98.0.0' });
    expect(drift()).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing differs') as string });
  });

  it('ends with 1 where npm cannot tell, and refuses what it does not know', () => {
    npm({});
    expect(drift()).toMatchObject({ status: 1, stderr: expect.stringContaining('npm view') as string });
    expect(drift('--fast')).toMatchObject({ status: 2, stdout: '' });
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
      writeFileSync(path.join(root, 'bin/npm'), '#!/bin/sh\necho "no such $*" >&2\nexit 1\n', { mode: 0o755 });
      const { status, stderr } = testAgents('--agent-version', versions, 'part', '1/3');
      expect(status).toBe(1);
      const version = versions === 'oldest' ? tested('codex').oldest : '0.170.0';
      expect(stderr).toContain(`installing ${tested('codex').package}@${version} into`);
      expect(stderr).toMatch(/NOT RUN, since the real agents cannot be installed here: npm install .* failed: no such/);
    },
  );
});
