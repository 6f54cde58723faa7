import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockWorkTree } from '../../src/work/locks.ts';
import { archiveTask } from '../../src/work/worktrees/archive.ts';
import { cleanTrees } from '../../src/work/worktrees/clean.ts';
import { listTrees } from '../../src/work/worktrees/list.ts';
import { mergeTask } from '../../src/work/worktrees/merge.ts';
import { asideOf, removalNote, type Removal } from '../../src/work/worktrees/removal.ts';
import { removeTree } from '../../src/work/worktrees/remove.ts';
import { logInRun } from '../../src/work/worktrees/run-event.ts';
import { RUN, TreeBed } from '../component/worktrees/bed.ts';

const remove = (bed: TreeBed, taskId: string, force = false) =>
  removeTree({ workspace: bed.workspace, taskId, force }, bed.warn);
const merge = (bed: TreeBed, taskId: string) =>
  mergeTask({ workspace: bed.workspace, taskId, into: null, force: false }, bed.warn);
const clean = (bed: TreeBed, isDry = false) => cleanTrees({ workspace: bed.workspace, isDry }, bed.warn);
/** What the log of the task's run, where that is after a removal, tells of removals. */
const toldRemovals = (bed: TreeBed, task = 'job', top = bed.workspace) =>
  (bed.read(`.autoloop/tasks/${task}/runs/${RUN}/events.jsonl`, top) ?? '')
    .split('\n')
    .filter((line) => line.includes('"worktree_removed"'))
    .map((line) => JSON.parse(line) as unknown);
const turnLog = (task: string) => `.autoloop/tasks/${task}/runs/${RUN}/turns/001/output.log`;

describe('the removal of a work tree', () => {
  it.each([
    ['an edit', (bed: TreeBed, top: string) => bed.write('base.txt', 'edited\n', top), /no commit holds: base\.txt/],
    ['a new file', (bed: TreeBed, top: string) => bed.write('odd\nname', 'x', top), /no commit holds: "odd\\nname"/],
    [
      'another task’s state',
      (bed: TreeBed, top: string) => bed.write('.autoloop/tasks/other/task.json', '{}', top),
      /no commit holds: \.autoloop\/tasks\/other\/task\.json/,
    ],
    ['a staged deletion', (bed: TreeBed, top: string) => void bed.gitAt(top, 'rm', '-q', 'base.txt'), /base\.txt/],
    [
      'a commit after the merge',
      (bed: TreeBed, top: string) => void (bed.write('more.txt', 'x', top), bed.commit('more', top)),
      /1 commit of it is in no other branch/,
    ],
    [
      'a commit without a branch',
      (bed: TreeBed, top: string) => {
        bed.gitAt(top, 'checkout', '-q', '--detach');
        bed.write('more.txt', 'x', top);
        bed.commit('more', top);
      },
      /1 commit of it is in no other branch/,
    ],
    [
      'a repository of its own',
      (bed: TreeBed, top: string) => {
        mkdirSync(path.join(top, 'inner'));
        bed.gitAt(path.join(top, 'inner'), 'init', '-q');
        bed.write('inner.txt', 'x', path.join(top, 'inner'));
      },
      /holds repositories of their own: inner\//,
    ],
    [
      'a lock of a person',
      (bed: TreeBed, top: string) => void bed.git('worktree', 'lock', '--reason', 'on a stick', top),
      /told to keep it: on a stick/,
    ],
  ])('leaves one with %s, and changes nothing', async (_, spoil, words) => {
    const bed = new TreeBed();
    const { top } = await bed.done('job');
    await merge(bed, 'job');
    spoil(bed, top);
    const before = [bed.status(top), bed.git('for-each-ref')];
    await expect(remove(bed, 'job')).rejects.toThrow(words);
    expect((await clean(bed)).removed).toEqual([]);
    expect([bed.status(top), bed.git('for-each-ref')]).toEqual(before);
    expect((await listTrees(bed.workspace)).trees[0]?.tree.taskId).toBe('job');
  });

  it('keeps by force what was not committed as a snapshot, and the branch', async () => {
    const bed = new TreeBed();
    const { top } = await bed.done('job', 'paused');
    bed.write('left.txt', 'only here\n', top);
    const { snapshot, branchDeleted } = await remove(bed, 'job', true);
    expect(branchDeleted).toBe(false);
    expect(bed.git('show', `${snapshot ?? ''}:left.txt`)).toBe('only here\n');
    expect(bed.git('show', 'autoloop/job:job.txt')).toBe('made\n');
    expect(existsSync(top)).toBe(false);
    expect(toldRemovals(bed)).toMatchObject([{ run_id: RUN, path: top, snapshot }]);
    // Begun again, the task goes on with its branch.
    await bed.make('job');
    expect(bed.read('job.txt', top)).toBe('made\n');
  });

  it('counts a merge that was taken back as none', async () => {
    const bed = new TreeBed();
    await bed.done('job');
    const { before } = await merge(bed, 'job');
    bed.git('reset', '-q', '--keep', before);
    await expect(remove(bed, 'job')).rejects.toThrow(/in no other branch and not merged/);
    expect((await clean(bed)).kept).toMatchObject([{ taskId: 'job' }]);
  });

  it('takes the entry of a work tree whose folder is gone, and nothing that stands in its place', async () => {
    const bed = new TreeBed();
    const { top } = await bed.done('job');
    await merge(bed, 'job');
    renameSync(top, `${top}.away`);
    mkdirSync(top);
    writeFileSync(path.join(top, 'mine.txt'), 'mine\n');
    expect((await listTrees(bed.workspace)).trees).toMatchObject([{ state: 'gone', unmerged: 0 }]);
    await remove(bed, 'job');
    expect(readFileSync(path.join(top, 'mine.txt'), 'utf8')).toBe('mine\n');
    expect(bed.git('worktree', 'list').trim().split('\n')).toHaveLength(1);
    expect(bed.branches()).toEqual(['main']);
  });

  it('takes a work tree on a disk that is not there for no orphan', async () => {
    const bed = new TreeBed();
    const mount = path.join(bed.root, 'mnt');
    mkdirSync(mount);
    const { top } = await bed.done('job', 'success', { place: path.join(mount, 'tree') });
    await merge(bed, 'job');
    renameSync(top, path.join(bed.root, 'unmounted'));
    expect((await listTrees(bed.workspace)).trees).toMatchObject([{ state: 'out_of_reach' }]);
    expect((await clean(bed)).kept[0]?.why.join()).toContain('out of reach');
    renameSync(path.join(bed.root, 'unmounted'), top);
    expect((await listTrees(bed.workspace)).trees).toMatchObject([{ state: 'there' }]);
  });

  it('is of no work tree in which a process works', async () => {
    const bed = new TreeBed();
    const { workspace, admin } = await bed.done('job');
    await merge(bed, 'job');
    const lock = await lockWorkTree({ workspace, runId: RUN, gitFolder: admin });
    await expect(remove(bed, 'job', true)).rejects.toMatchObject({ kind: 'busy' });
    expect((await clean(bed)).kept[0]?.why.join()).toMatch(/^busy: /);
    await lock.release();
    expect((await clean(bed)).removed).toMatchObject([{ taskId: 'job' }]);
  });
});

describe('a removal that was killed', () => {
  const steps: Record<string, (bed: TreeBed, removal: Removal) => Promise<void> | void> = {
    'after it was written down': () => undefined,
    'after the work tree went aside': (_, { place, aside }) => renameSync(place, aside),
    'after its logs had moved': async (_, { place, aside, workspace, taskId }) => {
      renameSync(place, aside);
      await archiveTask(aside, workspace, taskId);
    },
    'after its log had told of it': async (_, { place, aside, workspace, taskId }) => {
      renameSync(place, aside);
      await archiveTask(aside, workspace, taskId);
      const told = { event_type: 'worktree_removed', path: place, snapshot: null } as const;
      await logInRun({ workspace, taskId, runId: RUN }, told, (text) => expect.fail(text));
    },
    'while it was deleted': async (_, { place, aside, workspace, taskId }) => {
      renameSync(place, aside);
      await archiveTask(aside, workspace, taskId);
      for (const name of ['.git', 'base.txt', '.autoloop']) rmSync(path.join(aside, name), { recursive: true });
    },
    'before git forgot it': async (_, { place, aside, workspace, taskId }) => {
      renameSync(place, aside);
      await archiveTask(aside, workspace, taskId);
      rmSync(aside, { recursive: true });
    },
    'before the branch went': async (bed, { place, workspace, taskId, aside }) => {
      renameSync(place, aside);
      await archiveTask(aside, workspace, taskId);
      rmSync(aside, { recursive: true });
      bed.git('worktree', 'remove', '--force', '--force', place);
    },
  };

  const commands = ['remove', 'clean', 'list', 'make'] as const;

  it.each(Object.entries(steps))('%s is finished by the next command', async (name, step) => {
    // Each step with two of them, which are others for the next one.
    const at = Object.keys(steps).indexOf(name);
    for (const next of [at, at + 1].map((one) => commands[one % commands.length])) {
      const bed = new TreeBed();
      const tree = await bed.done('job');
      await merge(bed, 'job');
      const removal: Removal = {
        version: 1,
        taskId: 'job',
        place: tree.top,
        aside: asideOf(tree.top, new Date()),
        admin: tree.admin,
        folder: '',
        workspace: bed.workspace,
        branch: tree.branch,
        tip: bed.git('rev-parse', tree.branch).trim(),
      };
      const note = removalNote(path.join(bed.workspace, '.git'), 'job');
      writeFileSync(note, JSON.stringify(removal));
      await step(bed, removal);
      const isBegun = !existsSync(tree.top);
      if (next === 'remove') await remove(bed, 'job');
      if (next === 'clean') await clean(bed);
      if (next === 'list') await listTrees(bed.workspace);
      if (next === 'make') await bed.make('job');
      const isGone = isBegun || next === 'remove' || next === 'clean';
      expect(existsSync(note), next).toBe(false);
      expect(existsSync(removal.aside), next).toBe(false);
      expect(existsSync(tree.top), next).toBe(next === 'make' || !isGone);
      expect(bed.read(turnLog('job'), isGone ? bed.workspace : tree.top), next).toBe('what it said\n');
      expect(bed.branches(), next).toEqual(isGone && next !== 'make' ? ['main'] : ['autoloop/job', 'main']);
      expect(bed.status(), next).toEqual([]);
      // Told once, and only where it is done.
      const told = { event_type: 'worktree_removed', path: tree.top, snapshot: null };
      expect(toldRemovals(bed), next).toMatchObject(isGone ? [told] : []);
    }
  });

  it('is not believed where its note names another folder', async () => {
    const bed = new TreeBed();
    const tree = await bed.done('job');
    await merge(bed, 'job');
    const mine = path.join(bed.root, 'mine');
    mkdirSync(mine);
    const forged = { version: 1, taskId: 'job', place: tree.top, aside: mine, admin: tree.admin, workspace: mine };
    writeFileSync(removalNote(path.join(bed.workspace, '.git'), 'job'), JSON.stringify(forged));
    await listTrees(bed.workspace);
    expect(existsSync(mine)).toBe(true);
    expect(existsSync(tree.top)).toBe(true);
  });
});

describe('the list of work trees', () => {
  it('works in names with spaces and line feeds, from a work tree and from a folder below the top', async () => {
    const bed = new TreeBed('my\nrepo ü');
    await bed.done('job');
    await merge(bed, 'job');
    expect((await listTrees(bed.tree('job').workspace)).trees).toMatchObject([{ unmerged: 0, dirty: [] }]);
    expect((await clean(bed, true)).removed).toMatchObject([{ taskId: 'job' }]);
    expect(existsSync(bed.tree('job').top)).toBe(true);
    expect((await clean(bed)).removed).toMatchObject([{ taskId: 'job', branchDeleted: true }]);
    expect(bed.branches()).toEqual(['main']);
  });

  it('finds one that was moved by hand after git was told', async () => {
    const bed = new TreeBed();
    const { top } = await bed.done('job');
    renameSync(top, `${bed.root}/moved`);
    bed.git('worktree', 'repair', `${bed.root}/moved`);
    expect((await listTrees(bed.workspace)).trees).toMatchObject([
      { state: 'there', tree: { top: `${bed.root}/moved` } },
    ]);
    await merge(bed, 'job');
    await remove(bed, 'job');
    expect(existsSync(`${bed.root}/moved`)).toBe(false);
  });
});
