import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { startSupervisor } from '../../src/supervision/supervisor.ts';
import { taskGround } from '../../src/work/worktrees/ground.ts';
import { TreeBed } from '../component/worktrees/bed.ts';
import type { Rig } from '../support/rig.ts';
import { RULE, rigWithCommit, START, treeOf } from '../support/task-tree.ts';

const events = (rig: Rig): { event_type: string; [key: string]: unknown }[] => {
  const runs = path.join(treeOf(rig), '.autoloop/tasks/job/runs');
  const [run = ''] = readdirSync(runs);
  const lines = readFileSync(path.join(runs, run, 'events.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as { event_type: string });
};
const setup = (command: string) => `worktree:\n  setup: ${JSON.stringify(command)}\n`;

describe('the setup of a work tree', () => {
  it('is run once, in surroundings of its own, and again only after it failed or was stopped', async () => {
    const bed = new TreeBed();
    const log = path.join(bed.root, 'log');
    const stop = new AbortController();
    const prepare = async (id: string, end: string, signal = new AbortController().signal) => {
      const settings = { portBase: 4100, includeMaxMb: 1, root: null, teardown: null };
      const command = `echo "$AUTOLOOP_TASK $AUTOLOOP_SLOT $AUTOLOOP_PORT $PWD" >> ${log}; ${end}`;
      const { workspace } = bed.tree(id);
      const environment = { home: bed.root, env: process.env };
      const io = { line: bed.warn, warn: bed.warn, stop: signal, hurry: new AbortController().signal, environment };
      const supervisor = startSupervisor({ directory: path.join(bed.root, 'machine') });
      try {
        const worktree = { ...settings, setup: command };
        await taskGround(workspace, { settings: { worktree }, processes: supervisor, io })?.prepare(
          path.join(bed.root, `turns-${id}`),
        );
      } finally {
        await supervisor.close();
      }
    };
    await bed.make('a');
    await bed.make('b');
    await expect(prepare('a', 'echo oops; false')).rejects.toThrow(/worktree\.setup failed \(exit code 1\): oops/);
    expect(bed.said.at(-1)).toBe('oops');
    setTimeout(() => stop.abort({ signal: 'SIGINT' }), 0);
    await prepare('a', 'exec sleep 60', stop.signal);
    await prepare('a', 'true');
    await prepare('a', 'true');
    await prepare('b', 'true');
    const at = (id: string) => bed.tree(id).workspace;
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    const ofA = lines.filter((line) => line === `a 0 4100 ${at('a')}`);
    expect([2, 3]).toContain(ofA.length); // A stop may come before the shell has said anything.
    expect(lines.filter((line) => !ofA.includes(line))).toEqual([`b 1 4120 ${at('b')}`]);
    expect(readFileSync(path.join(bed.root, 'turns-a/setup.log'), 'utf8')).toBe('oops\n');
  });

  it('that fails is how the run ends, in its log too, before anything is paid for; a resume tries it again', async () => {
    await using rig = await rigWithCommit({ script: { rules: [RULE] }, config: setup('echo oops; test -e ../../ok') });
    const { code, stderr } = await rig.run(START);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('oops') as string });
    expect(rig.turns()).toEqual([]);
    expect(events(rig).map((event) => event.event_type)).toEqual([
      'run_started',
      'worktree_created',
      'evidence_reported',
      'run_finished',
    ]);
    expect(events(rig).at(-1)).toMatchObject({
      status: 'fatal_error',
      reason: expect.stringMatching(/^worktree\.setup failed \(exit code 1\): oops/) as string,
    });
    const status = JSON.parse((await rig.run(['status', '--task-id', 'job', '--json'])).stdout) as object;
    expect(status).toMatchObject({ status: 'fatal_error' });
    writeFileSync(path.join(path.dirname(rig.workspace), 'ok'), '');
    expect((await rig.run(['--resume', '--task-id', 'job'])).code).toBe(0);
    expect(rig.git('show', 'autoloop/job:src/made.txt')).toBe('made\n');
    const created = events(rig).filter((event) => event.event_type === 'worktree_created');
    expect(created).toMatchObject([{ branch: 'autoloop/job', setup_ms: expect.any(Number) as number }]);
  });

  it('is no work of the agents: what it writes is in the base of the checks', async () => {
    await using rig = await rigWithCommit({ script: { rules: [RULE] }, config: setup('echo set up > base.txt') });
    expect((await rig.run(START)).code).toBe(0);
    const [resolved] = events(rig).filter((event) => event.event_type === 'checks_resolved');
    expect(rig.git('show', `${String(resolved?.['base_tree'])}:base.txt`)).toBe('set up\n');
  });

  it('goes on after a kill in it, and after one in what comes before it', async () => {
    const killing =
      'test -e ../../killed || { touch ../../killed half.txt; kill -9 $PPID; sleep 60; }; touch ../../done';
    await using rig = await rigWithCommit({ script: { rules: [RULE] }, config: setup(killing) });
    rig.write('.worktreeinclude', '*.local\n');
    rig.write('.gitignore', '*.local\n');
    rig.git('add', '.worktreeinclude', '.gitignore');
    rig.git('commit', '-qm', 'includes');
    rig.write('one.local', 'one\n');
    const bin = path.join(path.dirname(rig.workspace), 'bin-include');
    mkdirSync(bin);
    const git = `${rig.git('--exec-path').trim()}/git`;
    const during = `case " $* " in *" check-ignore "*) if [ -e "${treeOf(rig)}/base.txt" ]; then kill -9 $PPID; exit 1; fi;; esac`;
    writeFileSync(path.join(bin, 'git'), `#!/bin/sh\n${during}\nexec "${git}" "$@"\n`, { mode: 0o755 });
    const killed = await rig.run(START, { env: { PATH: `${bin}:${rig.sandbox.env.PATH ?? ''}` } });
    expect(killed.code).not.toBe(0);
    expect(existsSync(path.join(treeOf(rig), '.autoloop'))).toBe(false);

    expect((await rig.run(START)).code).not.toBe(0);
    expect(existsSync(path.join(path.dirname(rig.workspace), 'killed'))).toBe(true);
    expect(events(rig).map((event) => event.event_type)).toEqual(['run_started']);
    expect((await rig.run(['--resume', '--task-id', 'job'])).code).toBe(0);
    expect(existsSync(path.join(path.dirname(rig.workspace), 'done'))).toBe(true);
    expect(rig.git('show', 'autoloop/job:src/made.txt')).toBe('made\n');
    expect(readFileSync(path.join(treeOf(rig), 'one.local'), 'utf8')).toBe('one\n');
    expect(rig.git('worktree', 'list').trim().split('\n')).toHaveLength(2);
    expect(rig.status()).toEqual([]);
  });
});

describe('runtime.worktree', () => {
  it('gives every new run a work tree of its own, as --worktree does, and --no-worktree none', async () => {
    await using rig = await rigWithCommit({ script: { rules: [RULE] }, config: 'runtime:\n  worktree: true\n' });
    const start = START.filter((word) => word !== '--worktree');
    for (const [args, words] of [
      [['--no-git'], /runtime\.worktree \(.*autoloop\.yaml\) asks for a work tree of git, and --no-git excludes it/],
      [['--no-worktree', '--base', 'HEAD'], /--base says where a work tree begins: it needs --worktree/],
    ] as const) {
      const { code, stderr } = await rig.run([...start, ...args]);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(words) as string });
    }
    expect((await rig.run([...start, '--base', 'main'])).code).toBe(0);
    expect(rig.git('show', 'autoloop/job:src/made.txt')).toBe('made\n');
    const [run = ''] = readdirSync(path.join(treeOf(rig), '.autoloop/tasks/job/runs'));
    const file = path.join(treeOf(rig), '.autoloop/tasks/job/runs', run, 'run.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      worktree: { branch: 'autoloop/job', base: rig.git('rev-parse', 'HEAD').trim(), base_branch: 'main' },
    });
    const [first] = events(rig);
    expect(first?.['settings']).toHaveProperty('runtime.pairs');
    expect(first?.['settings']).not.toHaveProperty('runtime.worktree');
    expect((await rig.run(start.map((word) => (word === 'job' ? 'here' : word)).concat('--no-worktree'))).code).toBe(0);
    expect(rig.git('show', 'HEAD:src/made.txt')).toBe('made\n');
  });
});
