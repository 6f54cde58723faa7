import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cleanTrees } from '../../../src/work/worktrees/clean.ts';
import { listTrees } from '../../../src/work/worktrees/list.ts';
import { mergeTask } from '../../../src/work/worktrees/merge.ts';
import { removeTree } from '../../../src/work/worktrees/remove.ts';
import { RUN, TreeBed } from './bed.ts';

const remove = (bed: TreeBed, taskId: string) =>
  removeTree({ workspace: bed.workspace, taskId, force: false }, bed.warn);
const merge = (bed: TreeBed, taskId: string) =>
  mergeTask({ workspace: bed.workspace, taskId, into: null, force: false }, bed.warn);
const turnLog = (task: string) => `.autoloop/tasks/${task}/runs/${RUN}/turns/001/output.log`;

describe('the removal of work trees', () => {
  it('takes what is merged with its branch, and keeps what is known of the task out of sight of git', async () => {
    const bed = new TreeBed();
    const tree = await bed.done('job');
    await merge(bed, 'job');
    const head = bed.git('rev-parse', 'HEAD');
    expect(await remove(bed, 'job')).toMatchObject({ taskId: 'job', branchDeleted: true, snapshot: null });
    expect(existsSync(path.dirname(tree.top))).toBe(false);
    expect(bed.branches()).toEqual(['main']);
    expect(bed.git('worktree', 'list').trim().split('\n')).toHaveLength(1);
    expect(bed.read(turnLog('job'))).toBe('what it said\n');
    expect(bed.read(`.autoloop/tasks/job/runs/${RUN}/events.jsonl`)).toContain('run_finished');
    expect(bed.status()).toEqual([]);
    expect(bed.git('rev-parse', 'HEAD')).toBe(head);
    await expect(remove(bed, 'job')).rejects.toThrow(/no work tree of its own here; no task has/);
    // The same task can be begun again, in a work tree of its own.
    await bed.make('job');
    expect(existsSync(tree.top)).toBe(true);
  });

  it('keeps, of all, those that are dirty or not merged', async () => {
    const bed = new TreeBed();
    for (const id of ['dirty', 'merged', 'open']) await bed.done(id);
    for (const id of ['dirty', 'merged']) await merge(bed, id);
    bed.write('left.txt', 'only here', bed.tree('dirty').top);
    const { removed, kept } = await cleanTrees({ workspace: bed.workspace, isDry: false }, bed.warn);
    expect(removed).toMatchObject([{ taskId: 'merged', branchDeleted: true }]);
    expect(kept.map(({ taskId, why }) => [taskId, why.join()])).toEqual([
      ['dirty', 'it has what no commit holds: left.txt'],
      ['open', '1 commit of it is in no other branch and not merged (autoloop merge open)'],
    ]);
    expect(bed.branches()).toEqual(['autoloop/dirty', 'autoloop/open', 'main']);
  });
});

describe('the list of work trees', () => {
  it('tells how each stands, with one process a tree and a handful for all', async () => {
    const bed = new TreeBed();
    for (const id of ['a', 'b', 'c', 'd']) await bed.done(id, id === 'd' ? null : 'success');
    await merge(bed, 'a');
    bed.write('left.txt', 'x', bed.tree('b').top);
    bed.write('big.ign', 'x'.repeat(5000), bed.tree('c').top);
    rmSync(bed.tree('d').top, { recursive: true });
    symlinkSync(bed.root, path.join(bed.tree('c').top, 'link.ign'));
    const calls = path.join(bed.root, 'calls');
    bed.inFrontOfGit(`echo call >> "${calls}"`);
    const { branch, trees } = await listTrees(bed.workspace);
    expect(branch).toBe('main');
    const of = (id: string) => trees.find(({ tree }) => tree.taskId === id);
    expect(of('a')).toMatchObject({ state: 'there', ahead: 1, behind: 1, unmerged: 0, dirty: [] });
    expect(of('b')).toMatchObject({ state: 'there', ahead: 1, behind: 1, unmerged: 1, dirty: ['left.txt'] });
    expect(of('c')?.size?.bytes).toBeGreaterThan(5000);
    expect(of('c')?.size?.bytes).toBeLessThan(20_000);
    expect(of('d')).toMatchObject({ state: 'gone', unmerged: 1, size: null });
    expect(readFileSync(calls, 'utf8').split('\n').length - 1).toBeLessThanOrEqual(3 + 9);
  });
});
