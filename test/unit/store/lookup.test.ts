import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Problem } from '../../../src/core/problem.ts';
import { findRun } from '../../../src/store/tasks/lookup.ts';
import { writeFlatState } from '../../support/legacy-trees.ts';

const A = 'run-20260105T091500Z-00c0ffee';
const B = 'run-20260106T101500Z-5eed5eed';
const C = 'run-20260107T000000Z-0ddba115';
/** Forms of a run id, but no times. */
const UNDATED = ['run-20269905T091500Z-0000000a', 'run-20269905T091500Z-0000000b'] as const;

function bench() {
  const workspace = realpathSync(mkdtempSync(path.join(tmpdir(), 'autoloop-lookup-')));
  onTestFinished(() => rmSync(workspace, { recursive: true, force: true }));
  return {
    workspace,
    /** `created`: the whole task.json, or its created_at. */
    task: (root: string, id: string, { created = '', runs = [] as readonly string[] } = {}) => {
      const folder = path.join(workspace, `.${root}`, 'tasks', id);
      mkdirSync(path.join(folder, 'runs'), { recursive: true });
      const isText = created.startsWith('{') || created === '';
      writeFileSync(path.join(folder, 'task.json'), isText ? created : JSON.stringify({ created_at: created }));
      for (const run of runs) mkdirSync(path.join(folder, 'runs', run));
      return folder;
    },
    find: (taskId: string | null = null, runId: string | null = null) => findRun({ workspace, taskId, runId }),
    refused: async (taskId: string | null = null, runId: string | null = null): Promise<Problem> => {
      const error: unknown = await findRun({ workspace, taskId, runId }).catch((thrown: unknown) => thrown);
      if (!(error instanceof Problem)) throw new Error('not refused');
      expect(error.message.split('\n')).toHaveLength(1);
      return error;
    },
  };
}

describe('with a run id', () => {
  it('the run is found in whichever task has it, in .autoloop before .superloop', async () => {
    const { task, find, workspace } = bench();
    task('superloop', 'old', { runs: [A, B] });
    task('autoloop', 'new', { runs: [B] });
    const folder = path.join(workspace, '.autoloop/tasks/new/runs', B);
    expect(await find(null, B)).toEqual({ root: 'autoloop', taskId: 'new', runId: B, folder });
    expect(await find(null, A)).toMatchObject({ root: 'superloop', taskId: 'old' });
  });

  it('and a task id, the run must be that task’s', async () => {
    const { task, find, refused } = bench();
    task('autoloop', 'one', { runs: [A] });
    task('autoloop', 'two', { runs: [B] });
    expect(await find('two', B)).toMatchObject({ taskId: 'two' });
    expect((await refused('two', A)).message).toBe(`run ${A} is not one of task two: it belongs to task one`);
  });

  it('that nobody has, at most eight that there are are named, the latest first', async () => {
    const { task, refused } = bench();
    const runs = Array.from({ length: 10 }, (_, index) => `run-2026010${index}T000000Z-0000000a`);
    task('autoloop', 'one', { runs });
    const { message, kind } = await refused(null, A);
    expect(kind).toBe('usage');
    expect(message).toMatch(new RegExp(`^there is no run ${A}; there is run-20260109.*and 2 more$`));
    expect(message.match(/run-/g)).toHaveLength(9);
  });
});

describe('with a task id', () => {
  it('its latest run is found, in .autoloop before .superloop', async () => {
    const { task, find } = bench();
    task('superloop', 'both', { runs: [C] });
    task('autoloop', 'both', { runs: [B, A] });
    task('superloop', 'old', { runs: [A] });
    expect(await find('both')).toMatchObject({ root: 'autoloop', runId: B });
    expect(await find('old')).toMatchObject({ root: 'superloop', runId: A });
  });

  it('typed as when the task was made, the id is found', async () => {
    const { task, find } = bench();
    task('autoloop', 'my-task', { runs: [A] });
    expect(await find('My Task!')).toMatchObject({ taskId: 'my-task' });
  });

  it('a task without a run in .autoloop does not hide its runs in .superloop', async () => {
    const { task, find } = bench();
    task('autoloop', 'both');
    task('superloop', 'both', { runs: [A] });
    expect(await find('both')).toMatchObject({ root: 'superloop' });
  });

  it('runs whose ids tell no time come before all others, by their first event, ties by name', async () => {
    const { task, find } = bench();
    const [first, second] = UNDATED;
    const folder = task('autoloop', 'odd', { runs: UNDATED });
    expect(await find('odd')).toMatchObject({ runId: second });
    const event = (ts: string) => `${JSON.stringify({ ts })}\n`;
    writeFileSync(path.join(folder, 'runs', first, 'events.jsonl'), event('2026-01-02T00:00:00+02:00'));
    writeFileSync(path.join(folder, 'runs', second, 'events.jsonl'), event('2026-01-01 23:00:00.5'));
    expect(await find('odd')).toMatchObject({ runId: second });
    writeFileSync(path.join(folder, 'runs', second, 'events.jsonl'), event('2026-01-01T21:59:59Z'));
    expect(await find('odd')).toMatchObject({ runId: first });
  });

  it('of two runs that began in the same second the later is found by its first event, ties by name', async () => {
    const { task, find } = bench();
    const [parent, followup] = ['run-20260105T100000Z-dddddddd', 'run-20260105T100000Z-44444444'];
    const folder = task('autoloop', 'quick', { runs: [parent, followup] });
    expect(await find('quick')).toMatchObject({ runId: parent });
    const log = (runId: string, ms: string) =>
      writeFileSync(
        path.join(folder, 'runs', runId, 'events.jsonl'),
        `${JSON.stringify({ ts: `2026-01-05T10:00:00.${ms}Z` })}\n`,
      );
    log(parent, '010');
    log(followup, '870');
    expect(await find('quick')).toMatchObject({ runId: followup });
  });

  it('names what there is when there is no such task, or nothing to resume in it', async () => {
    const { task, refused } = bench();
    for (const id of ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8', 'a9']) task('autoloop', id, { runs: [A] });
    task('superloop', 'bare');
    expect((await refused('zz')).message).toBe(
      'there is no task "zz"; there is a1, a2, a3, a4, a5, a6, a7, a8 and 2 more',
    );
    expect(await refused('bare')).toMatchObject({ message: 'task bare has no run' });
  });
});

describe('with neither', () => {
  it.each([
    ['2026-01-05T10:00:00.366635+00:00', '2026-01-05T09:59:59Z', 'one'],
    ['2026-01-05T10:00:00+00:00', '2026-01-05T11:30:00+02:00', 'one'],
    ['2026-01-05T10:00:00', '2026-01-05T10:00:00.001Z', 'two'],
    ['2026-01-05T10:00:00Z', '2026-01-05T10:00:00Z', 'two'],
  ])('of tasks created at %s and %s the later is taken, ties by name: %s', async (one, two, latest) => {
    const { task, find } = bench();
    task('autoloop', 'one', { created: one, runs: [A] });
    task('autoloop', 'two', { created: two, runs: [A] });
    expect(await find()).toMatchObject({ taskId: latest });
  });

  it('a task whose task.json tells nothing counts from its newest run', async () => {
    const { task, find } = bench();
    task('autoloop', 'broken', { created: '{"created', runs: [A, C] });
    task('autoloop', 'fine', { created: '2026-01-06T00:00:00Z', runs: [B] });
    expect(await find()).toMatchObject({ taskId: 'broken', runId: C });
  });

  it('.superloop is looked at when .autoloop has nothing', async () => {
    const { task, find } = bench();
    task('superloop', 'late', { created: '2026-05-05T00:00:00Z', runs: [A] });
    expect(await find()).toMatchObject({ root: 'superloop' });
    task('autoloop', 'early', { created: '2026-01-01T00:00:00Z', runs: [A] });
    expect(await find()).toMatchObject({ root: 'autoloop', taskId: 'early' });
  });

  it('says that there is nothing, and what to do', async () => {
    const { task, refused } = bench();
    expect(await refused()).toMatchObject({ hint: 'Start one: autoloop --intent TEXT' });
    task('autoloop', 'bare');
    expect((await refused()).message).toBe('no task has a run: bare');
  });

  it('state of the first release is named with what to do instead of resuming it', async () => {
    const { workspace, refused } = bench();
    writeFlatState(workspace);
    const problem = await refused();
    expect(problem.message).toMatch(
      /^task make-the-parser-accept-comments-[0-9a-f]{8} was left in \.superloop by the first/,
    );
    expect(problem.hint).toContain('--intent-file .superloop/context.md');
    expect(await refused(/task (\S+)/.exec(problem.message)?.[1])).toEqual(problem);
  });
});

describe('hostile ids', () => {
  it.each(['..', '.', '', '../one', 'one/../two', 'a/b', 'a\\b', '/etc', 'a\0b'])(
    'the task id %j is refused',
    async (id) => {
      const { task, refused } = bench();
      for (const name of ['task', 'one', 'two', 'etc', 'a-b']) task('autoloop', name, { runs: [A] });
      expect(await refused(id)).toMatchObject({ kind: 'usage' });
    },
  );

  it.each(['..', '../../x', `${A}/..`, 'run-1', `../${A}`])('the run id %j is refused', async (id) => {
    const { task, refused } = bench();
    task('autoloop', 'one', { runs: [A] });
    expect((await refused(null, id)).message).toContain('has not the form of a run id');
  });

  it.each(['.autoloop', '.autoloop/tasks', '.autoloop/tasks/only'])(
    'what stands in the place of the folder %s is named, and not that there is no task',
    async (name) => {
      const { workspace, task, find, refused } = bench();
      task('autoloop', 'only', { runs: [A] });
      const [place, kept] = [path.join(workspace, name), path.join(workspace, 'kept')];
      renameSync(place, kept);
      symlinkSync(kept, place);
      expect(await refused()).toMatchObject({
        kind: 'state',
        message: expect.stringMatching(`^${place} is a symbolic link`) as string,
      });
      rmSync(place);
      execFileSync('mkfifo', [place]);
      expect(await refused()).toMatchObject({
        kind: 'state',
        message: expect.stringMatching(`^${place} is no folder`) as string,
      });
      rmSync(place);
      renameSync(kept, place);
      expect(await find()).toMatchObject({ taskId: 'only', runId: A });
    },
  );

  it('a link out of the state is refused, wherever it stands', async () => {
    const outside = bench();
    const elsewhere = outside.task('autoloop', 'theirs', { runs: [A] });
    const { workspace, task, refused } = bench();
    symlinkSync(elsewhere, path.join(task('autoloop', 'ours', { runs: [B] }), '..', 'linked'));
    expect((await refused('linked')).message).toContain('symbolic link');
    const { workspace: another, refused: refusedThere } = bench();
    symlinkSync(path.join(workspace, '.autoloop'), path.join(another, '.superloop'));
    expect((await refusedThere('ours')).message).toContain('symbolic link');
  });
});
