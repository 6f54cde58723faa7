import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { RULE, rigWithCommit, START, treeOf } from '../support/task-tree.ts';

describe('a work tree of a task that is not as it was left', () => {
  it('is told when its work tree is gone or a link stands there, and makes it again from its branch', async () => {
    await using rig = await rigWithCommit();
    expect((await rig.run(START)).code).toBe(0);
    const tree = treeOf(rig);
    renameSync(tree, `${tree}.away`);
    symlinkSync(`${tree}.away`, tree);
    const refused = await rig.run(['--resume', '--task-id', 'job']);
    expect({ code: refused.code, stderr: refused.stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/gone from .*, and something else stands there/) as string,
    });
    expect((await rig.run(START)).code).toBe(2);
    expect(lstatSync(tree).isSymbolicLink()).toBe(true);
    rmSync(tree);
    rmSync(`${tree}.away`, { recursive: true });
    const { code, stderr } = await rig.run(START);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('is gone; what was not committed') as string,
    });
    expect(existsSync(path.join(tree, 'src/made.txt'))).toBe(true);
  });

  it('makes it anew after a kill before, in and after the git command that makes it, and loses nothing that lies there', async () => {
    await using rig = await rigWithCommit();
    const real = rig.git('--exec-path').trim();
    for (const [moment, body] of Object.entries({
      before: 'kill -9 $PPID; exit 1',
      half: `"$GIT" "$@"; rm -f "${treeOf(rig)}/base.txt"; echo mine > "${treeOf(rig)}/mine.txt"; kill -9 $PPID; exit 1`,
      branchOnly: '"$GIT" branch autoloop/job; kill -9 $PPID; exit 1',
    })) {
      const bin = path.join(path.dirname(rig.workspace), `bin-${moment}`);
      mkdirSync(bin);
      const script = `#!/bin/sh\nGIT=${real}/git\ncase " $* " in *" worktree add "*) ${body};; esac\nexec "$GIT" "$@"\n`;
      writeFileSync(path.join(bin, 'git'), script, { mode: 0o755 });
      const killed = await rig.run(START, { env: { PATH: `${bin}:${rig.sandbox.env.PATH ?? ''}` } });
      expect(killed.code).not.toBe(0);
      expect(rig.turns()).toEqual([]);
    }
    const { code } = await rig.run(START);
    expect(code).toBe(0);
    expect(rig.git('show', 'autoloop/job:src/made.txt')).toBe('made\n');
    expect(rig.git('show', 'autoloop/job:base.txt')).toBe('as it was\n');
    expect(rig.git('worktree', 'list').trim().split('\n')).toHaveLength(2);
    const aside = readdirSync(path.dirname(treeOf(rig))).find((name) => name.includes('.aside-'));
    expect(readFileSync(path.join(path.dirname(treeOf(rig)), aside ?? '', 'mine.txt'), 'utf8')).toBe('mine\n');
    expect(rig.status()).toEqual([]);
  });

  it('survives an agent that deletes the work tree: the log is kept, and a resume goes on from the branch', async () => {
    await using rig = await rigWithCommit({ script: { rules: [{ ...RULE, remote: true }] } });
    const running = rig.start(START);
    await rig.nextTurn({ pair: 'implement', role: 'producer' });
    rmSync(treeOf(rig), { recursive: true });
    running.signal('SIGTERM');
    expect((await running.done).code).toBe(4);
    expect((await rig.run(['status', '--task-id', 'job'])).stderr).toContain('autoloop --resume --task-id job');
    const bin = path.join(path.dirname(rig.workspace), 'bin-again');
    mkdirSync(bin);
    const real = `"${rig.git('--exec-path').trim()}/git"`;
    const half = `${real} "$@"; kill -9 $PPID; exit 1`;
    const script = `#!/bin/sh\ncase " $* " in *" worktree add "*) ${half};; esac\nexec ${real} "$@"\n`;
    writeFileSync(path.join(bin, 'git'), script, { mode: 0o755 });
    const env = { PATH: `${bin}:${rig.sandbox.env.PATH ?? ''}` };
    expect((await rig.run(['--resume', '--task-id', 'job'], { env })).code).not.toBe(0);
    rig.script({ rules: [RULE] });
    const before = rig.turns().length;
    const { code, stdout, stderr } = await rig.run(['--resume', '--task-id', 'job']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('did not finish is now') as string });
    expect(stdout).toContain('The log of its runs was kept');
    expect(rig.turns().slice(before)[0]).toMatchObject({ pair: 'implement', role: 'producer' });
    expect(rig.git('show', 'autoloop/job:src/made.txt')).toBe('made\n');
    expect(existsSync(`${treeOf(rig)}.kept`)).toBe(false);
  });
});
