import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../support/rig.ts';

/** Bad arguments, what the one line about them must hold, and what they are. */
const USAGE: readonly (readonly [readonly string[], RegExp])[] = [
  [[], /nothing to do.*--intent.*--resume.*--list-tasks\n.*autoloop demo.*autoloop init.*--help/],
  [['--no-such-option'], /unknown option '--no-such-option'/],
  [['--intent'], /'--intent <text>' argument missing/],
  [['--intent', 'x', 'stats'], /'stats'; there are demo, init, status, .*Did you mean status\? .* --intent/],
  [['--intent', ' \n '], /--intent holds no request/],
  [['--intent', 'caf\ufffd'], /--intent is not UTF-8.*--intent-file/],
  [['--intent', 'x', '--model', ''], /--model is blank/],
  [['--intent', 'x', '--model-effort', ' '], /--model-effort is blank/],
  [['--intent', 'x', '--phase-id', ''], /--phase-id is blank/],
  [['--resume', '--answer', ''], /--answer is blank/],
  [['--intent', 'x', '--intent-file', 'y'], /--intent and --intent-file exclude each other/],
  [['--intent-file', 'missing.md'], /--intent-file missing\.md cannot be read: no such file or directory\n$/],
  [['--intent-file', '.'], /--intent-file \. cannot be read: illegal operation on a directory\n$/],
  [['--workspace', 'missing', '--intent', 'x'], /--workspace .*missing does not exist/],
  [['--workspace', '', '--intent', 'x'], /--workspace is blank/],
  [['--workspace', 'README.md', '--intent', 'x'], /--workspace .*README.md is not a directory/],
  [['--intent', 'x', '--intent-mode', 'add'], /'--intent-mode <mode>'.*Allowed choices are replace, append, preserve/],
  [['--intent', 'x', '--phase-mode', 'all'], /'--phase-mode <mode>'.*Allowed choices are single, up-to/],
  [['--intent', 'x', '--pairs', 'plan,build'], /--pairs: .*build.*plan, implement, test, audit/],
  [['--intent', 'x', '--pairs', ''], /--pairs: /],
  [['--intent', 'x', '--pairs', 'plan,test'], /test needs implement/],
  [['--intent', 'x', '--max-iterations', '0'], /'--max-iterations <n>'.*whole number: integer >= 1/],
  [['--intent', 'x', '--max-iterations', '1.5'], /'--max-iterations <n>'.*whole number: integer >= 1/],
  [['--intent', 'x', '--auto-followup-max-depth', '-1'], /'--auto-followup-max-depth <n>'.*whole number: integer >= 0/],
  [['--intent', 'x', '--phase-mode', 'up-to'], /up-to needs --phase-id/],
  [['--intent', 'x', '--phase-id', 'a', '--pairs', 'implement'], /--phase-id a needs a phase plan/],
  [['--intent', 'x', '--git', '--no-git'], /--git and --no-git exclude each other/],
  [['--intent', 'x', '--run-id', 'run-20261124T120000Z-0123abcd'], /--run-id .*needs --resume/],
  [['--resume', '--run-id', '../../etc'], /--run-id "..\/..\/etc" has not the form of a run id/],
  [['--resume', '--phase-id', 'a'], /--phase-id cannot be given with --resume/],
  [['--intent', 'x', '--answer', 'y'], /--answer .*needs --resume/],
  [['--resume'], /no run/],
  [['--resume', '--task-id', 'unknown'], /unknown|no run/],
  [['--task-id', 'x'.repeat(300), '--intent', 'x'], /--task-id has 300 characters; at most 200/],
  [['--intent-file', ''], /--intent-file is blank/],
  [['--intent', 'x', '--task-id', ''], /--task-id is blank/],
  [['--intent', 'x', '--worktree='], /--worktree is blank/],
  [['--intent', 'x', '--branch', ' '], /--branch is blank/],
  [['--workspace', '.', '--task-id', '', 'status'], /--task-id is blank/],
  [['status', '--run-id', ''], /--run-id is blank/],
  [['merge', 'x', '--into', ''], /--into is blank: give a text, or leave the option out/],
  [['merge', ''], /blank was given to 'merge' \(a task with .*autoloop merge \[options\] <task>/],
  [['worktree', 'remove', ' '], /blank was given to 'worktree'/],
  [
    ['worktree', 'list', '--workspace', '..'],
    /in no git repository: .*\nChoose a workspace in a repository with --workspace/,
  ],
  [
    ['worktree', 'clean', '--workspace', '..'],
    /in no git repository: .*\nChoose a workspace in a repository with --workspace/,
  ],
  [['--worktree', '--intent', 'x', '--workspace', '..'], /in no git repository: .*\nRun git init .* --worktree out/],
  [['pr', 'x', '--remote', ''], /--remote is blank/],
  [['batch', ''], /blank was given to 'batch' \(files that end in/],
  [['batch', 'README.md', ''], /blank was given to 'batch'/],
  [['demo', '--workspace', ''], /--workspace is blank/],
  [['diff', ''], /blank was given to 'diff'/],
  [['serve', '--host', ''], /--host is blank/],
  [['serve', '--allowed-host', ''], /--allowed-host is blank/],
  [['serve', '--token-file', ''], /--token-file is blank/],
  [['note', ''], /the text is empty|there is no run/],
  [['--workspace', 'a\u0001b', '--intent', 'x'], /--workspace .*a\\u\{1\}b does not exist/],
  [['--list-tasks', '--resume'], /--list-tasks and --resume exclude each other/],
  [['--list-tasks', '--intent', 'x'], /--list-tasks only looks/],
  [['demo', '--workspace', '.'], /holds files already, .*give a new or an empty folder/],
  [['demo', '--workspace', '/proc/none'], /cannot be written \(ENOENT\): give a new or an empty folder/],
  [['--json', '--intent', 'x'], /--json goes with --list-tasks or --print-config/],
];

let rig: Rig;

beforeAll(async () => {
  rig = await createRig();
  return async () => rig[Symbol.asyncDispose]();
});

/** Nothing was written, and no agent was asked for anything. */
function expectUntouched(): void {
  expect(existsSync(path.join(rig.workspace, '.autoloop'))).toBe(false);
  expect(rig.status()).toEqual([]);
  expect(rig.commits().length).toBe(1);
  expect(rig.turns()).toEqual([]);
  expect(existsSync(path.join(rig.sandbox.root, 'home/.local'))).toBe(false);
}

describe('a usage error', () => {
  it.each(USAGE)('%j is refused with one clear line and exit code 2', async (args, words) => {
    const { code, stdout, stderr } = await rig.run(args);
    expect(code, stderr).toBe(2);
    expect(stderr).toMatch(words);
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
    expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
    expect(stdout).toBe('');
    expectUntouched();
  });
});

describe('a request in another encoding than UTF-8', () => {
  it.each([
    ['Latin-1', Buffer.from('gr\xfc\xdfe', 'latin1')],
    ['UTF-16', Buffer.from('\ufeffhello', 'utf16le')],
    ['UTF-16 without a mark', Buffer.from('hello', 'utf16le')],
  ])('such as %s is refused, from a file', async (_name, bytes) => {
    await using own = await createRig();
    writeFileSync(path.join(own.workspace, 'request.md'), bytes);
    const { code, stderr } = await own.run(['--intent-file', 'request.md']);
    expect(code).toBe(2);
    expect(stderr).toBe('error: --intent-file request.md is not UTF-8 text: save the request in that encoding\n');
    expect(own.turns()).toEqual([]);
  });
});

describe('a file in the place of a folder of the state', () => {
  it.each(['.autoloop', '.autoloop/tasks/t'])('%s is said in words', async (place) => {
    await using own = await createRig();
    own.write(place, 'not a folder');
    const { code, stderr } = await own.run(['--task-id', 't', '--intent', 'x']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .* cannot be written: a file stands where a folder above it belongs\n/);
    expect(own.read(place)).toBe('not a folder');
    expect(own.turns()).toEqual([]);
  });
});

it('a request on a standard input that cannot be read is refused with one clear line', async () => {
  const fromFolder = ['sh', '-c', 'exec "$0" "$@" </'];
  const { code, stderr } = await rig.run(['--intent', '-'], { through: fromFolder });
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: standard input cannot be read: [^\n]+\n$/)]);
  expectUntouched();
});

describe('a configuration that is wrong', () => {
  it('is reported whole, with places, before anything is written', async () => {
    await using own = await createRig({
      config: 'provider:\n  name: gpt\nruntime:\n  max_iteration: 3\n  no_git: yes\n',
    });
    const { code, stderr } = await own.run(['--intent', 'x']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/autoloop\.yaml:2:\d+: provider\.name: found "gpt" .*codex/);
    expect(stderr).toMatch(/autoloop\.yaml:4:\d+: runtime\.max_iteration.*max_iterations/);
    expect(stderr).toMatch(/autoloop\.yaml:5:\d+: runtime\.no_git.*true or false/);
    expect(existsSync(path.join(own.workspace, '.autoloop'))).toBe(false);
    expect(existsSync(path.join(own.sandbox.root, 'home/.local'))).toBe(false);
    expect(own.turns()).toEqual([]);
  });
});

describe('a machine that is not ready', () => {
  it.each(['codex', 'claude'] as const)(
    'without %s is told what to install, before anything is written',
    async (name) => {
      await using own = await createRig({ programs: [], config: `provider:\n  name: ${name}\n` });
      const { code, stderr } = await own.run(['--intent', 'x']);
      expect(code).toBe(1);
      expect(stderr).toContain(name);
      expect(stderr).toMatch(/npm i -g|provider\.name/);
      expect(existsSync(path.join(own.workspace, '.autoloop'))).toBe(false);
    },
  );

  it('with a merge in progress is told to finish it', async () => {
    await using own = await createRig();
    own.git('checkout', '-q', '-b', 'other');
    own.write('README.md', 'theirs\n');
    own.git('commit', '-qam', 'theirs');
    own.git('checkout', '-q', '-');
    own.write('README.md', 'ours\n');
    own.git('commit', '-qam', 'ours');
    expect(() => own.git('merge', 'other')).toThrow();
    const { code, stderr } = await own.run(['--intent', 'x']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/merge/);
    expect(stderr).toContain('--no-git');
    expect(existsSync(path.join(own.workspace, '.autoloop'))).toBe(false);
  });
});
