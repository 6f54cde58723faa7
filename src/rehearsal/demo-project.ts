import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TEST_RUNNER, TEST_RUNNER_TEXT } from './project.ts';

/** The request of `autoloop demo`. The rehearsal agent builds the same project whatever the request says. */
const DEMO_INTENT =
  'Write roman/roman.sh, a shell script that converts numbers from 1 to 3999 to Roman numerals, and back with --from. ' +
  'It must refuse everything else with one line on standard error and exit status 2, need nothing but a POSIX shell, and have tests.';

/** Makes the folder a repository with a README and a configuration for the rehearsal agent, unless it holds anything already. */
export function createDemoWorkspace(dir: string): DemoWorkspace {
  mkdirSync(dir, { recursive: true });
  if (readdirSync(dir).length > 0) return { intent: DEMO_INTENT, created: false };
  writeFileSync(path.join(dir, 'README.md'), DEMO_README);
  writeFileSync(path.join(dir, 'autoloop.yaml'), CONFIGURATION);
  mkdirSync(path.join(dir, path.dirname(TEST_RUNNER)), { recursive: true });
  writeFileSync(path.join(dir, TEST_RUNNER), TEST_RUNNER_TEXT);
  makeRepository(dir);
  return { intent: DEMO_INTENT, created: true };
}

export interface DemoWorkspace {
  readonly intent: string;
  /** False: the folder was not empty and is as it was; the provider and automatic answers must come from elsewhere. */
  readonly created: boolean;
}

/** Tells the folder of a demo from one in which somebody had the rehearsal agent work. */
export const DEMO_README = `# Roman numerals

A project for a rehearsal of Autoloop: a scripted agent plans, writes, tests and audits a small shell script here.
`;

const CONFIGURATION = `# A rehearsal: the agent is a script that is part of Autoloop. No model is asked and nothing is paid.
provider:
  name: rehearsal
runtime:
  full_auto_answers: true
checks:
  - {name: test, run: sh ${TEST_RUNNER}, parser: tap}
`;

/** A first commit, by an identity of its own: the machine may have none. */
function makeRepository(dir: string): void {
  const git = (...args: string[]) => {
    execFileSync('git', args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  git('init', '-q');
  git('add', '-A');
  const identity = ['-c', 'user.name=Autoloop Demo', '-c', 'user.email=autoloop@localhost'];
  const quietly = ['-c', 'commit.gpgSign=false', '-c', 'core.hooksPath=/dev/null'];
  git(...identity, ...quietly, 'commit', '-q', '-m', 'Begin the demo');
}
