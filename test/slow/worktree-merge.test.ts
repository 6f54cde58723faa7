import { describe, expect, it } from 'vitest';
import type { MergeRequest } from '../../src/work/worktrees/merge-plan.ts';
import { mergeTask } from '../../src/work/worktrees/merge.ts';
import { beginAgentMerge } from '../../src/work/worktrees/agent-merge.ts';
import { beginMove } from '../../src/work/worktrees/merge-move.ts';
import { openHere } from '../../src/work/worktrees/open-here.ts';
import { openMachineFolder } from '../../src/files/machine-folder.ts';
import { RUN, TreeBed } from '../component/worktrees/bed.ts';

const merge = (bed: TreeBed, wish: Partial<MergeRequest> = {}) =>
  mergeTask({ workspace: bed.workspace, taskId: 'job', into: null, force: false, ...wish }, bed.warn);
const events = (bed: TreeBed) => bed.read(`.autoloop/tasks/job/runs/${RUN}/events.jsonl`, bed.tree('job').top) ?? '';

/** A task with two commits of its own, beside a commit on main. */
async function apart(): Promise<TreeBed> {
  const bed = new TreeBed();
  const { top } = await bed.done('job');
  bed.write('second.txt', 'too\n', top);
  bed.gitAt(top, 'add', '-A');
  bed.gitAt(top, 'commit', '-qm', 'second', '--author', 'Kim <kim@example.org>', '--date', '2026-01-02T03:04:05Z');
  bed.write('yours.txt', 'mine\n');
  bed.commit('yours');
  return bed;
}

describe('the ways of a merge', () => {
  it('--no-ff makes a commit with both parents, ff-only refuses what has moved on', async () => {
    const bed = await apart();
    const before = bed.git('rev-parse', 'HEAD').trim();
    await expect(merge(bed, { strategy: 'ff-only' })).rejects.toThrow(/cannot only move forward/);
    const { commit, strategy } = await merge(bed, { strategy: 'no-ff' });
    expect(strategy).toBe('no-ff');
    const parents = [before, bed.git('rev-parse', 'autoloop/job').trim()].join(' ');
    expect(bed.git('log', '-1', '--format=%H|%P|%s').trim()).toBe(`${commit ?? ''}|${parents}|Merge task job: Do it`);
    expect([bed.read('job.txt'), bed.read('yours.txt'), bed.status()]).toEqual(['made\n', 'mine\n', []]);
    expect(events(bed)).toContain('"event_type":"merged"');
    expect((await merge(bed, { strategy: 'no-ff' })).commit).toBeNull();
  });

  it('--ff-only moves a branch forward that has nothing of its own', async () => {
    const bed = new TreeBed();
    await bed.done('job');
    await merge(bed, { strategy: 'ff-only' });
    expect(bed.git('rev-parse', 'HEAD')).toBe(bed.git('rev-parse', 'autoloop/job'));
    expect(bed.status()).toEqual([]);
  });

  it('--rebase makes each commit again with its author, and none for the program’s own files', async () => {
    const bed = await apart();
    bed.write('.autoloop/tasks/job/note.txt', 'x', bed.tree('job').top);
    bed.commit('state alone', bed.tree('job').top);
    await merge(bed, { strategy: 'rebase' });
    expect(bed.git('log', '-3', '--format=%s|%an').trim().split('\n')).toEqual([
      'second|Kim',
      'work of job|Pat',
      'yours|Pat',
    ]);
    expect(bed.git('log', '-1', '--format=%at').trim()).toBe(String(Date.parse('2026-01-02T03:04:05Z') / 1000));
    expect(bed.git('ls-files')).not.toContain('.autoloop');
    expect(bed.status()).toEqual([]);
  });

  it('is the one of the configuration, which can keep the program’s own files', async () => {
    const bed = await apart();
    bed.write('autoloop.yaml', 'merge:\n  strategy: rebase\n  keep_artifacts: true\n');
    bed.commit('configured');
    expect(await merge(bed)).toMatchObject({ strategy: 'rebase' });
    expect(bed.git('ls-files')).toContain('.autoloop/tasks/job/task.json');
    expect(await merge(bed, { strategy: 'squash' })).toMatchObject({ strategy: 'squash', commit: null });
  });

  it('tells conflicts of every way, logs them, and changes nothing', async () => {
    const bed = await apart();
    bed.write('second.txt', 'other\n');
    bed.commit('same file');
    const before = [bed.git('for-each-ref'), bed.status()];
    for (const strategy of ['squash', 'no-ff', 'rebase'] as const) {
      expect((await merge(bed, { strategy })).conflicts).toEqual(['second.txt']);
    }
    expect([bed.git('for-each-ref'), bed.status()]).toEqual(before);
    expect(events(bed).match(/"event_type":"merge_conflict"/g)).toHaveLength(3);
  });

  it('hands conflicts to an agent as a commit of the task’s branch that has both', async () => {
    const bed = await apart();
    bed.write('second.txt', 'other\n');
    bed.commit('same file');
    const tree = bed.tree('job');
    const { workspace, intent, taskId } = await beginAgentMerge(
      { workspace: bed.workspace, taskId: 'job', into: 'main' },
      bed.warn,
    );
    expect({ workspace, taskId }).toEqual({ workspace: tree.workspace, taskId: 'job-merge' });
    expect(intent).toMatch(/- second\.txt\n/);
    expect(bed.read('second.txt', tree.top)).toMatch(/<{7}[^]*too\n={7}\nother\n>{7}/);
    expect(bed.status(tree.top)).toEqual([]);
    bed.write('second.txt', 'too, and other\n', tree.top);
    bed.commit('resolved', tree.top);
    expect((await merge(bed)).conflicts).toEqual([]);
    expect(bed.read('second.txt')).toBe('too, and other\n');
    await expect(merge(bed, { strategy: 'rebase' })).rejects.toThrow(/has merges in it/);
  });
});

describe('merge.check', () => {
  it('sees the merged files in the task’s work tree, and keeps the branch as it is where it fails', async () => {
    const bed = await apart();
    const { top } = bed.tree('job');
    bed.write(
      'autoloop.yaml',
      'merge:\n  check: test -f yours.txt && test -f job.txt && echo "$AUTOLOOP_TASK" && exit 3\n',
    );
    const before = bed.git('rev-parse', 'HEAD');
    const { commit, failedCheck } = await merge(bed);
    expect({ commit, failedCheck }).toMatchObject({
      commit: null,
      failedCheck: { how: 'exit code 3', last: ['job'] },
    });
    expect(bed.git('rev-parse', 'HEAD')).toBe(before);
    expect([bed.read('yours.txt', top), bed.status(top)]).toEqual([null, []]);
    bed.write('autoloop.yaml', 'merge:\n  check: test -f yours.txt\n');
    expect((await merge(bed)).failedCheck).toBeNull();
    expect(bed.read('job.txt')).toBe('made\n');
    expect(bed.status(top).filter((line) => !line.includes('.autoloop/'))).toEqual([]);
  });

  it('is mended after a kill: the work tree of the task has its own files again', async () => {
    const bed = await apart();
    const { top, workspace } = bed.tree('job');
    const { git } = await openHere(workspace);
    const [from, to] = [{ mode: '100644', id: bed.git('hash-object', '-w', 'yours.txt').trim() }, null];
    const changes = [{ path: 'yours.txt', from, to }];
    const head = bed.git('rev-parse', 'autoloop/job').trim();
    await beginMove(git, openMachineFolder(workspace), { head, commit: null, changes, state: [] });
    await git.close();
    bed.write('yours.txt', 'mine\n', top);
    bed.gitAt(top, 'add', 'yours.txt');
    bed.write('autoloop.yaml', 'merge:\n  check: test "$(ls *.txt | wc -l)" = 4\n');
    expect((await merge(bed)).failedCheck).toBeNull();
    expect(bed.read('yours.txt', top)).toBeNull();
  });
});
