import { chmodSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { machineFolder } from '../../src/files/places.ts';
import { processIdentity } from '../../src/supervision/identity.ts';
import { processTable } from '../../src/supervision/platform.ts';
import { createRig, type Rig } from '../support/rig.ts';
import { doctorIn } from '../support/inspection.ts';

interface Situation {
  readonly what: string;
  readonly config?: string;
  readonly bring: (rig: Rig) => void;
  /** What both say. */
  readonly words: RegExp;
}

/** Whatever a start refuses before its first turn, one row each. */
const SITUATIONS: readonly Situation[] = [
  {
    what: 'no program',
    bring: (rig) => rmSync(path.join(rig.sandbox.root, 'bin/codex')),
    words: /codex was not found/,
  },
  {
    what: 'a configuration that is wrong',
    config: 'runtime: {max_iterations: 0}\n',
    bring: nothing,
    words: /autoloop\.yaml:1/,
  },
  {
    what: 'pairs that cannot be worked',
    config: 'runtime: {pairs: "plan,test"}\n',
    bring: nothing,
    words: /test needs implement/,
  },
  {
    what: 'a claude that may write nothing',
    config: claude('allow_core_tools'),
    bring: settingsOfClaude('plan'),
    words: /could change nothing: .*plan/,
  },
  {
    what: 'a check whose program is missing',
    config: 'checks: [{name: unit, run: no-such-program --all}]\n',
    bring: nothing,
    words: /check unit cannot run: .*no-such-program/,
  },
  {
    what: 'a merge in progress',
    bring: (rig) => inGit(rig, 'MERGE_HEAD', rig.git('rev-parse', 'HEAD')),
    words: /in the middle of something: merge/,
  },
  { what: 'a lock that a killed git left', bring: oldIndexLock, words: /The lock .*index\.lock is in the way/ },
  {
    what: 'an index that git cannot read',
    bring: (rig) => inGit(rig, 'index', 'no index'),
    words: /git status failed/,
  },
  ...[
    {
      what: 'a name that no branch can have',
      head: 'ref: refs/heads/not..this',
      words: /no branch that git can commit to: .*not\.\.this/,
    },
    {
      what: 'a branch below another one',
      head: 'ref: refs/heads/main/more',
      words: /refs\/heads\/main\/more, .* while refs\/heads\/main exists/,
    },
    { what: 'nothing that git knows', head: 'nonsense', words: /\.git is there, and git takes it for no repository/ },
  ].map(({ what, head, words }) => ({
    what: `a HEAD that names ${what}`,
    bring: (rig: Rig) => inGit(rig, 'HEAD', `${head}\n`),
    words,
  })),
  { what: 'a .git that is none', bring: noGit, words: /invalid gitfile format/ },
  { what: 'a value in git’s configuration that a run met', bring: strangeConfig, words: /core\.fsmonitor = /i },
  { what: 'a run in another folder of the work tree', bring: busyGit, words: /busy: pid \d+, run run-1/ },
  { what: 'a run in a folder above', bring: busyAbove, words: /busy: pid \d+, run run-1/ },
  {
    what: 'a run of this workspace',
    bring: (rig) => hold(path.join(rig.workspace, '.autoloop/lock'), rig.workspace),
    words: /busy: pid \d+, run run-1/,
  },
  { what: 'a start without the lock', bring: ownedLedger, words: /still at work here/ },
  { what: 'a link in the place of the state', bring: linkedState, words: /\.autoloop is a symbolic link/ },
  { what: 'a file in the place of the state', bring: (rig) => rig.write('.autoloop', ''), words: /\.autoloop/ },
];

describe('what a start refuses, doctor names as an error, in the same words', () => {
  it.each(SITUATIONS)('$what', async ({ config, bring, words }) => {
    await using rig = await createRig(config === undefined ? {} : { config });
    bring(rig);
    const { code, errors } = await doctorIn(rig);
    expect(errors.map(({ text }) => text).join('\n')).toMatch(words);
    expect(code).toBe(1);
    const refused = await rig.run(['--intent', 'Build it']);
    expect(refused.stderr).toMatch(words);
    expect(refused.code).not.toBe(0);
    expect(rig.turns()).toEqual([]);
  });
});

function nothing(): void {
  // The configuration is it.
}

function claude(strategy: string): string {
  return `provider: {name: claude, claude: {permission_strategy: ${strategy}}}\n`;
}

function settingsOfClaude(defaultMode: string): (rig: Rig) => void {
  return (rig) => rig.write('.claude/settings.json', JSON.stringify({ permissions: { defaultMode } }));
}

function inGit(rig: Rig, name: string, text: string): void {
  writeFileSync(path.join(rig.workspace, '.git', name), text);
}

function oldIndexLock(rig: Rig): void {
  inGit(rig, 'index.lock', '');
  utimesSync(path.join(rig.workspace, '.git/index.lock'), 1, 1);
}

function noGit(rig: Rig): void {
  rmSync(path.join(rig.workspace, '.git'), { recursive: true });
  rig.write('.git', 'nonsense\n');
}

/** As a start left it that died after it had taken git's configuration down. */
function strangeConfig(rig: Rig): void {
  const folder = machine(rig);
  writeFileSync(path.join(folder, 'git-config.json'), JSON.stringify({ trusted: [], refused: [] }));
  rig.git('config', 'core.fsmonitor', './watch');
}

function busyGit(rig: Rig): void {
  hold(path.join(rig.workspace, '.git/autoloop.lock'), '/another/folder');
}

function busyAbove(rig: Rig): void {
  hold(path.join(path.dirname(rig.workspace), '.autoloop/lock'), path.dirname(rig.workspace));
}

/** This process is at work there. */
function hold(file: string, workspace: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const { pidNamespace } = processTable.epoch();
  const since = '2026-01-01T00:00:00.000Z';
  const lock = {
    ...processIdentity(process.pid),
    pid_namespace: pidNamespace,
    host: hostname(),
    run_id: 'run-1',
    workspace,
    since,
  };
  writeFileSync(file, `${JSON.stringify(lock)}\n`);
}

function ownedLedger(rig: Rig): void {
  const mark = `AUTOLOOP_RUN_${'b'.repeat(32)}`;
  const { pid = 0, start = '' } = processIdentity(process.pid) ?? {};
  const header = { ...processTable.epoch(), owner: { pid, start }, mark, controlGroup: null };
  writeFileSync(path.join(machine(rig), `${mark}.processes`), `${JSON.stringify(header)}\n`);
}

function linkedState(rig: Rig): void {
  mkdirSync(path.join(rig.sandbox.root, 'elsewhere'));
  symlinkSync(path.join(rig.sandbox.root, 'elsewhere'), path.join(rig.workspace, '.autoloop'));
}

function machine(rig: Rig): string {
  const folder = machineFolder(rig.workspace, {
    XDG_STATE_HOME: path.join(rig.sandbox.env.HOME ?? '', '.local/state'),
  });
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
  return folder;
}
