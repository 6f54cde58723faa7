import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PROJECT } from './compiled.ts';

interface Agent {
  readonly name: string;
  readonly package: string;
  readonly oldest: string;
  readonly newest: string;
}

/** The table of tested versions (scripts/install-agents.mjs). */
export const { AGENTS } = (await import(path.join(PROJECT, 'scripts/install-agents.mjs'))) as {
  AGENTS: readonly Agent[];
};
export const tested = (name: string) => AGENTS.find((agent) => agent.name === name)!;
export const NEWEST = Object.fromEntries(AGENTS.map((agent) => [agent.package, agent.newest]));

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

/** A machine on which npm has what a test says, for the scripts about agents. */
export class AgentsMachine implements Disposable {
  readonly root = mkdtempSync(path.join(tmpdir(), 'drift-'));
  readonly cache = path.join(this.root, 'cache');

  constructor() {
    mkdirSync(path.join(this.root, 'bin'));
  }

  /** In the place of npm: it has these newest versions, and installs programs of which only 99.0.0 has news. */
  npmHas(latest: Readonly<Record<string, string>>): void {
    this.npmIs(`#!${process.execPath}
const fs = require('node:fs');
const [command, name] = process.argv.slice(2);
const latest = ${JSON.stringify(latest)};
if (command === 'view') {
  if (latest[name] === undefined) process.exit(1);
  console.log(latest[name]);
} else {
  fs.mkdirSync('node_modules/.bin', { recursive: true });
  for (const [of, version] of Object.entries(JSON.parse(fs.readFileSync('package.json', 'utf8')).dependencies)) {
    const name = ['codex', 'claude', 'gemini', 'opencode'].find((one) => of.includes(one));
    fs.writeFileSync('node_modules/.bin/' + name, ${JSON.stringify(PROGRAM)}.replaceAll('VERSION', version), { mode: 0o755 });
  }
}
`);
  }

  /** The text of the program that stands for npm. */
  npmIs(text: string): void {
    const file = path.join(this.root, 'bin/npm');
    writeFileSync(file, text);
    chmodSync(file, 0o755);
  }

  /** Runs a script of `scripts/` there. */
  run(name: string, ...args: readonly string[]) {
    const env = {
      PATH: `${path.join(this.root, 'bin')}:/usr/bin:/bin`,
      HOME: this.root,
      AUTOLOOP_AGENTS_CACHE: this.cache,
    };
    return spawnSync(process.execPath, [path.join(PROJECT, 'scripts', name), ...args], { env, encoding: 'utf8' });
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
